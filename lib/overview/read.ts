import 'server-only'
import { scopeOf } from '../auth/permissions'
import type { Permit } from '../auth/permit'
import { countOutOfBand } from '../changes/match/out-of-band-source'
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
  const trail = scopeOf(permit.actor.assigned, 'trail.read')
  const [overview, outOfBand, total, byPeople, crossAccount] = await Promise.all([
    getOverview(permit),
    trail && countOutOfBand(trail),
    count(''),
    count(grantFilters.byPeople),
    count(grantFilters.crossAccount),
  ])
  const grants = { ...overview.grants, total, byPeople, crossAccount }
  return { ...overview, outOfBand, grants }
}
