import { outOfBandTable } from '../changes/match/out-of-band-table'
import type { Overview } from '../inventory/overview'
import type { Plain } from '../inventory/plain'
import { rotatableStates } from '../inventory/rotatable'
import { nameOfState } from '../kms/state-names'
import type { Filter } from '../table/filter'
import { keysTable } from '@/lib/inventory/table/keys-table'
import { tableHref } from '../table/state'

type GrantCounts = { total: number; byPeople: number; crossAccount: number }
export type OverviewFacts = Overview & {
  grants: Overview['grants'] & GrantCounts
  /** Changes that nobody requested here and nobody reviewed; null: the trail saw none of the accounts. */
  outOfBand: number | null
}

/**
 * A number of the overview and the address of what it counts: the table
 * there has just as many rows.
 */
export type Figure = {
  label: string
  count: number
  href: string
  /** Any of them is bad news. */
  alarming?: boolean
  /** Keys for which it could not be counted. */
  unread?: number
}

/** In the spelling of the table's address. Claviger makes grants for people, too. */
export const grantFilters = {
  byPeople: 'issuerClass.eq.human|claviger',
  crossAccount: 'crossAccount.eq.yes',
} as const

type Terms = Filter['terms']
const is = (property: string, ...values: string[]) => ({
  property,
  operator: 'eq' as const,
  values,
})
const keys = (...terms: Terms) => tableHref('/keys', keysTable, ...terms)
const grants = (filter: string) => `/grants?filter=${filter}`

export const deletionFigure = ({ keys: counted }: OverviewFacts): Figure => ({
  label: 'Keys pending deletion',
  count: counted.pendingDeletion,
  href: keys(is('state', 'PendingDeletion', 'PendingReplicaDeletion')),
  alarming: true,
})

export const expiryFigure = ({ keys: counted, expiryBefore }: OverviewFacts): Figure => ({
  label: 'Keys whose material expires',
  count: counted.expiring,
  href: keys({ property: 'validTo', operator: 'lt', values: [expiryBefore] }),
})

const outOfBandFigure = (count: number): Figure => ({
  label: 'Changes out of band',
  count,
  href: tableHref(outOfBandTable.path, outOfBandTable, is('state', 'open')),
  alarming: true,
})

/** What needs a look. */
export function attentionFigures(overview: OverviewFacts): Figure[] {
  const { keys: counted, grants: granted, outOfBand } = overview
  return [
    deletionFigure(overview),
    ...(outOfBand === null ? [] : [outOfBandFigure(outOfBand)]),
    {
      label: 'Keys without their material',
      count: counted.pendingImport,
      href: keys(is('state', 'PendingImport')),
      alarming: true,
    },
    {
      label: 'Unavailable keys',
      count: counted.unavailable,
      href: keys(is('state', 'Unavailable')),
      alarming: true,
    },
    { label: 'Disabled keys', count: counted.disabled, href: keys(is('state', 'Disabled')) },
    { label: 'Rotation off', count: counted.rotationOff, href: keys(...couldRotate) },
    {
      label: 'Grants across accounts',
      count: granted.crossAccount,
      href: grants(grantFilters.crossAccount),
      unread: granted.keysUnread,
    },
    {
      label: 'Hidden keys',
      count: counted.undescribed,
      href: keys(is('state', 'unknown')),
    },
    {
      label: 'Access-denied reads',
      count: overview.coverage.denied,
      href: '/accounts/coverage?denied=1',
    },
  ]
}

const couldRotate: Terms = [
  is('rotation', 'off'),
  is('state', ...rotatableStates),
  { property: 'scope', operator: 'ne', values: ['replica'] },
]

/** What there is. */
export function inventoryFigures({ keys: counted, grants: granted }: OverviewFacts): Figure[] {
  return [
    { label: 'Keys', count: counted.total, href: keys() },
    { label: 'Customer managed', count: counted.customer, href: keys(is('manager', 'CUSTOMER')) },
    { label: 'AWS managed', count: counted.aws, href: keys(is('manager', 'AWS')) },
    {
      label: 'Multi-Region',
      count: counted.multiRegion,
      href: keys(is('scope', 'primary', 'replica')),
    },
    { label: 'Rotation on', count: counted.rotationOn, href: keys(is('rotation', 'on')) },
    {
      label: 'Rotation unknown',
      count: counted.rotationUnknown,
      href: keys(is('rotation', 'unknown')),
    },
    { label: 'Grants', count: granted.total, href: '/grants' },
    {
      label: 'Grants made by people',
      count: granted.byPeople,
      href: grants(grantFilters.byPeople),
    },
  ]
}

type Counted = Plain<{ value: string; count: number }>[]
const bars = (property: string, rows: Counted): Figure[] =>
  rows.map(({ value, count }) => ({ label: value, count, href: keys(is(property, value)) }))
export const stateFigures = ({ byState }: OverviewFacts): Figure[] =>
  bars('state', byState).map((bar) => ({ ...bar, label: nameOfState(bar.label) }))
export const specFigures = ({ bySpec }: OverviewFacts): Figure[] => bars('spec', bySpec)

/** How complete the rest is. */
export const coverageFigures = ({ coverage, keys: counted }: OverviewFacts): Figure[] => [
  { label: 'Accounts', count: coverage.accounts, href: '/accounts' },
  { label: 'Paused accounts', count: coverage.paused, href: '/accounts?only=paused' },
  { label: 'Never synced', count: coverage.neverSwept, href: '/accounts?only=unsynced' },
  {
    label: 'Last use not read yet',
    count: counted.lastUseUnread,
    href: keys(is('lastUse', '(unknown)')),
  },
]

/** Every number of the overview that opens something. */
export const allFigures = (overview: OverviewFacts): Figure[] =>
  [attentionFigures, inventoryFigures, stateFigures, specFigures, coverageFigures]
    .flatMap((list) => list(overview))
    .concat(deletionFigure(overview), expiryFigure(overview))
