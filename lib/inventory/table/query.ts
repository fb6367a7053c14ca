import { compileFilter, Params } from '@/lib/table/sql'
import type { Scope } from '@/lib/auth/permissions'
import { isGroup, tokensOf, type Filter } from '@/lib/table/filter'
import type { Sort } from '@/lib/table/definition'
import {
  amongCombinations,
  inScopeOf,
  isOfCombination,
  keyProperty,
  keySort,
  type Asked,
  type OfCombinations,
  type OfKeys,
} from './keys-sql'
import { withSharedBytes } from './shared-bytes'

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
function conditionsOf({ scope, filter }: KeysQuestion, params: Params, asked: Asked) {
  const find = keyProperty(params)
  const isOfCounts = (term: Filter['terms'][number]) =>
    (isGroup(term) ? term.tokens : [term]).every(({ property }) => isOfCombination(find(property)))
  const isApart = filter.operation === 'and' || filter.terms.every(isOfCounts)
  const part = (terms: Filter['terms'], of = find) =>
    compileFilter({ ...filter, terms }, of, params)
  const withGone = tokensOf(filter).some((token) => token.property === 'gone')
  const apart = isApart ? filter.terms.filter(isOfCounts) : []
  const ofKeys = part(filter.terms.filter((term) => !apart.includes(term)))
  // Where no more is asked, an index finds the keys of a few combinations.
  const isPass = asked === 'keys' && ofKeys !== 'true'
  return {
    withGone,
    ofCombinations: [
      part(apart, isPass ? find : (id) => amongCombinations(find(id))),
      inScopeOf(scope, params, asked),
      withGone ? null : 'NOT r.gone',
    ],
    ofKeys: ofKeys === 'true' ? null : ofKeys,
  }
}

const whereOf = (conditions: readonly (string | null)[]) =>
  conditions.filter((one) => one !== null && one !== 'true').join(' AND ') || 'true'

/** Numbers of combinations, and how many keys each has, as two lists. */
const listed = `string_agg(facets::text, ',') AS facets, string_agg(n::text, ',') AS counts`

/**
 * How many keys there are of each combination of facets. What is asked of combinations alone comes
 * from the kept counts, whatever the number of keys.
 */
export function facetsStatement(question: KeysQuestion): Statement {
  const params = new Params()
  const counted = countedBy(conditionsOf(question, params, 'combinations'))
  const text = `counted AS (${counted}) SELECT ${listed} FROM counted`
  return { text: withSharedBytes(text), values: params.values }
}

type Conditions = ReturnType<typeof conditionsOf>

/**
 * Combinations with their number of keys that are gone and that are not. Where keys have to be asked,
 * they are counted before their combinations are: those are few, and each is then asked once.
 */
function countedBy({ withGone, ofCombinations, ofKeys }: Conditions): string {
  const where = whereOf(ofCombinations)
  if (ofKeys === null)
    return `SELECT r.facets, r.gone, sum(r.n) AS n FROM derived.key_count r WHERE ${where}
      GROUP BY r.facets, r.gone HAVING sum(r.n) > 0`
  const [gone, by] = withGone ? ['r.gone', 'r.facets, r.gone'] : ['false AS gone', 'r.facets']
  return `SELECT r.facets, r.gone, r.n FROM (
    SELECT r.facets, ${gone}, count(*) AS n FROM derived.key_row r
    WHERE ${whereOf([withGone ? null : 'NOT r.gone', ofKeys])} GROUP BY ${by}) r WHERE ${where}`
}

/**
 * The counts of facets with the ids of the page, where both ask every key: one pass finds the keys
 * for them. Null where the kept counts answer.
 */
export function onePassStatement(question: KeysQuestion): Statement | null {
  const params = new Params()
  const order = keySort(question.sort, params)
  const conditions = conditionsOf(question, params, 'places' in order ? 'combinations' : 'keys')
  const { ofCombinations, ofKeys } = conditions
  if (ofKeys === null) return null
  const part = partOf(question, params)
  if ('places' in order) {
    const ids = 'ARRAY(SELECT id FROM page ORDER BY place, gone, id) AS ids'
    const parts = pageByCounts(conditions, order, part)
    const text = withSharedBytes(`${parts} SELECT ${listed}, ${ids} FROM counted`)
    return { text, values: params.values }
  }
  const { kept, rows, inOrder } = keptBy(order, whereOf([...ofCombinations, ofKeys]))
  // Behind the last key nothing is sorted.
  const from = `${rows} WHERE ${part.offset} < (SELECT sum(n) FROM counted)`
  const text = `kept AS MATERIALIZED (${kept}),
    counted AS MATERIALIZED (SELECT facets, count(*) AS n
      FROM (SELECT unnest(kept_facets) AS facets FROM kept) one GROUP BY facets)
    SELECT ${listed}, ARRAY(${idsInOrder(from, inOrder, part)}) AS ids FROM counted`
  return { text: withSharedBytes(text), values: params.values }
}

/**
 * The keys that a condition keeps, as one row of arrays: to keep rows costs four times as much. Of
 * a place nothing else is kept. `rows`: what they are read from again, in `inOrder`.
 */
