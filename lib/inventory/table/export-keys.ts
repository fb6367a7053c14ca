import 'server-only'
import type { Permit } from '@/lib/auth/permit'
import { appendAudit } from '@/lib/audit/append'
import { transaction } from '@/lib/db/client'
import type { ExportFormat } from '@/lib/table/download'
import { exportRows, type ExportShape } from '@/lib/table/export'
import { formatFilter } from '@/lib/table/filter'
import type { TableState } from '@/lib/table/state'
import type { KeyRow } from '../key-detail'
import { cellOf, keysTable } from './keys-table'
import { ask, readRows } from './list-keys'
import { pageStatement } from './query'

const step = 500

const shape: ExportShape<KeyRow> = {
  table: keysTable,
  cellOf,
  identity: [{ label: 'Key ARN', name: 'arn', of: (row) => row.arn }],
  between: '\n',
}

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
  return exportRows(shape, format, state.columns, chunks(ids))
}

async function* chunks(ids: readonly string[]): AsyncGenerator<KeyRow[], undefined> {
  for (let at = 0; at < ids.length; at += step) yield await readRows(ids.slice(at, at + step))
}
