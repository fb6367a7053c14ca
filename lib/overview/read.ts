import 'server-only'
import type { Permit } from '../auth/permit'
import { countGrants } from '../grants/rows'
import { grantsTable } from '../grants/grants-table'
import { getOverview } from '../inventory/overview'
import { parseTableState } from '../table/state'
import { grantFilters, type OverviewFacts } from './figures'

/**
 * Everything the overview shows. Grants are counted by the reader of the
 * very tables the numbers open.
 */
export async function readOverview(permit: Permit<'keys.read'>): Promise<OverviewFacts> {
  const count = (filter: string) =>
    countGrants(permit, parseTableState(grantsTable, { filter }).state)
  const [overview, total, byPeople, crossAccount] = await Promise.all([
    getOverview(permit),
    count(''),
    count(grantFilters.byPeople),
    count(grantFilters.crossAccount),
  ])
  return { ...overview, grants: { ...overview.grants, total, byPeople, crossAccount } }
}
