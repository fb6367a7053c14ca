import 'server-only'
import type { Permit } from '../auth/permit'
import type { ExportFormat } from '../table/download'
import type { ExportShape } from '../table/export'
import type { TableState } from '../table/state'
import { handOut } from '../table-source/hand-out'
import { listIds } from '../table-source/sql-source'
import { readExternalById, readExternalCoverage } from './external-read'
import type { ExternalRow } from './external-row'
import { externalSql } from './external-sql'
import { externalCell, externalTable } from './external-table'

const shape: ExportShape<ExternalRow> = {
  table: externalTable,
  cellOf: externalCell,
  identity: [
    { label: 'Key ARN', name: 'keyArn', of: (row) => row.keyArn },
    { label: 'Principal', name: 'principal', of: (row) => row.principal },
  ],
  between: '; ',
  more: (row) => ({ statements: row.through, reviewed: row.review }),
}

/**
 * Exports every row under the filter, in the order and with the columns shown. The audit entry says
 * how many keys were waiting to be evaluated.
 */
export async function exportExternal(
  permit: Permit<'keys.export'>,
  state: TableState,
  format: ExportFormat,
): Promise<AsyncGenerator<string, undefined>> {
  const [ids, { keys, waiting }] = await Promise.all([
    listIds(externalSql, permit.scope, state),
    readExternalCoverage(permit.scope),
  ])
  return handOut(permit, state, format, {
    event: 'externalAccess.exported',
    facts: { rows: ids.length, keys, waiting },
    shape,
    ids,
    read: readExternalById,
  })
}
