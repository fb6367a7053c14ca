import { compileFilter, Params } from '@/lib/table/sql'
import type { Scope } from '@/lib/auth/permissions'
import { tokensOf, type Filter } from '@/lib/table/filter'
import type { Sort } from '@/lib/table/definition'
import { inScopeOf, keyProperty, keySort } from './keys-sql'

export type KeysQuestion = {
  scope: Scope
  filter: Filter
  sort: Sort
  limit: number
  offset: number
}
export type Statement = { text: string; values: readonly unknown[] }

/** Keys that AWS no longer lists are left out unless the filter speaks of them. */
function conditionsOf({ scope, filter }: KeysQuestion, params: Params) {
  const asked = compileFilter(filter, keyProperty(params), params)
  const conditions = [asked === 'true' ? null : asked, inScopeOf(scope, params)]
  return {
    conditions: conditions.filter((condition) => condition !== null),
    withGone: tokensOf(filter).some((token) => token.property === 'gone'),
  }
}

const whereOf = (conditions: readonly string[]) => conditions.join(' AND ') || 'true'

/** Conditions that every key of a combination of facets meets, or none. */
const isAboutFacets = (condition: string) => !/\br\.(?!facets\b)/u.test(condition)

/**
 * How many keys there are of each combination of facets. A condition on facets alone is asked of
 * the counts, which come from one small index, not of the keys.
 */
export function facetsStatement(question: KeysQuestion): Statement {
  const params = new Params()
  const { conditions, withGone } = conditionsOf(question, params)
  const ofCounts = conditions.filter(isAboutFacets)
  const ofKeys = conditions.filter((condition) => !isAboutFacets(condition))
  if (!withGone) ofKeys.push('NOT r.gone')
  const text = `SELECT string_agg(r.facets::text, ',') AS facets, string_agg(r.n::text, ',') AS counts
    FROM (SELECT r.facets, count(*)::int AS n FROM derived.key_row r WHERE ${whereOf(ofKeys)}
      GROUP BY r.facets) r WHERE ${whereOf(ofCounts)}`
  return { text, values: params.values }
}

/**
 * Ids of one page, in order; ties in the order the keys were first seen,
 * which a page break cannot tear.
 */
export function pageStatement(question: KeysQuestion): Statement {
  const params = new Params()
  const { conditions, withGone } = conditionsOf(question, params)
  if (!withGone) conditions.push('NOT r.gone')
  const { join, order } = keySort(question.sort, params)
  const text = `SELECT r.id FROM derived.key_row r ${join} WHERE ${whereOf(conditions)} ORDER BY ${order}
    LIMIT ${params.add(question.limit, 'int')} OFFSET ${params.add(question.offset, 'bigint')}`
  return { text, values: params.values }
}
