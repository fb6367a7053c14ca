import { compileFilter, Params } from '@/lib/table/sql'
import { accountsOf, withinAccounts } from '@/lib/db/scope'
import type { Scope } from '@/lib/auth/permissions'
import { tokensOf, type Filter } from '@/lib/table/filter'
import type { Sort } from '@/lib/table/definition'
import { keyProperty, keySort } from './keys-sql'

export type KeysQuestion = {
  scope: Scope
  filter: Filter
  sort: Sort
  limit: number
  offset: number
}
export type Statement = { text: string; values: readonly unknown[] }

/** Keys that AWS no longer lists are left out unless the filter speaks of them. */
function whereOf({ scope, filter }: KeysQuestion, params: Params): string {
  const conditions = [compileFilter(filter, keyProperty(params), params)]
  if (!tokensOf(filter).some((token) => token.property === 'gone')) conditions.push('NOT r.gone')
  // Left out for who sees all accounts: it alone would bring in the join of the facets.
  if (!scope.all) conditions.push(withinAccounts('f.account', params.add(accountsOf(scope))))
  return conditions.filter((condition) => condition !== 'true').join(' AND ') || 'true'
}

/** The facets of an unfiltered table are read from one small index, without this join. */
const facetsIf = (where: string) =>
  /\bf\./u.test(where) ? 'JOIN derived.key_facets f ON f.id = r.facets' : ''

/** How many keys there are of each combination of facets. */
export function facetsStatement(question: KeysQuestion): Statement {
  const params = new Params()
  const where = whereOf(question, params)
  const text = `SELECT string_agg(facets::text, ',') AS facets, string_agg(n::text, ',') AS counts FROM (
    SELECT r.facets, count(*)::int AS n FROM derived.key_row r ${facetsIf(where)} WHERE ${where}
    GROUP BY r.facets) grouped`
  return { text, values: params.values }
}

/**
 * Ids of one page, in order; ties in the order the keys were first seen,
 * which a page break cannot tear.
 */
export function pageStatement(question: KeysQuestion): Statement {
  const params = new Params()
  const where = whereOf(question, params)
  const { join, order } = keySort(question.sort, params)
  const text = `SELECT r.id FROM derived.key_row r ${facetsIf(where)} ${join} WHERE ${where} ORDER BY ${order}, r.id
    LIMIT ${params.add(question.limit, 'int')} OFFSET ${params.add(question.offset, 'bigint')}`
  return { text, values: params.values }
}
