import 'server-only'
import type { Permission, Scope } from '@/lib/auth/permissions'
import { sql } from '@/lib/db/client'
import { accountsOf, withinAccounts } from '@/lib/db/scope'
import { plain } from '@/lib/inventory/plain'
import { accountNames } from '@/lib/inventory/read'
import { sumFacets, type TableRows } from '@/lib/table/answer'
import { known, type CellValue, type TableDefinition } from '@/lib/table/definition'
import type { Filter } from '@/lib/table/filter'
import { Params } from '@/lib/table/sql'
import type { TableState } from '@/lib/table/state'
import {
  byIdStatement,
  conditionOf,
  fromFor,
  idsStatement,
  pageStatement,
  type TableSql,
} from '@/lib/table/statements'
import { handOut } from './hand-out'
import type { TableSource } from './source'

/** The condition of a filter, within the accounts of a scope. */
export function whereOf(table: TableSql, scope: Scope, filter: Filter, params: Params): string {
  const within = withinAccounts(table.account, params.add(accountsOf(scope)))
  return `${within} AND ${conditionOf(table, filter, params)}`
}

/** One page of rows. `shown` is the SELECT list. */
export async function readRows<Row extends object>(
  table: TableSql,
  shown: string,
  scope: Scope,
  state: TableState,
): Promise<Row[]> {
  const params = new Params()
  const where = whereOf(table, scope, state.filter, params)
  return sql.query<Row>(pageStatement(table, shown, state, where, params), params.values)
}

/** Which row it is: the columns of its table's `id`, as texts. */
export type RowId = Readonly<Record<string, string>>

/** Every row under the filter, in the state's order, as they are at one moment. */
export async function listIds(
  table: TableSql,
  scope: Scope,
  { filter, sort }: Pick<TableState, 'filter' | 'sort'>,
): Promise<RowId[]> {
  const params = new Params()
  const where = whereOf(table, scope, filter, params)
  return sql.query<RowId>(idsStatement(table, sort, where), params.values)
}

/** These rows, in this order, as far as they are still there. */
export async function readRowsById<Row extends object>(
  table: TableSql,
  shown: string,
  ids: readonly RowId[],
): Promise<Row[]> {
  const params = new Params()
  return sql.query<Row>(byIdStatement(table, shown, ids, params), params.values)
}

type Group = Readonly<Record<string, string | string[]>> & { n: number }

/** How many rows under the filter there are of each value of each facet. */
export async function countFacets(
  { facets }: Pick<TableDefinition, 'facets'>,
  table: TableSql,
  scope: Scope,
  { filter }: Pick<TableState, 'filter'>,
): Promise<Omit<TableRows<never>, 'rows'>> {
  const params = new Params()
  const where = whereOf(table, scope, filter, params)
  const counted = facets.map((facet) => `${expressionOf(table, facet)} AS "${facet}"`)
  const groups = await sql.query<Group>(
    `SELECT ${[...counted, `${table.counted ?? 'count(*)::int'} AS n`].join(', ')}
     ${fromFor(table, where, ...counted)} WHERE ${where}
     ${facets.length > 0 ? `GROUP BY ${facets.map((_, at) => at + 1).join(', ')}` : ''}`,
    params.values,
  )
  const names = await accountNames(groups.flatMap(({ account }) => account ?? []))
  return {
    ...sumFacets(
      facets,
      groups,
      ({ n }) => n,
      (group, facet) => [group[facet] ?? []].flat(),
    ),
    accounts: Object.fromEntries(names),
  }
}

function expressionOf(table: TableSql, facet: string): string {
  const field = table.fields[facet]
  if (!field || !('expression' in field)) throw new Error(`"${facet}" cannot be counted.`)
  return field.expression
}

type Selected = Readonly<Record<string, unknown>> & { id: string }

/**
 * A table whose rows are shown as they are selected, each with its `id` as text: definition and SQL
 * are all there is to it.
 */
export const sqlSource = <P extends Permission>(
  definition: TableDefinition,
  table: TableSql,
  shown: string,
): TableSource<P, Selected> => ({
  definition,
  async read({ scope }, state) {
    const [rows, counted] = await Promise.all([
      readRows<Selected>(table, shown, scope, state),
      countFacets(definition, table, scope, state),
    ])
    return { rows: rows.map(plain), ...counted }
  },
  download: {
    fileName: definition.name,
    async rows(permit, state, format) {
      const ids = await listIds(table, permit.scope, state)
      return handOut<Selected, RowId>(permit, state, format, {
        event: 'table.exported',
        facts: { table: definition.name, rows: ids.length },
        shape: {
          table: { ...definition, fields: {} },
          cellOf: (row, column) => known(toCell(row[column])),
          identity: [{ label: 'ID', name: 'id', of: (row) => row.id }],
          between: ' ',
        },
        ids,
        read: async (some) => (await readRowsById<Selected>(table, shown, some)).map(plain),
      })
    },
  },
})

const toCell = (value: unknown): CellValue =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'object'
    ? value
    : String(value)
