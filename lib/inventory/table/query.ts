import { compileFilter, Params } from '@/lib/table/sql'
import type { Scope } from '@/lib/auth/permissions'
import { tokensOf, type Filter } from '@/lib/table/filter'
import type { Sort } from '@/lib/table/definition'
import { keyProperty, keySort } from './columns'

export type KeysQuestion = { scope: Scope; filter: Filter; sort: Sort; limit: number; offset: number }
export type Statement = { text: string; values: readonly unknown[] }

/** Keys that AWS no longer lists are left out unless the filter speaks of them. */
function whereOf({ scope, filter }: KeysQuestion, params: Params): string {
  const conditions = [compileFilter(filter, keyProperty(params), params)]
  if (!tokensOf(filter).some((token) => token.property === 'gone')) conditions.push('NOT r.gone')
  if (!scope.all) conditions.push(`f.account = ANY(${params.add(scope.accountIds, 'text[]')})`)
  return conditions.filter((condition) => condition !== 'true').join(' AND ') || 'true'
}

/** Only the tables that the conditions speak of: the facets of an unfiltered table are then read from one small index. */
function fromOf(conditions: string): string {
  const speaksOf = (table: string) => new RegExp(String.raw`\b${table}\.`, 'u').test(conditions)
  return ['derived.key_row r',
    speaksOf('f') || speaksOf('a') ? 'JOIN derived.key_facets f ON f.id = r.facets' : '',
    speaksOf('t') ? 'JOIN derived.key_text t ON t.id = r.id' : '',
    speaksOf('a') ? 'LEFT JOIN "Account" a ON a.id = f.account' : '',
  ].filter(Boolean).join(' ')
}

/** Unknown last in both directions; ties in the order the keys were first seen, which a page break cannot tear. */
const orderOf = (expression: string, { direction }: Sort, id: string) => `${expression} ${direction === 'desc' ? 'DESC' : 'ASC'} NULLS LAST, ${id}`

const counted = (source: string) => `SELECT string_agg(facets::text, ',') AS facets, string_agg(n::text, ',') AS counts FROM (${source}) grouped`

/** How many keys there are of each combination of facets. */
export function facetsStatement(question: KeysQuestion): Statement {
  const params = new Params()
  const where = whereOf(question, params)
  return { text: counted(`SELECT r.facets, count(*)::int AS n FROM ${fromOf(where)} WHERE ${where} GROUP BY r.facets`), values: params.values }
}

/** Ids of one page, in order. */
export function pageStatement(question: KeysQuestion): Statement {
  const params = new Params()
  const where = whereOf(question, params)
  const sort = keySort(question.sort.column, params)
  const text = `SELECT r.id FROM ${fromOf(`${where} ${sort}`)} WHERE ${where} ORDER BY ${orderOf(sort, question.sort, 'r.id')}
    LIMIT ${params.add(question.limit, 'int')} OFFSET ${params.add(question.offset, 'bigint')}`
  return { text, values: params.values }
}

/** Both at once, for conditions that have to look through texts: those are looked through a single time. */
export function togetherStatement(question: KeysQuestion): Statement {
  const params = new Params()
  const where = whereOf(question, params)
  const sort = keySort(question.sort.column, params)
  const text = `WITH hit AS MATERIALIZED (SELECT r.id, r.facets, ${sort} AS sorted FROM ${fromOf(`${where} ${sort}`)} WHERE ${where})
    SELECT c.*, (SELECT string_agg(id::text, ',' ORDER BY place) FROM (
      SELECT id, row_number() OVER () AS place FROM (SELECT id FROM hit ORDER BY ${orderOf('sorted', question.sort, 'id')}
      LIMIT ${params.add(question.limit, 'int')} OFFSET ${params.add(question.offset, 'bigint')}) ordered) page) AS page
    FROM (${counted('SELECT facets, count(*)::int AS n FROM hit GROUP BY facets')}) c`
  return { text, values: params.values }
}

/** True when a condition looks through derived.key_text. */
export const looksThroughTexts = (question: KeysQuestion) => /\bt\./u.test(whereOf(question, new Params()))
