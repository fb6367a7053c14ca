import { compileFilter, Params } from '@/lib/table/sql'
import type { Scope } from '@/lib/auth/permissions'
import { isGroup, tokensOf, type Filter } from '@/lib/table/filter'
import type { Sort } from '@/lib/table/definition'
import { inScopeOf, isOfCombination, keyProperty, keySort } from './keys-sql'

export type KeysQuestion = {
  scope: Scope
  filter: Filter
  sort: Sort
  limit: number
  offset: number
}
export type Statement = { text: string; values: readonly unknown[] }

/**
 * The conditions of a question, about r, a row with a combination of facets and `gone`:
 * `ofCombinations` are asked of derived.key_count as well as of derived.key_row, `ofKeys` of the
 * latter alone. Keys that AWS no longer lists are left out unless the filter speaks of them.
 */
function conditionsOf({ scope, filter }: KeysQuestion, params: Params) {
  const find = keyProperty(params)
  const isOfCounts = (term: Filter['terms'][number]) =>
    (isGroup(term) ? term.tokens : [term]).every(({ property }) => isOfCombination(find(property)))
  const isApart = filter.operation === 'and' || filter.terms.every(isOfCounts)
  const part = (terms: Filter['terms']) => compileFilter({ ...filter, terms }, find, params)
  const withGone = tokensOf(filter).some((token) => token.property === 'gone')
  const asked = isApart ? filter.terms.filter(isOfCounts) : []
  return {
    ofCombinations: [part(asked), inScopeOf(scope, params), withGone ? null : 'NOT r.gone'],
    ofKeys: [part(filter.terms.filter((term) => !asked.includes(term)))],
  }
}

const whereOf = (conditions: readonly (string | null)[]) =>
  conditions.filter((one) => one !== null && one !== 'true').join(' AND ') || 'true'

/**
 * How many keys there are of each combination of facets. What is asked of combinations alone comes
 * from the kept counts, whatever the number of keys.
 */
export function facetsStatement(question: KeysQuestion): Statement {
  const params = new Params()
  const { ofCombinations, ofKeys } = conditionsOf(question, params)
  const where = whereOf([...ofCombinations, ...ofKeys])
  const counted =
    whereOf(ofKeys) === 'true'
      ? `SELECT r.facets, sum(r.n) AS n FROM derived.key_count r WHERE ${where}
        GROUP BY r.facets HAVING sum(r.n) > 0`
      : `SELECT r.facets, count(*) AS n FROM derived.key_row r WHERE ${where} GROUP BY r.facets`
  const text = `SELECT string_agg(facets::text, ',') AS facets, string_agg(n::text, ',') AS counts
    FROM (${counted}) counted`
  return { text, values: params.values }
}

/**
 * The counts of facets with the ids of the page, where both ask every key: one pass finds the keys
 * for them. Null where the kept counts answer.
 */
export function onePassStatement(question: KeysQuestion): Statement | null {
  const params = new Params()
  const { ofCombinations, ofKeys } = conditionsOf(question, params)
  if (whereOf(ofKeys) === 'true') return null
  const { join, order } = keySort(question.sort, params)
  const text = `WITH kept AS MATERIALIZED (
      SELECT * FROM derived.key_row r WHERE ${whereOf([...ofCombinations, ...ofKeys])}),
    counted AS (SELECT facets, count(*) AS n FROM kept GROUP BY facets)
    SELECT string_agg(facets::text, ',') AS facets, string_agg(n::text, ',') AS counts,
      ARRAY(SELECT r.id FROM kept r ${join} ORDER BY ${order}
        LIMIT ${params.add(question.limit, 'int')}
        OFFSET ${params.add(question.offset, 'bigint')}) AS ids
    FROM counted`
  return { text, values: params.values }
}

/**
 * Ids of one page, in order; ties in the order the keys were first seen,
 * which a page break cannot tear.
 */
export function pageStatement(question: KeysQuestion): Statement {
  const params = new Params()
  const { ofCombinations, ofKeys } = conditionsOf(question, params)
  const where = whereOf([...ofCombinations, ...ofKeys])
  // In the order of an index the rows that a filter leaves out are read one by one, from all over
  // the table: those that it keeps are found in one pass, and then sorted.
  const isWalked = where === 'NOT r.gone'
  const { join, order, places } = keySort(question.sort, params)
  const limit = params.add(question.limit, 'int')
  const offset = params.add(question.offset, 'bigint')
  const text =
    places && whereOf(ofKeys) === 'true'
      ? pageByCounts({ places, where, limit, offset })
      : `SELECT r.id FROM (SELECT * FROM derived.key_row r WHERE ${where} ${isWalked ? '' : 'OFFSET 0'}) r
        ${join} ORDER BY ${order} LIMIT ${limit} OFFSET ${offset}`
  return { text, values: params.values }
}

/**
 * A page in the order of combinations: the counts say in which of them it begins and ends, and only
 * the keys of those are read, each in the order of the index of facets.
 */
function pageByCounts(asked: { places: string; where: string; limit: string; offset: string }) {
  const { places, where, limit, offset } = asked
  return `WITH asked AS MATERIALIZED (
    SELECT r.facets, r.gone, sum(r.n) AS n FROM derived.key_count r WHERE ${where}
    GROUP BY r.facets, r.gone HAVING sum(r.n) > 0),
  reach AS (
    SELECT asked.*, p.place, sum(asked.n) OVER (ORDER BY p.place, asked.gone) AS until
    FROM asked JOIN (${places}) p ON p.id = asked.facets),
  shown AS MATERIALIZED (
    SELECT place, facets, gone, greatest(${offset} - (until - n), 0) AS skip,
      least(until, ${offset} + ${limit}) - greatest(until - n, ${offset}) AS take
    FROM reach WHERE until > ${offset} AND until - n < ${offset} + ${limit})
  SELECT page.id FROM shown CROSS JOIN LATERAL (
    SELECT r.id FROM derived.key_row r WHERE r.facets = shown.facets AND r.gone = shown.gone
    ORDER BY r.id LIMIT shown.take OFFSET shown.skip) page
  ORDER BY shown.place, shown.gone, page.id`
}
