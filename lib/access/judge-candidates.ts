import 'server-only'
import type { Scope } from '../auth/permissions'
import { db } from '../db/client'
import type { PolicyInput } from '../policy/case'
import type { PolicyDocument } from '../policy/document'
import { mapInTurns } from '../work/turns'
import { abilitiesOf } from './abilities'
import type { Candidates } from './candidate-keys'
import { namedBy } from './candidates'
import { fleetColumns, weighKeys, type FleetKey, type WeighedKey } from './fleet-keys'
import { judgeAbility, type Cell } from './judge'
import type { KeyFacts } from './key-facts'
import type { KeyGroup } from './key-groups'
import type { OrganizationFacts } from './organization-facts'
import { parsedPolicy } from './parsed'
import type { PrincipalFacts } from './principal-facts'
import { factsOfKey, hiddenFrom, type Read } from './read'
import { nameVerdict } from './share-verdict'
import { judgeUses, type Uses } from './usability'

export type Verdict = { cells: Readonly<Record<string, Cell>>; uses: Uses }
type Judged = Verdict & { row: FleetKey }
/** So many keys with one verdict: a group of candidates, or a key by its ARN. */
export type Counted = Verdict & { name: string; n: number }

export type Asked = {
  scope: Scope
  organization: Read<OrganizationFacts> | null
  /** The principal as a key sees it that names its account, and as one that does not. */
  known: PrincipalFacts
  unknown: PrincipalFacts
  candidates: Candidates
}

/** Keys that are read at once. */
const piece = 400

/**
 * Judges all candidates in turns with everything else: a group by one of its keys, a key that
 * stands alone by all that is known of it.
 */
export async function judgeCandidates(
  asked: Asked,
  until: number,
): Promise<{ counted: Counted[]; isCut: boolean }> {
  const { groups, isCut } = asked.candidates
  const shared = groups.filter(({ alone }) => !alone)
  const ofGroups = await mapInTurns(shared, (group) => judgeGroup(asked, group), until)
  const alone = groups.filter((group) => group.alone)
  const naming = new Set(alone.flatMap(({ isNaming, arn }) => (isNaming ? arn : [])))
  const arns = alone.map(({ arn }) => arn)
  const ofKeys = await judgeKeys({ ...asked, naming }, arns, until)
  return {
    counted: [
      ...ofGroups,
      ...ofKeys.judged.map(({ row, cells, uses }) => ({ name: row.arn, n: 1, cells, uses })),
    ],
    isCut: isCut || ofKeys.isCut || ofGroups.length < shared.length,
  }
}

/** A policy that does not speak of the principal, whatever else it says. */
const silent = parsedPolicy('{"Version":"2012-10-17","Statement":[]}', 'key')

function judgeGroup(asked: Asked, group: KeyGroup): Counted {
  const { known, unknown, candidates, organization, scope } = asked
  const document = group.policy === null ? null : (candidates.documents.get(group.policy) ?? null)
  const isSilent = group.policy !== null && !candidates.documents.has(group.policy)
  const policy = isSilent ? silent : document
  const facts = factsOfKey(keyOfGroup(group), policy, group.grantsRead ? [] : null, organization)
  const isKnown =
    known.accountId === null ||
    group.isNaming ||
    !hiddenFrom(scope, namedBy(policy, null))(known.accountId)
  return { name: group.name, n: group.n, ...judge(facts, isKnown ? known : unknown) }
}

/** A key of the group, with all that tells its keys from others. */
function keyOfGroup(group: KeyGroup): Parameters<typeof factsOfKey>[0] {
  const { arn, account, usage, manager, state, spec, origin, scope, tags } = group
  return {
    arn,
    accountId: account,
    region: arn.split(':')[3] ?? '',
    keyUsage: usage,
    keyManager: manager,
    keyState: state,
    keySpec: spec,
    origin,
    scope,
    tags,
    // Keys of which these decide stand alone.
    aliases: [],
    aliasesAt: null,
    lastUsedAt: null,
    usageTrackedSince: null,
    createdAt: null,
    lastUseAt: null,
  }
}

/** `naming`: those of the keys that have a grant to somebody of the principal's account. */
type AskedKeys = Asked & { naming: ReadonlySet<string> }

/** Judges these keys one by one, each verdict that they share once. */
export async function judgeKeys(
  asked: AskedKeys,
  arns: readonly string[],
  until: number,
): Promise<{ judged: Judged[]; isCut: boolean }> {
  const verdicts = new Map<string, Verdict>()
  const judged: Judged[] = []
  for (let start = 0; start < arns.length; start += piece) {
    if (performance.now() >= until) return { judged, isCut: true }
    const some = arns.slice(start, start + piece)
    const stored = await db.key.findMany({
      where: { arn: { in: some }, goneAt: null },
      orderBy: { arn: 'asc' },
      select: fleetColumns,
    })
    const { organization, candidates } = asked
    const among = some.flatMap((arn) => candidates.grantsBy.get(arn) ?? [])
    const keys = await weighKeys(stored, organization, undefined, among)
    const done = await mapInTurns(keys, (key) => judgeKey(asked, key, verdicts), until)
    judged.push(...done)
    if (done.length < keys.length) return { judged, isCut: true }
  }
  return { judged, isCut: false }
}

function judgeKey(asked: AskedKeys, key: WeighedKey, verdicts: Map<string, Verdict>): Judged {
  const { row, facts } = key
  const principal = seenBy(asked, key)
  const shared =
    key.grants.length > 0
      ? null
      : nameVerdict(key, asked.organization?.facts ?? null, heldBy(principal))
  const name = shared && `${principal === asked.known} ${facts.keyState} ${shared}`
  const same = name === null ? undefined : verdicts.get(name)
  if (same) return { row, ...same }
  const verdict = judge(facts, principal)
  if (name !== null) verdicts.set(name, verdict)
  return { row, ...verdict }
}

function judge(facts: KeyFacts, principal: PrincipalFacts): Verdict {
  const abilities = abilitiesOf(facts.keyUsage)
  const cells = Object.fromEntries(
    abilities.map((ability) => [ability.id, judgeAbility(facts, principal, ability)]),
  )
  return { cells, uses: judgeUses(facts, principal, abilities, cells) }
}

/** The documents that a principal holds, as far as they are known. */
export const heldBy = ({ identityPolicies, permissionBoundaries }: PrincipalFacts) =>
  [...(identityPolicies ?? []), ...(permissionBoundaries ?? [])].filter(isDocument)

const isDocument = (input: PolicyInput): input is PolicyDocument =>
  typeof input === 'object' && input !== null && 'statements' in input

function seenBy({ scope, known, unknown, naming }: AskedKeys, key: WeighedKey): PrincipalFacts {
  const { row, facts } = key
  if (known.accountId === null || naming.has(row.arn)) return known
  const isHidden = hiddenFrom(scope, namedBy(facts.policy, facts.grants))(known.accountId)
  return isHidden ? unknown : known
}