function keptBy(order: OfKeys, where: string) {
  const isPlaced = 'place' in order
  const columns = isPlaced ? [order.place] : columnsOf(order)
  const names = isPlaced ? ['place'] : columns.map((column) => column.replace('r.', ''))
  const arrays = columns.map((column, at) => `array_agg(${column}) AS ${names[at]}`)
  const inOrder: OfKeys = isPlaced ? { join: '', place: 'r.place' } : order
  return {
    kept: `SELECT array_agg(r.facets) AS kept_facets, ${arrays.join(', ')}
      FROM derived.key_row r ${order.join} WHERE ${where}`,
    rows: `(SELECT ${names.map((name) => `unnest(${name}) AS ${name}`).join(', ')} FROM kept) r`,
    inOrder,
  }
}

type Part = { limit: string; offset: string }
const partOf = ({ limit, offset }: KeysQuestion, params: Params): Part => ({
  limit: params.add(limit, 'int'),
  offset: params.add(offset, 'bigint'),
})

/** The columns of a row that an order names: to keep all of them costs more than to sort. */
const columnsOf = (order: OfKeys) => [
  ...new Set([
    'r.id',
    ...(Object.values(order)
      .join(' ')
      .match(/\br\.\w+/gu) ?? []),
  ]),
]

/**
 * A sort of nothing but one number takes two thirds of what it takes with an ID beside it, and the ID
 * is the lower half of a place.
 */
const idsInOrder = (from: string, order: OfKeys, { limit, offset }: Part) =>
  'place' in order
    ? `SELECT place & 4294967295 AS id FROM (SELECT ${order.place} AS place FROM ${from}
        ORDER BY 1 LIMIT ${limit} OFFSET ${offset}) placed ORDER BY place`
    : `SELECT r.id FROM ${from} ORDER BY ${order.order} LIMIT ${limit} OFFSET ${offset}`

/**
 * Ids of one page, in order; ties in the order the keys were first seen,
 * which a page break cannot tear.
 */
export function pageStatement(question: KeysQuestion): Statement {
  const params = new Params()
  const order = keySort(question.sort, params)
  const conditions = conditionsOf(question, params, 'places' in order ? 'combinations' : 'keys')
  const part = partOf(question, params)
  if ('places' in order) {
    const text = `${pageByCounts(conditions, order, part)}
      SELECT id FROM page ORDER BY place, gone, id`
    return { text: withSharedBytes(text), values: params.values }
  }
  const where = whereOf([...conditions.ofCombinations, conditions.ofKeys])
  // In the order of an index the rows that a filter leaves out are read one by one, from all over
  // the table: those that it keeps are found in one pass, and then sorted.
  const isWalked = where === 'NOT r.gone'
  if (isWalked && 'indexed' in order && order.indexed)
    return { text: walkedBackwards(order.indexed, where, part), values: params.values }
  const rows = `(SELECT ${columnsOf(order).join(', ')} FROM derived.key_row r WHERE ${where}
    ${isWalked ? '' : 'OFFSET 0'}) r ${order.join}`
  return { text: withSharedBytes(idsInOrder(rows, order, part)), values: params.values }
}

/**
 * A page in the descending order of an index that has null in front, read backwards: values first,
 * then what is null. Without workers the parts of UNION ALL come one after another.
 */
const walkedBackwards = (value: string, where: string, { limit, offset }: Part) =>
  `SELECT id FROM (
    (SELECT r.id FROM derived.key_row r WHERE ${where} AND ${value} IS NOT NULL
      ORDER BY ${value} DESC, r.id)
    UNION ALL (SELECT r.id FROM derived.key_row r WHERE ${where} AND ${value} IS NULL
      ORDER BY r.id)) walked
  LIMIT ${limit} OFFSET ${offset}`

/**
 * A page in the order of combinations: the counts say in which of them it begins and ends, and only
 * the keys of those are read, each in the order of the index of facets.
 */
function pageByCounts(
  conditions: Conditions,
  { places }: OfCombinations,
  { limit, offset }: Part,
): string {
  const { ofKeys } = conditions
  return `counted AS MATERIALIZED (${countedBy(conditions)}),
  reach AS (
    SELECT counted.*, p.place, sum(counted.n) OVER (ORDER BY p.place, counted.gone) AS until
    FROM counted JOIN (${places}) p ON p.id = counted.facets),
  shown AS MATERIALIZED (
    SELECT place, facets, gone, greatest(${offset} - (until - n), 0) AS skip,
      least(until, ${offset} + ${limit}) - greatest(until - n, ${offset}) AS take
    FROM reach WHERE until > ${offset} AND until - n < ${offset} + ${limit}),
  page AS (SELECT shown.place, shown.gone, one.id FROM shown CROSS JOIN LATERAL (
    SELECT r.id FROM derived.key_row r
    WHERE ${whereOf(['r.facets = shown.facets', 'r.gone = shown.gone', ofKeys])}
    ORDER BY r.id LIMIT shown.take OFFSET shown.skip) one)`
}
