import 'server-only'
import type { Permit } from '@/lib/auth/permit'
import type { ExportFormat } from '@/lib/table/download'
import type { ExportShape } from '@/lib/table/export'
import type { TableState } from '@/lib/table/state'
import { handOut } from '@/lib/table-source/hand-out'
import { listIds } from '@/lib/table-source/sql-source'
import { grantCell, grantsTable } from './grants-table'
import { grantsSql } from './grants-sql'
import type { GrantsRow } from './row'
import { readRowsOf } from './rows'

const shape: ExportShape<GrantsRow> = {
  table: grantsTable,
  cellOf: grantCell,
  identity: [
    { label: 'Key ARN', name: 'keyArn', of: (row) => row.keyArn },
    { label: 'Grant ID', name: 'grantId', of: (row) => row.grantId },
  ],
  between: ' ',
}

/** Exports every grant under the filter, in the order and with the columns shown. */
export async function exportGrants(
  permit: Permit<'keys.export'>,
  state: TableState,
  format: ExportFormat,
): Promise<AsyncGenerator<string, undefined>> {
  const ids = await listIds(grantsSql, permit.scope, state)
  return handOut(permit, state, format, {
    event: 'grants.exported',
    facts: { grants: ids.length },
    shape,
    ids,
    read: (some) => readRowsOf(permit, some),
  })
}
