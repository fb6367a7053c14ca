import 'server-only'
import type { Permit } from '../auth/permit'
import type { Scope } from '../auth/permissions'
import { db, sql } from '../db/client'
import { inScope } from '../db/scope'
import { AppError } from '../errors'
import { accountNames } from '../inventory/read'
import { iamReadAt, joinIamRead } from '../sweep/last-read'
import type { PolicyInput } from '../policy/case'
import type { PolicyDocument } from '../policy/document'
import { inLineOf } from '../work/per-person'
import { mapInTurns } from '../work/turns'
import { abilities, abilitiesOf } from './abilities'
import { findCandidates, type Candidates } from './candidate-keys'
import { namedBy } from './candidates'
import { fleetColumns, weighKeys, type FleetKey, type WeighedKey } from './fleet-keys'
import { factsOfPrincipal } from './gather'
import { judgeAbility, type Cell } from './judge'
import type { OrganizationFacts } from './organization-facts'
import {
  accountOfPrincipal,
  kindOfPrincipal,
  nameOfPrincipal,
  type PrincipalFacts,
  type PrincipalKind,
} from './principal-facts'
import { hiddenFrom, inAccounts, readOrganization, type Read, type ReadTimes } from './read'
import { readIamOf } from './read-iam-of'
import { nameVerdict } from './share-verdict'
import { judgeUses, type Usability, type Uses } from './usability'

export type KeyOfPrincipal = Pick<
  FleetKey,
  'arn' | 'accountId' | 'region' | 'keyId' | 'aliases' | 'keyState'
> & {
  accountName: string
  cells: Readonly<Record<string, Cell>>
  uses: Uses
}
export type PrincipalAccess = {
  principal: {
    id: string
    name: string
    kind: PrincipalKind
    accountId: string | null
    isKnown: boolean
  }
  abilities: { id: string; label: string; kind: 'use' | 'administer'; action: string }[]
  rows: KeyOfPrincipal[]
  /** Keys in the person's scope, and those of them that are listed, on all pages together. */
  weighed: number
  reached: number
  /**
   * Of all keys, by what policies and grants allow; at least so many where it `isCut`. Unknown
   * counts as possible in none of them, and by itself. The last two: of `decrypt` and
   * `administer`, the keys where the state of the key stands in the way, or might.
   */
  counts: {
    decrypt: number
    administer: number
    unknown: number
    decryptNotNow: NotNow
    administerNotNow: NotNow
  }
  /** There was no time to evaluate every key that this principal might reach. */
  isCut: boolean
  page: number
  pageSize: number
  readAt: Pick<ReadTimes, 'iam' | 'organization'>
}
/** Allowed, but `unusable` while the key stays in its state, or nobody has read the state. */
type NotNow = { unusable: number; unknown: number }
type Ask = { principal: string; page: number; only: 'all' | 'decrypt' | 'administer' | 'reached' }

const pageSize = 50
/** How long one answer may be worked out, other people's turns included. */
const patienceMs = 20_000
/** Keys that are read at once. */
const piece = 400

/**
 * Returns what one principal can do with every key in the person's scope, a page of it by ARN.
 * @throws AppError invalid for what is no principal, too_many for a person who asks too much at
 *   once.
 */
export async function listKeysOf(
  permit: Permit<'access.read'>,
  ask: Ask,
): Promise<PrincipalAccess> {
  const kind = kindOfPrincipal(ask.principal)
  if (kind === 'other' || kind === 'deleted')
    throw new AppError(
      'invalid',
      `"${ask.principal.slice(0, 200)}" is no principal that could ask for anything: give the ` +
        "ARN of a user, role, session or account root, a service's name, or *.",
    )
  return inLineOf(permit.actor.id, () => answer(permit.scope, ask, kind))
}

async function answer(
  scope: Scope,
  { principal: id, page, only }: Ask,
  kind: PrincipalKind,
): Promise<PrincipalAccess> {
  const until = performance.now() + patienceMs
  const accountId = accountOfPrincipal(id)
  const read = inAccounts(scope, accountId ? [accountId] : [])
  const [organization, iam, iamTime, weighed] = await Promise.all([
    readOrganization(),
    readIamOf(sql, read.length > 0 ? [id] : []),
    readIamTime(read),
    db.key.count({ where: { AND: [{ goneAt: null }, inScope(scope)] } }),
  ])
  const sources = { iam, organization: organization?.facts ?? null }
  // A principal differs from key to key only in how near it stands, which decides nothing, and in
  // whether the key names its account.
  const known = factsOfPrincipal(sources, id, '')
  const unknown = factsOfPrincipal({ ...sources, hidden: hiddenFrom(scope, new Set()) }, id, '')
  const candidates = await findCandidates(scope, scope.all ? [known] : [known, unknown], until)
  const asked = { scope, organization, known, unknown, candidates }
  const { judged, isCut } = await judgeKeys(asked, candidates.arns, until)
  const from = (page - 1) * pageSize
  const wanted = choose(judged, only)
  const shown =
    only === 'all'
      ? (await judgeKeys(asked, await listArns(scope, from), Infinity)).judged
      : wanted.slice(from, from + pageSize)
  return {
    principal: {
      id,
      name: nameOfPrincipal(id),
      kind,
      accountId,
      isKnown: knownByItself.includes(kind) || iam.entities.has(id),
    },
    abilities: abilities.map(({ id: ability, label, kind: of, actions: [action = ''] }) => ({
      id: ability,
      label,
      kind: of,
      action,
    })),
    rows: await toRows(shown),
    weighed,
    reached: only === 'all' ? weighed : wanted.length,
    isCut: isCut || candidates.isCut,
    page,
    pageSize,
    counts: countKeys(judged),
    readAt: { iam: iamTime, organization: organization?.readAt ?? null },
  }
}

