import 'server-only'
import { accountNames } from '@/lib/inventory/read'
import { sumFacets, type TableRows } from '@/lib/table/answer'
import type { FacetId } from '@/lib/table/definition'
import { unpackDigits } from './digits'
import { grantFlags, type GranteeExists } from './flags'
import { grantsTable } from './grants-table'
import { isOld } from './grants-sql'

type GrantFacet = FacetId<typeof grantsTable>
export type Group = {
  account: string
  region: string
  facets: number
  n: number
  old: number
  /** Of grants whose grantee hangs on a reading of IAM: that was read, and so many are no older. */
  read: boolean
  fresh: number
}

/** SQL of what is counted of the grants with one `shared`; their reading of IAM is joined. */
export const counted = `r.shared, count(*)::int AS n,
  (count(*) FILTER (WHERE ${isOld}))::int AS old, bool_or(i.at IS NOT NULL) AS read,
  (count(*) FILTER (WHERE r.created_at < i.at IS NOT TRUE))::int AS fresh`

/** Tells how many grants there are of each kind. */
export async function toFacets(groups: readonly Group[]): Promise<Omit<TableRows<never>, 'rows'>> {
  const names = await accountNames(groups.map(({ account }) => account))
  return { ...sumGroups(groups), accounts: Object.fromEntries(names) }
}

type About = Readonly<Record<string, string>>

function sumGroups(groups: readonly Group[]) {
  const told = groups.map((group) => {
    const { account, region, facets, n, old } = group
    const about: About = { ...unpackDigits(facets), account, region }
    return { about, n, old, exists: countExisting(about.grantee, group) }
  })
  const plain = grantsTable.facets.filter((id) => id !== 'flag' && id !== 'granteeExists')
  const byDigit = sumFacets<(typeof told)[number], GrantFacet>(
    plain,
    told,
    ({ n }) => n,
    ({ about }, facet) => [about[facet] ?? 'unknown'],
  )
  const existing = told.flatMap(({ exists }) => exists)
  const flagged = [
    ...told.flatMap(({ about, n, old }) => [
      { n, flags: grantFlags.filter((flag) => about[flag] === 'yes') },
      { n: old, flags: ['old'] },
    ]),
    ...existing.flatMap(({ n, value }) => (value === 'no' ? [{ n, flags: ['orphaned'] }] : [])),
  ].filter(({ n }) => n > 0)
  return {
    total: byDigit.total,
    facets: {
      ...byDigit.facets,
      ...sumFacets(
        ['granteeExists'],
        existing,
        ({ n }) => n,
        ({ value }) => [value],
      ).facets,
      ...sumFacets(
        ['flag'],
        flagged,
        ({ n }) => n,
        ({ flags }) => flags,
      ).facets,
    },
  }
}

type Existing = { n: number; value: GranteeExists }

/** As `granteeExists` says it in SQL. */
function countExisting(grantee: string | undefined, { n, read, fresh }: Group) {
  const split = (value: GranteeExists, sure: number): Existing[] =>
    [
      { value, n: sure },
      { value: 'unknown' as const, n: n - sure },
    ].filter((one) => one.n > 0)
  switch (grantee) {
    case 'service':
      return split('notApplicable', n)
    case 'deleted':
      return split('no', n)
    case 'there':
      return split('yes', n)
    case 'account':
      return split('yes', read ? n : 0)
    case 'missing':
      return split('no', read ? n - fresh : 0)
    default:
      return split('unknown', n)
  }
}
