import 'server-only'
import type { Permit } from '@/lib/auth/permit'
import { appendAudit } from '@/lib/audit/append'
import { transaction } from '@/lib/db/client'
import { columnOf } from '@/lib/table/definition'
import { csvLine } from '@/lib/table/csv'
import { jsonArray, type ExportFormat } from '@/lib/table/download'
import { formatFilter } from '@/lib/table/filter'
import { keysTable } from '@/lib/table/keys'
import type { TableState } from '@/lib/table/state'
import type { KeyRow } from '../key-detail'
import { cellOf } from './cell'
import { ask, readRows } from './list-keys'
import { pageStatement } from './query'

const step = 500

/**
 * Every key under the filter, in the order and with the columns shown, piece by piece. The audit
 * entry is written first; without it nothing leaves.
 */
export async function exportKeys(
  permit: Permit<'keys.export'>,
  state: TableState,
  format: ExportFormat,
): Promise<AsyncGenerator<string, undefined>> {
  const found = await ask<{ id: number | string }>(
    pageStatement({
      scope: permit.scope,
      filter: state.filter,
      sort: state.sort,
      limit: 2 ** 31 - 1,
      offset: 0,
    }),
  )
  const ids = found.map(({ id }) => String(id))
  await transaction((tx) =>
    appendAudit(tx, {
      event: 'keys.exported',
      actor: permit.actor,
      data: {
        format,
        filter: formatFilter(state.filter),
        match: state.filter.operation,
        columns: state.columns,
        keys: ids.length,
      },
    }),
  )
  return format === 'csv'
    ? csvChunks(ids, state.columns)
    : jsonArray(chunks(ids), (row) => toObject(row, state.columns))
}

async function* chunks(ids: readonly string[]): AsyncGenerator<KeyRow[], undefined> {
  for (let at = 0; at < ids.length; at += step) yield await readRows(ids.slice(at, at + step))
}

/** The key's ARN stands first, since that is what a row is. Unknown is a word here too. */
const fieldOf = (row: KeyRow, column: string) => {
  const cell = cellOf(row, column)
  if (cell.unknown !== null) return 'unknown'
  return column === 'account' ? `${row.account.name} (${row.accountId})` : cell.value
}

async function* csvChunks(
  ids: readonly string[],
  columns: readonly string[],
): AsyncGenerator<string, undefined> {
  yield csvLine([
    'Key ARN',
    ...columns.map((column) => columnOf(keysTable, column)?.label ?? column),
  ])
  for await (const rows of chunks(ids))
    yield rows
      .map((row) => csvLine([row.arn, ...columns.map((column) => fieldOf(row, column))]))
      .join('')
}

/** One object a row; what is unknown is null with its reason under `unknown`. */
function toObject(row: KeyRow, columns: readonly string[]) {
  const cells = columns.map((column) => [column, cellOf(row, column)] as const)
  const reasons = cells
    .filter(([, cell]) => cell.unknown !== null)
    .map(([column, cell]) => [column, cell.unknown])
  const values = cells.map(([column, cell]) => [
    column,
    column === 'account' ? row.account : cell.value,
  ])
  return {
    arn: row.arn,
    ...Object.fromEntries(values),
    ...(reasons.length > 0 ? { unknown: Object.fromEntries(reasons) } : {}),
  }
}
