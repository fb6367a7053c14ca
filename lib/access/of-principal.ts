import 'server-only'
import type { Permit } from '../auth/permit'
import type { Scope } from '../auth/permissions'
import { db } from '../db/client'
import { inScope } from '../db/scope'
import { AppError } from '../errors'
import { accountNames } from '../inventory/read'
import { abilities, abilitiesOf } from './abilities'
import { namedBy } from './candidates'
import { fleetColumns, weighKeys, type FleetKey, type WeighedKey } from './fleet-keys'
import { factsOfPrincipal, type Sources } from './gather'
import { judgeAbility, type Cell } from './judge'
import {
  accountOfPrincipal,
  kindOfPrincipal,
  nameOfPrincipal,
  type PrincipalKind,
} from './principal-facts'
import { hiddenFrom, inAccounts, readIam, readOrganization, type ReadTimes } from './read'
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
  /** Keys that were weighed, and those of them this principal can do something with. */
  weighed: number
  reached: number
  /**
   * Of the weighed keys, by what policies and grants allow. Unknown counts as possible in none of
   * them, and by itself. The last two: of `decrypt` and `administer`, the keys where the state of
   * the key stands in the way, or might.
   */
  counts: {
    decrypt: number
    administer: number
    unknown: number
    decryptNotNow: NotNow
    administerNotNow: NotNow
  }
  /** More keys are in scope than one answer weighs. */
  more: boolean
  page: number
  pageSize: number
  readAt: Pick<ReadTimes, 'iam' | 'organization'>
}
/** Allowed, but `unusable` while the key stays in its state, or nobody has read the state. */
type NotNow = { unusable: number; unknown: number }
type Ask = { principal: string; page: number; only: 'all' | 'decrypt' | 'administer' | 'reached' }

const pageSize = 50
/** Keys one answer weighs: some tens of thousands of evaluations, under a second. */
const most = 2_000

/**
 * Returns what one principal can do with every key in the person's scope.
 * @throws AppError invalid for what is no principal.
 */
export async function listKeysOf(
  permit: Permit<'access.read'>,
  { principal: id, page, only }: Ask,
): Promise<PrincipalAccess> {
  const kind = kindOfPrincipal(id)
  if (kind === 'other' || kind === 'deleted')
    throw new AppError(
      'invalid',
      `"${id.slice(0, 200)}" is no principal that could ask for anything: give the ARN of a ` +
        "user, role, session or account root, a service's name, or *.",
    )
  const accountId = accountOfPrincipal(id)
  const [organization, stored, { iam, readAt }] = await Promise.all([
    readOrganization(),
    db.key.findMany({
      where: { AND: [{ goneAt: null }, inScope(permit.scope)] },
      orderBy: { arn: 'asc' },
      take: most + 1,
      select: fleetColumns,
    }),
    readIam(inAccounts(permit.scope, accountId ? [accountId] : [])),
  ])
  const sources = { iam, organization: organization?.facts ?? null }
  const keys = await weighKeys(stored.slice(0, most), organization)
  const judged = judgeKeys(sources, id, keys, permit.scope)
  const wanted = choose(judged, only)
  const shown = wanted.slice((page - 1) * pageSize, page * pageSize)
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
    weighed: judged.length,
    reached: wanted.length,
    more: stored.length > most,
    page,
    pageSize,
    counts: countKeys(judged),
    readAt: { iam: readAt, organization: organization?.readAt ?? null },
  }
}

/** What no sweep of IAM lists, and which is known all the same. */
const knownByItself: readonly PrincipalKind[] = ['service', 'anyone', 'account', 'session']

type Judged = ReturnType<typeof judgeKeys>[number]
type Cells = Judged['cells']

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

function judgeKeys(sources: Sources, id: string, keys: readonly WeighedKey[], scope: Scope) {
  // A principal differs from key to key only in how near it stands, which decides nothing, and in
  // whether the key names its account.
  const known = factsOfPrincipal(sources, id, '')
  const unknown = factsOfPrincipal({ ...sources, hidden: hiddenFrom(scope, new Set()) }, id, '')
  return keys.map(({ row, facts: key }) => {
    const isHidden =
      known.accountId !== null &&
      hiddenFrom(scope, namedBy(key.policy, key.grants))(known.accountId)
    const facts = isHidden ? unknown : known
    const asked = abilitiesOf(key.keyUsage)
    const cells = Object.fromEntries(
      asked.map((ability) => [ability.id, judgeAbility(key, facts, ability)]),
    )
    return { row, cells, uses: judgeUses(key, facts, asked, cells) }
  })
}

const administering = abilities.filter(({ kind }) => kind === 'administer').map(({ id }) => id)

/** Of several abilities, one that AWS takes now is enough. */
const bestUse = (uses: readonly (Usability | undefined)[]): Usability =>
  (['usable', 'unknown'] as const).find((use) => uses.includes(use)) ?? 'unusable'

function countNotNow(uses: readonly (Usability | undefined)[]): NotNow {
  const count = (wanted: Usability) => uses.filter((use) => use === wanted).length
  return { unusable: count('unusable'), unknown: count('unknown') }
}
