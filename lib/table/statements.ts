import type { Sort } from './definition'
import { anyText, type Filter } from './filter'
import { compileFilter, type Params, type SqlProperty } from './sql'
import type { TableState } from './state'

/** How a field is filtered and sorted by in SQL. */
export type FieldSql = SqlProperty & { sort?: string }

/** Where a table's rows come from. `r` is what it is about; the rest is joined where it is named. */
export type TableSql = {
  from: string
  joins: readonly (readonly [alias: string, join: string])[]
  /** The columns of `r` that name a row: they break ties, and a page is read by them. */
  id: readonly string[]
  /** The account that a row belongs to: what a person's scope is about. */
  account: string
  fields: Readonly<Record<string, FieldSql>>
  /** What text anywhere in a row means. */
  anywhere: SqlProperty
  /** Orders of columns that cannot be filtered by. */
  sorts?: Readonly<Record<string, string>>
}

/** The condition that a filter stands for. */
export function conditionOf(table: TableSql, filter: Filter, params: Params): string {
  const find = (id: string) =>
    id === anyText
      ? table.anywhere
      : Object.hasOwn(table.fields, id)
        ? (table.fields[id] ?? null)
        : null
  return compileFilter(filter, find, params)
}

/** ORDER BY: what is unknown stands last in both directions. */
export function orderOf(table: TableSql, { column, direction }: Sort): string {
  const expression = table.fields[column]?.sort ?? table.sorts?.[column]
  if (!expression) throw new Error(`This table cannot be sorted by "${column}".`)
  // An order written as "-expression" turns its direction: an age by the time it began at.
  const isTurned = expression.startsWith('-')
  const way = (direction === 'desc') !== isTurned ? 'DESC' : 'ASC'
  const ties = table.id.map((id) => `r.${id}`).join(', ')
  return `${isTurned ? expression.slice(1) : expression} ${way} NULLS LAST, ${ties}`
}

/** FROM with the tables that these pieces of a statement name: most statements need few of them. */
export function fromFor(table: TableSql, ...pieces: readonly string[]): string {
  const said = ` ${pieces.join(' ')}`
  const named = table.joins.filter(([alias]) => new RegExp(`[^\\w]${alias}\\.`).test(said))
  return [`FROM ${table.from} r`, ...named.map(([, join]) => join)].join(' ')
}

/** One page in the state's order. What is shown is worked out for its rows alone. */
export function pageStatement(
  table: TableSql,
  shown: string,
  state: Pick<TableState, 'sort' | 'page' | 'pageSize'>,
  where: string,
  params: Params,
): string {
  const order = orderOf(table, state.sort)
  const same = table.id.map((id) => `p.${id} = r.${id}`).join(' AND ')
  return `WITH page AS MATERIALIZED (
      SELECT ${table.id.map((id) => `r.${id}`).join(', ')} ${fromFor(table, where, order)}
      WHERE ${where} ORDER BY ${order}
      LIMIT ${params.add(state.pageSize, 'int')}
      OFFSET ${params.add((state.page - 1) * state.pageSize, 'bigint')})
    SELECT ${shown} ${fromFor(table, shown, order)} JOIN page p ON ${same} ORDER BY ${order}`
}
