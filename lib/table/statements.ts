import { own } from '../own'
import type { FilterId, Sort, SortId } from './definition'
import { anyText, tokensOf, type Filter } from './filter'
import { compileFilter, type Params, type SqlProperty } from './sql'
import type { TableState } from './state'

/** How a field is filtered and sorted by in SQL. `sortsDown`: what is shown grows as it falls. */
export type FieldSql = SqlProperty & { sort?: string; sortsDown?: true }
type SortedSql = FieldSql & { sort: string }

/** The SQL of a table's fields: a column that can be sorted by does not compile without its order. */
export type FieldsSql<T extends { fields: object }> = Readonly<{
  [Id in FilterId<T>]: Id extends SortId<T> ? SortedSql : FieldSql
}>
/** The orders of columns that cannot be filtered by. */
export type SortsSql<T extends { fields: object }> = Readonly<
  Record<Exclude<SortId<T>, FilterId<T>>, string>
>

/** A value of few, sorted by itself. */
export const word = (expression: string): SortedSql => ({
  kind: 'enum',
  expression,
  sort: expression,
})
/** A text of which both null and empty mean that there is none. */
export function text(expression: string, sort: string): SortedSql
export function text(expression: string): FieldSql
export function text(expression: string, sort?: string): FieldSql {
  return { kind: 'text', expression, none: `coalesce(${expression}, '') = ''`, sort }
}
export const number = (expression: string): SortedSql => ({
  kind: 'number',
  expression,
  sort: expression,
})
/** A time that is null where there is none. */
export const date = (expression: string): SortedSql => ({
  kind: 'date',
  expression,
  none: `${expression} IS NULL`,
  sort: expression,
})
/** An account, asked for by its ID or by a part of its ID or name. */
export const account = (expression: string, sort = expression): SortedSql => ({
  kind: 'enum',
  expression,
  contains(params, pattern) {
    const like = params.add(pattern)
    return `(${expression} LIKE ${like} OR ${isInAccountNamed(expression, like)})`
  },
  sort,
})
/** The condition that an account has a name like this; `like` is a placeholder. */
export const isInAccountNamed = (expression: string, like: string) =>
  `${expression} IN (SELECT id FROM "Account" WHERE lower(name) LIKE ${like})`

/** Where a table's rows come from. `r` is what it is about; the rest is joined where it is named. */
export type TableSql = {
  from: string
  joins: readonly (readonly [alias: string, join: string])[]
  /** The columns of `r` that name a row, with their types: they break ties, and rows are read by them. */
  id: Readonly<Record<string, 'text' | 'bigint' | 'timestamptz' | 'boolean'>>
  /** How many rows of the table some rows stand for, where that is not one each. */
  counted?: string
  /** The account that a row belongs to: what a person's scope is about. */
  account: string
  fields: Readonly<Record<string, FieldSql>>
  /** Rows that are left out unless the filter speaks of this property: the condition on the others. */
  unlessAsked?: { property: string; condition: string }
  /** What text anywhere in a row means. */
  anywhere: SqlProperty
  sorts: Readonly<Record<string, string>>
}

/** The condition that a filter stands for, without the rows that it would have to ask for. */
export function conditionOf(table: TableSql, filter: Filter, params: Params): string {
  const find = (id: string) => (id === anyText ? table.anywhere : (own(table.fields, id) ?? null))
  const asked = compileFilter(filter, find, params)
  const { unlessAsked } = table
  const isAsked = tokensOf(filter).some(({ property }) => property === unlessAsked?.property)
  return unlessAsked && !isAsked ? `${asked} AND ${unlessAsked.condition}` : asked
}

/** An order in its parts: what is unknown stands last in both directions, and ids break ties. */
export function orderOf(table: TableSql, { column, direction }: Sort) {
  const field = table.fields[column]
  const expression = field?.sort ?? table.sorts[column]
  if (!expression) throw new Error(`This table cannot be sorted by "${column}".`)
  const way = (direction === 'desc') === (field?.sortsDown ?? false) ? 'ASC' : 'DESC'
  const then = `${way} NULLS LAST, ${idOf(table).join(', ')}`
  return { expression, then, order: `${expression} ${then}` }
}

/**
 * FROM with the tables that these pieces of a statement name, and those that such a join is made
 * by: most statements need few of them.
 */
export function fromFor(table: TableSql, ...pieces: readonly string[]): string {
  return [`FROM ${table.from} r`, ...joinsFor(table, pieces)].join(' ')
}

function joinsFor(table: TableSql, pieces: readonly string[]): readonly string[] {
  return table.joins.reduceRight<readonly string[]>((joins, [alias, join]) => {
    const said = ` ${[...pieces, ...joins].join(' ')}`
    return new RegExp(`[^\\w]${alias}\\.`).test(said) ? [join, ...joins] : joins
  }, [])
}

/**
 * FROM for rows that were found already: they stand first, since of many tables PostgreSQL joins
 * the last in the order in which they are written.
 */
const fromFound = (table: TableSql, found: string, same: readonly string[], ...pieces: string[]) =>
  [`FROM ${found} JOIN ${table.from} r ON ${same.join(' AND ')}`, ...joinsFor(table, pieces)].join(
    ' ',
  )

const idOf = (table: TableSql) => Object.keys(table.id).map((column) => `r.${column}`)

/** One page in the state's order. What is shown is worked out for its rows alone. */
export function pageStatement(
  table: TableSql,
  shown: string,
  state: Pick<TableState, 'sort' | 'page' | 'pageSize'>,
  where: string,
  params: Params,
): string {
  const { order } = orderOf(table, state.sort)
  const same = Object.keys(table.id).map((column) => `p.${column} = r.${column}`)
  return `WITH page AS MATERIALIZED (
      SELECT ${idOf(table).join(', ')} ${fromFor(table, where, order)}
      WHERE ${where} ORDER BY ${order}
      LIMIT ${params.add(state.pageSize, 'int')}
      OFFSET ${params.add((state.page - 1) * state.pageSize, 'bigint')})
    SELECT ${shown} ${fromFound(table, 'page p', same, shown, order)} ORDER BY ${order}`
}

/** The ids of all rows in an order, each as texts under the names of its columns. */
export function idsStatement(table: TableSql, sort: Sort, where: string): string {
  const { order } = orderOf(table, sort)
  const ids = Object.keys(table.id).map((column) => `r.${column}::text`)
  return `SELECT ${ids.join(', ')} ${fromFor(table, where, order)} WHERE ${where} ORDER BY ${order}`
}

/** The rows of these ids, in their order, as far as they are still there. */
export function byIdStatement(
  table: TableSql,
  shown: string,
  ids: readonly Readonly<Record<string, string>>[],
  params: Params,
): string {
  const columns = Object.entries(table.id)
  const lists = columns.map(([column, type]) =>
    params.add(
      ids.map((id) => id[column]),
      `${type}[]`,
    ),
  )
  const same = columns.map(([column]) => `wanted.${column} = r.${column}`)
  const wanted = `unnest(${lists.join(', ')}) WITH ORDINALITY
      wanted(${[...columns.map(([column]) => column), 'at'].join(', ')})`
  return `SELECT ${shown} ${fromFound(table, wanted, same, shown)} ORDER BY wanted.at`
}
