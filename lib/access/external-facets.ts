import 'server-only'
import { sql } from '../db/client'
import { externalFacets, type ExternalFacet } from '../table/external'
import { Params } from '../table/sql'
import type { TableState } from '../table/state'
import { fromFor, reviewState, whereOf, type Reading } from './external-query'

type Count = { value: string; count: number }
export type ExternalFacets = {
  total: number
  facets: Record<ExternalFacet, Count[]>
  /** Account id -> name, of those that are counted. */
  accounts: Record<string, string>
}
type Counted = {
  account: string
  region: string
  nearness: string
  review: string
  ability: string[]
  road: string[]
  n: number
}

/** Counts the rows under the filter, of each kind. */
export async function countExternalFacets(
  permit: Reading,
  state: TableState,
): Promise<ExternalFacets> {
  const params = new Params()
  const where = whereOf(permit, state, params)
  const rows = await sql.query<Counted>(
    `SELECT r.account, r.region, r.nearness, ${reviewState} AS review, r.abilities AS ability,
      r.roads AS road, count(*)::int AS n
     ${fromFor(where, reviewState)} WHERE ${where} GROUP BY 1, 2, 3, 4, 5, 6`,
    params.values,
  )
  const ids = [...new Set(rows.map(({ account }) => account))]
  const named = await sql.query<{ id: string; name: string }>(
    'SELECT "id", "name" FROM "Account" WHERE "id" = ANY($1::text[])',
    [ids],
  )
  const countsOf = (facet: ExternalFacet) => sum(rows, (row) => row[facet])
  return {
    total: rows.reduce((total, { n }) => total + n, 0),
    facets: {
      nearness: countsOf('nearness'),
      review: countsOf('review'),
      ability: countsOf('ability'),
      road: countsOf('road'),
      account: countsOf('account'),
      region: countsOf('region'),
    } satisfies Record<(typeof externalFacets)[number], Count[]>,
    accounts: {
      ...Object.fromEntries(ids.map((id) => [id, id])),
      ...Object.fromEntries(named.map(({ id, name }) => [id, name])),
    },
  }
}

function sum(
  rows: readonly Counted[],
  valueOf: (row: Counted) => string | readonly string[],
): Count[] {
  const sums = new Map<string, number>()
  for (const row of rows) {
    for (const value of [valueOf(row)].flat()) sums.set(value, (sums.get(value) ?? 0) + row.n)
  }
  return [...sums]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
}
