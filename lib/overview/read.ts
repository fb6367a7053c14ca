import 'server-only'
import type { Permit } from '../auth/permit'
import { countGrants } from '../grants/rows'
import { getOverview, type Overview } from '../inventory/overview'
import { grantsTable } from '@/lib/grants/grants-table'
import { parseTableState } from '../table/state'
import { grantFilters } from './figures'

type GrantCounts = { total: number; byPeople: number; crossAccount: number }
export type OverviewFacts = Overview & { grants: Overview['grants'] & GrantCounts }

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
