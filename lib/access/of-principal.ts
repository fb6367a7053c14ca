import 'server-only'
import type { Permit } from '../auth/permit'
import type { Scope } from '../auth/permissions'
import { db, sql } from '../db/client'
import { withinAccounts } from '../db/scope'
import { AppError } from '../errors'
import { keysByPlace } from '../inventory/key-counts'
import { accountNames } from '../inventory/read'
import { iamReadAt, joinIamRead } from '../sweep/last-read'
import { inLineOf } from '../work/per-person'
import { abilities } from './abilities'
import { findCandidates, listNaming } from './candidate-keys'
import type { FleetKey } from './fleet-keys'
import { factsOfPrincipal } from './gather'
import type { Cell } from './judge'
import {
  heldBy,
  judgeCandidates,
  judgeKeys,
  type Asked,
  type Counted,
  type Verdict,
} from './judge-candidates'
import { readKeysOf } from './key-groups'
import {
  accountOfPrincipal,
  kindOfPrincipal,
  nameOfPrincipal,
  type PrincipalKind,
} from './principal-facts'
import { hiddenFrom, inAccounts, readOrganization, type ReadTimes } from './read'
import { readIamOf } from './read-iam-of'
import { documentsOf } from './share-verdict'
import type { Usability, Uses } from './usability'

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
    countAll(scope),
  ])
  const sources = { iam, organization: organization?.facts ?? null }
  // A principal differs from key to key only in how near it stands, which decides nothing, and in
  // whether the key names its account.
  const known = factsOfPrincipal(sources, id, '')
  const unknown = factsOfPrincipal({ ...sources, hidden: hiddenFrom(scope, new Set()) }, id, '')
  const beside = [...heldBy(known), ...documentsOf(sources.organization)]
  const principals = scope.all ? [known] : [known, unknown]
  const candidates = await findCandidates({ scope, principals, beside }, until)
  const asked = { scope, organization, known, unknown, candidates }
  const { counted, isCut } = await judgeCandidates(asked, until)
  const from = (page - 1) * pageSize
  const wanted = counted.filter(({ cells }) => isWanted(cells, only))
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
    rows: only === 'all' ? await readPageOfAll(asked, from) : await readPage(asked, wanted, from),
    weighed,
    reached: only === 'all' ? weighed : sumOf(wanted),
    isCut,
    page,
    pageSize,
    counts: countKeys(counted),
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

async function countAll(scope: Scope): Promise<number> {
  const [row] = await sql.query<{ keys: number }>(
    sql`SELECT coalesce(sum(p.keys), 0)::bigint AS keys FROM ${keysByPlace(scope)} p`,
  )
  return row?.keys ?? 0
}

/** A page of the keys with one of these verdicts. */
async function readPage(
  { candidates }: Asked,
  wanted: readonly Counted[],
  from: number,
): Promise<KeyOfPrincipal[]> {
  const verdicts = new Map(wanted.map((one) => [one.name, one]))
  const found = await readKeysOf(candidates.grouping, [...verdicts.keys()], {
    from,
    size: pageSize,
  })
  const arns = found.map(({ arn }) => arn)
  const stored = await db.key.findMany({ where: { arn: { in: arns } }, select: shownColumns })
  const rows = new Map(stored.map((row) => [row.arn, row]))
  return toRows(
    found.flatMap(({ arn, name }) => {
      const [row, verdict] = [rows.get(arn), verdicts.get(name)]
      return row && verdict ? { row, cells: verdict.cells, uses: verdict.uses } : []
    }),
  )
}

/** A page of all keys, whatever the principal can do with them. */
async function readPageOfAll(asked: Asked, from: number): Promise<KeyOfPrincipal[]> {
  const { scope, known } = asked
  const lines = await sql.query<{ arn: string }>(
    sql`SELECT l.arn FROM derived.reach_line l WHERE ${withinAccounts('l.account', scope)}
      ORDER BY l.arn LIMIT ${pageSize}::int OFFSET ${from}::bigint`,
  )
  const arns = lines.map(({ arn }) => arn)
  const naming = await listNaming(scope, known.accountId, arns)
  const { judged } = await judgeKeys({ ...asked, naming }, arns, Infinity)
  const rows = new Map(judged.map((one) => [one.row.arn, one]))
  return toRows(arns.flatMap((arn) => rows.get(arn) ?? []))
}

/** What no sweep of IAM lists, and which is known all the same. */
const knownByItself: readonly PrincipalKind[] = ['service', 'anyone', 'account', 'session']

type Cells = Verdict['cells']

const can = (cells: Cells, ability: string) =>
  (cells[ability] ?? 'no') !== 'no' && cells[ability] !== 'unknown'
const canAdminister = (cells: Cells) => administering.some((ability) => can(cells, ability))

function isWanted(cells: Cells, only: Ask['only']): boolean {
  switch (only) {
    case 'all':
      return true
    case 'reached':
      return Object.values(cells).some((cell) => cell !== 'no')
    case 'decrypt':
      return can(cells, 'decrypt')
    case 'administer':
      return canAdminister(cells)
  }
}

const shownColumns = {
  arn: true,
  accountId: true,
  region: true,
  keyId: true,
  aliases: true,
  keyState: true,
} as const

type Shown = Verdict & { row: Pick<KeyOfPrincipal, keyof typeof shownColumns> }

async function toRows(shown: readonly Shown[]): Promise<KeyOfPrincipal[]> {
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

const sumOf = (counted: readonly Counted[]) => counted.reduce((sum, { n }) => sum + n, 0)

function countKeys(counted: readonly Counted[]): PrincipalAccess['counts'] {
  const countIf = (is: (cells: Cells) => boolean) => sumOf(counted.filter(({ cells }) => is(cells)))
  return {
    decrypt: countIf((cells) => can(cells, 'decrypt')),
    administer: countIf(canAdminister),
    unknown: countIf((cells) => Object.values(cells).includes('unknown')),
    decryptNotNow: countNotNow(counted, ({ cells, uses }) =>
      can(cells, 'decrypt') ? uses.decrypt : undefined,
    ),
    administerNotNow: countNotNow(counted, ({ cells, uses }) =>
      canAdminister(cells)
        ? bestUse(administering.filter((id) => can(cells, id)).map((id) => uses[id]))
        : undefined,
    ),
  }
}

const administering = abilities.filter(({ kind }) => kind === 'administer').map(({ id }) => id)

/** Of several abilities, one that AWS takes now is enough. */
const bestUse = (uses: readonly (Usability | undefined)[]): Usability =>
  (['usable', 'unknown'] as const).find((use) => uses.includes(use)) ?? 'unusable'

function countNotNow(
  counted: readonly Counted[],
  useOf: (verdict: Verdict) => Usability | undefined,
): NotNow {
  const countOf = (wanted: Usability) => sumOf(counted.filter((one) => useOf(one) === wanted))
  return { unusable: countOf('unusable'), unknown: countOf('unknown') }
}
