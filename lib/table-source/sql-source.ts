import 'server-only'
import { appendAudit } from '@/lib/audit/append'
import type { Permission, Scope } from '@/lib/auth/permissions'
import { sql, transaction } from '@/lib/db/client'
import { accountsOf, withinAccounts } from '@/lib/db/scope'
import { plain } from '@/lib/inventory/plain'
import { accountNames } from '@/lib/inventory/read'
import { sumFacets, type TableRows } from '@/lib/table/answer'
import { known, type CellValue, type TableDefinition } from '@/lib/table/definition'
import { exportRows, type ExportShape } from '@/lib/table/export'
import { formatFilter, type Filter } from '@/lib/table/filter'
import { Params } from '@/lib/table/sql'
import type { TableState } from '@/lib/table/state'
import { conditionOf, fromFor, pageStatement, type TableSql } from '@/lib/table/statements'
import type { TableSource } from './source'

/** Rows that a download reads at a time. */
const step = 500

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
    `SELECT ${[...counted, 'count(*)::int AS n'].join(', ')}
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
    async rows({ actor, scope }, state, format) {
      const { total } = await countFacets({ facets: [] }, table, scope, state)
      await transaction((tx) =>
        appendAudit(tx, {
          event: 'table.exported',
          actor,
          data: {
            table: definition.name,
            format,
            filter: formatFilter(state.filter),
            match: state.filter.operation,
            columns: state.columns,
            rows: total,
          },
        }),
      )
      const shape: ExportShape<Selected> = {
        table: { ...definition, fields: {} },
        cellOf: (row, column) => known(toCell(row[column])),
        identity: [{ label: 'ID', name: 'id', of: (row) => row.id }],
        between: ' ',
      }
      return exportRows(shape, format, state.columns, readAll(table, shown, scope, state))
    },
  },
})

const toCell = (value: unknown): CellValue =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'object'
    ? value
    : String(value)

async function* readAll(
  table: TableSql,
  shown: string,
  scope: Scope,
  state: TableState,
): AsyncGenerator<Selected[], undefined> {
  for (let page = 1; ; page++) {
    const rows = await readRows<Selected>(table, shown, scope, { ...state, page, pageSize: step })
    yield rows.map(plain)
    if (rows.length < step) return
  }
}
