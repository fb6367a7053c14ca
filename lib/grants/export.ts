import 'server-only'
import { appendAudit } from '@/lib/audit/append'
import type { Permit } from '@/lib/auth/permit'
import { transaction } from '@/lib/db/client'
import type { ExportFormat } from '@/lib/table/download'
import { exportRows, type ExportShape } from '@/lib/table/export'
import { formatFilter } from '@/lib/table/filter'
import type { TableState } from '@/lib/table/state'
import { grantCell, grantsTable } from './grants-table'
import type { GrantsRow } from './row'
import { countGrants, readRows } from './rows'

const step = 500

const shape: ExportShape<GrantsRow> = {
  table: grantsTable,
  cellOf: grantCell,
  identity: [
    { label: 'Key ARN', name: 'keyArn', of: (row) => row.keyArn },
    { label: 'Grant ID', name: 'grantId', of: (row) => row.grantId },
  ],
  between: ' ',
}

/**
 * Every grant under the filter, in the order and with the columns shown. The audit entry is written
 * first; without it nothing leaves.
 */
export async function exportGrants(
  permit: Permit<'keys.export'>,
  state: TableState,
  format: ExportFormat,
): Promise<AsyncGenerator<string, undefined>> {
  const grants = await countGrants(permit, state)
  await transaction((tx) =>
    appendAudit(tx, {
      event: 'grants.exported',
      actor: permit.actor,
      data: {
        format,
        filter: formatFilter(state.filter),
        match: state.filter.operation,
        columns: state.columns,
        grants,
      },
    }),
  )
  return exportRows(shape, format, state.columns, readAll(permit, state))
}

async function* readAll(
  permit: Permit<'keys.export'>,
  state: TableState,
): AsyncGenerator<GrantsRow[], undefined> {
  for (let page = 1; ; page++) {
    const rows = await readRows(permit, { ...state, page, pageSize: step })
    yield rows
    if (rows.length < step) return
  }
}
