import 'server-only'
import type { Permit } from '@/lib/auth/permit'
import type { ExportFormat } from '@/lib/table/download'
import type { ExportShape } from '@/lib/table/export'
import type { TableState } from '@/lib/table/state'
import { handOut } from '@/lib/table-source/hand-out'
import type { KeyRow } from '../key-detail'
import { cellOf, keysTable } from './keys-table'
import { ask, readRows } from './list-keys'
import { pageStatement } from './query'

const shape: ExportShape<KeyRow> = {
  table: keysTable,
  cellOf,
  identity: [{ label: 'Key ARN', name: 'arn', of: (row) => row.arn }],
  between: '\n',
}

/** Every key under the filter, in the order and with the columns shown. */
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
  return handOut(permit, state, format, {
    event: 'keys.exported',
    facts: { keys: ids.length },
    shape,
    ids,
    read: readRows,
  })
}
