import { judgeAction, type Cell } from '../access/judge'
import type { KeyFacts } from '../access/key-facts'
import type { PrincipalFacts } from '../access/principal-facts'
import { mapInTurns } from '../work/turns'

export type AdministratorRole = 'writer' | 'reader' | 'root' | 'administrator'
/** Someone who must still be able to do something to the key afterwards. */
type KeyAdministrator = {
  role: AdministratorRole
  id: string
  name: string
  action: string
  before: Cell
  after: Cell
}

/**
 * safe: our writer, and the root or an administrator, can still change the policy. onlyUs: nobody
 * but our writer can. refused: our writer could not change it again, so KMS refuses it from us
 * (lockout safety check: lib/kms/README.md, "Key policies"). lockout: nobody could change it ever
 * again, but AWS Support. uncertain: it hangs on conditions or on what we may not read.
 */
export type LockoutVerdict = 'safe' | 'onlyUs' | 'refused' | 'lockout' | 'uncertain'
export type KeyAdministrators = {
  verdict: LockoutVerdict
  /** Our own roles, and the administrators whom it concerns most. */
  shown: KeyAdministrator[]
  administrators: { before: number; after: number }
  /** There was no time to weigh so many more. */
  left: number
}

/** Our own roles in the key's account; null: the account has none. */
export type OwnRoles = {
  writer: PrincipalFacts | null
  reader: PrincipalFacts | null
  root: PrincipalFacts
}

const change = 'kms:PutKeyPolicy'
/** Without these the console no longer sees what the key is and who may use it. */
const reading = ['kms:DescribeKey', 'kms:GetKeyPolicy', 'kms:ListGrants']
/**
 * Asks about a call that leaves KMS's safety check on, as ours does and anyone's should: guardrails
 * forbid the other (lib/kms/README.md, "Key policies").
 */
const ordinary = { context: { 'kms:BypassPolicyLockoutSafetyCheck': 'false' } }
const shownAdministrators = 10

/**
 * Who keeps the power to change the policy. `isLiving`: whether a user or role exists, as far as
 * IAM was read. Administrators are weighed in turns with everything else; whoever is left at
 * `until` might keep it.
 */
export async function findKeyAdministrators(
  { before, after, isLiving }: Weighed,
  principals: readonly PrincipalFacts[],
  own: OwnRoles,
  until = Infinity,
): Promise<KeyAdministrators> {
  const weigh = (
    role: AdministratorRole,
    principal: PrincipalFacts,
    action = change,
  ): KeyAdministrator => ({
    role,
    id: principal.id,
    name: principal.name,
    action,
    before: judgeAction(before, principal, action, ordinary),
    after: judgeAction(after, principal, action, ordinary),
  })
  const { reader } = own
  const writer = own.writer && weigh('writer', own.writer)
  const root = weigh('root', own.root)
  const people = principals
    .filter((principal) => isPerson(principal, after.accountId) && isLiving(principal.id))
    .filter(({ id }) => id !== own.writer?.id && id !== reader?.id)
  const administrators = await mapInTurns(
    people,
    (principal) => weigh('administrator', principal),
    until,
  )
  // Someone whom we do not know by name, which matters while the account's IAM was not read.
  const anyone = principals
    .filter(({ id }) => id === '*')
    .map((principal) => weigh('administrator', principal))
  const left = people.length - administrators.length
  return {
    verdict: checkLockout(
      writer,
      [root, ...administrators],
      left > 0 || anyone.some(({ after: cell }) => cell !== 'no'),
    ),
    shown: [
      ...(writer ? [writer] : []),
      root,
      ...(reader ? reading.map((action) => weigh('reader', reader, action)) : []),
      ...administrators
        .filter((one) => one.before !== 'no' || one.after !== 'no')
        .sort(byLoss)
        .slice(0, shownAdministrators),
    ],
    administrators: {
      before: administrators.filter(canBefore).length,
      after: administrators.filter(canAfter).length,
    },
    left,
  }
}

/** A key as its policy is and as it would be. */
type Weighed = { before: KeyFacts; after: KeyFacts; isLiving: (id: string) => boolean }

/** A role of a service changes no policies: nobody but the service can take it on. */
const isPerson = ({ kind, accountId, id }: PrincipalFacts, keyAccountId: string) =>
  (kind === 'user' || kind === 'role') &&
  accountId === keyAccountId &&
  !id.includes(':role/aws-service-role/')

const isSure = (cell: Cell) => cell === 'yes' || cell === 'delegated'
const canBefore = ({ before }: KeyAdministrator) => isSure(before) || before === 'conditional'
const canAfter = ({ after }: KeyAdministrator) => isSure(after) || after === 'conditional'
const byLoss = (a: KeyAdministrator, b: KeyAdministrator) =>
  Number(canAfter(b)) - Number(canAfter(a)) || (a.id < b.id ? -1 : 1)

function checkLockout(
  writer: KeyAdministrator | null,
  others: readonly KeyAdministrator[],
  isOpen: boolean,
): LockoutVerdict {
  const nobodyElse = others.every(({ after }) => after === 'no') && !isOpen
  if (nobodyElse && (writer === null || writer.after === 'no')) return 'lockout'
  if (writer?.after === 'no') return 'refused'
  if (nobodyElse) return 'onlyUs'
  const othersSure = others.some(({ after }) => isSure(after))
  return othersSure && (writer === null || isSure(writer.after)) ? 'safe' : 'uncertain'
}
