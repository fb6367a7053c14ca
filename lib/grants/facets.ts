import 'server-only'
import type { Permit } from '@/lib/auth/permit'
import { sql } from '@/lib/db/client'
import { accountNames } from '@/lib/inventory/read'
import { sumFacets, type TableRows } from '@/lib/table/answer'
import type { FacetId } from '@/lib/table/definition'
import { fromFor } from '@/lib/table/statements'
import { whereOf } from '@/lib/table-source/sql-source'
import { Params } from '@/lib/table/sql'
import type { TableState } from '@/lib/table/state'
import { unpackDigits } from './digits'
import { grantFlags, type GranteeExists } from './flags'
import { grantsTable } from './grants-table'
import { grantsSql, isOld } from './grants-sql'

type GrantFacet = FacetId<typeof grantsTable>
type Place = { account: string; region: string; facets: number }
type Group = Place & { n: number; old: number }
/** Of the grants whose grantee hangs on a reading of IAM: those of which that was read, and since. */
type Read = Place & { read: number; since: number }

/** All of it stands in one index. */
const place = 'r.account, r.region, r.facets'
const counted = `${place}, count(*)::int AS n, (count(*) FILTER (WHERE ${isOld}))::int AS old`
const read = `${place}, count(*)::int AS read,
  (count(*) FILTER (WHERE r.created_at < i.at))::int AS since`

/**
 * Counts the grants under the filter, of each kind. What hangs on a reading of IAM is counted
 * beside the rest, since it is asked of few grants only.
 */
export async function countFacets(
  permit: Permit<'grants.read'>,
  state: TableState,
): Promise<Omit<TableRows<never>, 'rows'>> {
  const params = new Params()
  const where = whereOf(grantsSql, permit.scope, state.filter, params)
  const [groups, reads] = await Promise.all([
    sql.query<Group>(
      `SELECT ${counted} ${fromFor(grantsSql, where, counted)} WHERE ${where} GROUP BY ${place}`,
      params.values,
    ),
    sql.query<Read>(
      `SELECT ${read} ${fromFor(grantsSql, where, read)}
       WHERE ${where} AND r.iam_of IS NOT NULL AND i.at IS NOT NULL GROUP BY ${place}`,
      params.values,
    ),
  ])
  return {
    ...sumGroups(groups, reads),
    accounts: Object.fromEntries(await accountNames(groups.map(({ account }) => account))),
  }
}

type About = Readonly<Record<string, string>>

const nameOf = ({ account, region, facets }: Place) => `${account} ${region} ${facets}`

function sumGroups(groups: readonly Group[], reads: readonly Read[]) {
  const readBy = new Map(reads.map((one) => [nameOf(one), one]))
  const told = groups.map((group) => {
    const { account, region, facets, n, old } = group
    const about: About = { ...unpackDigits(facets), account, region }
    return { about, n, old, exists: countExisting(about.grantee, n, readBy.get(nameOf(group))) }
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
function countExisting(grantee: string | undefined, n: number, known: Read | undefined) {
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
      return split('yes', known?.read ?? 0)
    case 'missing':
      return split('no', known?.since ?? 0)
    default:
      return split('unknown', n)
  }
}
