import 'server-only'
import type { Permit } from '@/lib/auth/permit'
import { accountsOf, withinAccounts } from '@/lib/db/scope'
import { ask } from '@/lib/inventory/table/list-keys'
import type { TableRows } from '@/lib/table/answer'
import { fromFor, orderOf } from '@/lib/table/statements'
import { whereOf } from '@/lib/table-source/sql-source'
import { Params } from '@/lib/table/sql'
import type { TableState } from '@/lib/table/state'
import { counted, toFacets, type Group } from './facets'
import { grantsSql, iamReads } from './grants-sql'
import { readRowsOf } from './rows'
import type { GrantsRow } from './row'

/** How many grants are looked up one by one at most: the pass over all lines has them too. */
const walked = 500

/** So few are walked that their accounts are looked up once, not for each. */
function walkAges({ scope }: Permit<'grants.read'>, params: Params): string {
  const within = withinAccounts('x.account', params.add(accountsOf(scope)))
  return `SELECT r.id FROM derived.grant_line r WHERE NOT r.gone
    AND (r.shared IN (SELECT x.id FROM derived.grant_shared x WHERE ${within})) IS TRUE`
}

type Answer = { groups: Group[] | null; ids: (number | string)[] }

/**
 * One page of the grants under the filter, with how many there are of each kind: one pass over
 * narrow lines finds both, and what is shown is looked up for the rows of the page alone.
 */
export async function listGrants(
  permit: Permit<'grants.read'>,
  state: TableState,
): Promise<TableRows<GrantsRow>> {
  const params = new Params()
  const where = whereOf(grantsSql, permit.scope, state.filter, params)
  const { expression, then, order } = orderOf(grantsSql, state.sort)
  const page = `LIMIT ${params.add(state.pageSize, 'int')}
    OFFSET ${params.add((state.page - 1) * state.pageSize, 'bigint')}`
  const kept = `SELECT r.id, r.shared, r.created_at, ${expression} AS sorted
    ${fromFor(grantsSql, where, expression)} WHERE ${where}`
  // The index of ages has the first of all grants.
  const isWhole =
    state.filter.terms.length === 0 &&
    state.sort.column === 'created' &&
    state.sort.direction === 'asc' &&
    state.page * state.pageSize <= walked
  const ids = isWhole
    ? `${walkAges(permit, params)} ORDER BY ${order} ${page}`
    : `SELECT r.id FROM kept r ORDER BY r.sorted ${then} ${page}`
  // In the order of a text that stands once for many grants, it is not looked up for each of them.
  const isByText = /\b[nmy]\./u.test(expression)
  const statement = {
    text: `WITH kept AS ${isWhole ? 'NOT MATERIALIZED' : 'MATERIALIZED'} (${kept}),
      grouped AS (SELECT ${counted} FROM kept r JOIN derived.grant_shared c ON c.id = r.shared
        LEFT JOIN ${iamReads} i ON i.account = c.iam_of GROUP BY r.shared)
      SELECT (SELECT json_agg(o) FROM (SELECT c.account, c.region, c.facets, g.* FROM grouped g
        JOIN derived.grant_shared c ON c.id = g.shared) o) AS groups, ARRAY(${ids}) AS ids`,
    values: params.values,
  }
  const settings = isByText ? ['enable_nestloop = off'] : []
  const [{ groups, ids: found } = { groups: null, ids: [] }] = await ask<Answer>(
    statement,
    ...settings,
  )
  const [facets, rows] = await Promise.all([
    toFacets(groups ?? []),
    readRowsOf(
      permit,
      found.map((id) => ({ id: String(id) })),
    ),
  ])
  return { ...facets, rows }
}