async function readIamTime(accountIds: readonly string[]): Promise<string | null> {
  const [row] = await sql.query<{ at: Date | null }>(
    `SELECT min(${iamReadAt}) AS at FROM "IamEntity" e ${joinIamRead}
     WHERE e."goneAt" IS NULL AND e."accountId" = ANY($1)`,
    [accountIds],
  )
  return row?.at?.toISOString() ?? null
}

/** One page of all keys, whatever the principal can do with them. */
async function listArns(scope: Scope, from: number): Promise<string[]> {
  const rows = await db.key.findMany({
    where: { AND: [{ goneAt: null }, inScope(scope)] },
    orderBy: { arn: 'asc' },
    skip: from,
    take: pageSize,
    select: { arn: true },
  })
  return rows.map(({ arn }) => arn)
}

/** What no sweep of IAM lists, and which is known all the same. */
const knownByItself: readonly PrincipalKind[] = ['service', 'anyone', 'account', 'session']

type Verdict = { cells: Readonly<Record<string, Cell>>; uses: Uses }
type Judged = Verdict & { row: FleetKey }
type Cells = Verdict['cells']

const can = (cells: Cells, ability: string) =>
  (cells[ability] ?? 'no') !== 'no' && cells[ability] !== 'unknown'
const canAdminister = (cells: Cells) => administering.some((ability) => can(cells, ability))

function choose(judged: readonly Judged[], only: Ask['only']): readonly Judged[] {
  switch (only) {
    case 'all':
      return judged
    case 'reached':
      return judged.filter(({ cells }) => Object.values(cells).some((cell) => cell !== 'no'))
    case 'decrypt':
      return judged.filter(({ cells }) => can(cells, 'decrypt'))
    case 'administer':
      return judged.filter(({ cells }) => canAdminister(cells))
  }
}

async function toRows(shown: readonly Judged[]): Promise<PrincipalAccess['rows']> {
  const names = await accountNames(shown.map(({ row }) => row.accountId))
  return shown.map(
    ({ row: { arn, accountId, region, keyId, aliases, keyState }, cells, uses }) => ({
      arn,
      accountId,
      accountName: names.get(accountId) ?? accountId,
      region,
      keyId,
      aliases,
      keyState,
      cells,
      uses,
    }),
  )
}

function countKeys(judged: readonly Judged[]): PrincipalAccess['counts'] {
  return {
    decrypt: choose(judged, 'decrypt').length,
    administer: choose(judged, 'administer').length,
    unknown: judged.filter(({ cells }) => Object.values(cells).includes('unknown')).length,
    decryptNotNow: countNotNow(
      judged.map(({ cells, uses }) => (can(cells, 'decrypt') ? uses.decrypt : undefined)),
    ),
    administerNotNow: countNotNow(
      judged.map(({ cells, uses }) =>
        canAdminister(cells)
          ? bestUse(administering.filter((id) => can(cells, id)).map((id) => uses[id]))
          : undefined,
      ),
    ),
  }
}

type Asked = {
  scope: Scope
  organization: Read<OrganizationFacts> | null
  /** The principal as a key sees it that names its account, and as one that does not. */
  known: PrincipalFacts
  unknown: PrincipalFacts
  candidates: Candidates
}

/** Judges these keys in turns with everything else, each verdict that they share once. */
async function judgeKeys(
  asked: Asked,
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

function judgeKey(asked: Asked, key: WeighedKey, verdicts: Map<string, Verdict>): Judged {
  const { row, facts } = key
  const principal = seenBy(asked, key)
  const { identityPolicies: held, permissionBoundaries: limits } = principal
  const documents = [...(held ?? []), ...(limits ?? [])].filter(isDocument)
  const shared =
    key.grants.length > 0 ? null : nameVerdict(key, asked.organization?.facts ?? null, documents)
  const name = shared && `${principal === asked.known} ${facts.keyState} ${shared}`
  const same = name === null ? undefined : verdicts.get(name)
  if (same) return { row, ...same }
  const abilitiesAsked = abilitiesOf(facts.keyUsage)
  const cells = Object.fromEntries(
    abilitiesAsked.map((ability) => [ability.id, judgeAbility(facts, principal, ability)]),
  )
  const verdict = { cells, uses: judgeUses(facts, principal, abilitiesAsked, cells) }
  if (name !== null) verdicts.set(name, verdict)
  return { row, ...verdict }
}

const isDocument = (input: PolicyInput): input is PolicyDocument =>
  typeof input === 'object' && input !== null && 'statements' in input

function seenBy({ scope, known, unknown, candidates }: Asked, key: WeighedKey): PrincipalFacts {
  const { row, facts } = key
  if (known.accountId === null || candidates.namingAccount.has(row.arn)) return known
  const isHidden = hiddenFrom(scope, namedBy(facts.policy, facts.grants))(known.accountId)
  return isHidden ? unknown : known
}

const administering = abilities.filter(({ kind }) => kind === 'administer').map(({ id }) => id)

/** Of several abilities, one that AWS takes now is enough. */
const bestUse = (uses: readonly (Usability | undefined)[]): Usability =>
  (['usable', 'unknown'] as const).find((use) => uses.includes(use)) ?? 'unusable'

function countNotNow(uses: readonly (Usability | undefined)[]): NotNow {
  const count = (wanted: Usability) => uses.filter((use) => use === wanted).length
  return { unusable: count('unusable'), unknown: count('unknown') }
}
