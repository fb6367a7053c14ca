import 'server-only'
import { sql } from '../db/client'
import { accountNames } from '../inventory/read'
import { sumFacets, type TableRows } from '../table/answer'
import type { FacetId } from '../table/definition'
import { Params } from '../table/sql'
import type { TableState } from '../table/state'
import { fromFor } from '../table/statements'
import { externalSql, reviewState, whereOf, type Reading } from './external-query'
import { externalTable } from './external-table'

type Counted = Record<FacetId<typeof externalTable>, string | string[]> & {
  account: string
  n: number
}

/** How many rows under the filter there are of each kind. */
export async function countExternalFacets(
  permit: Reading,
  state: TableState,
): Promise<Omit<TableRows<never>, 'rows'>> {
  const params = new Params()
  const where = whereOf(permit, state, params)
  const rows = await sql.query<Counted>(
    `SELECT r.account, r.region, r.nearness, ${reviewState} AS review, r.abilities AS ability,
      r.roads AS road, count(*)::int AS n
     ${fromFor(externalSql, where, reviewState)} WHERE ${where} GROUP BY 1, 2, 3, 4, 5, 6`,
    params.values,
  )
  const names = await accountNames(rows.map(({ account }) => account))
  return {
    ...sumFacets(
      externalTable.facets,
      rows,
      ({ n }) => n,
      (row, facet) => [row[facet]].flat(),
    ),
    accounts: Object.fromEntries(names),
  }
}
