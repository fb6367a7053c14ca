import 'server-only'
import { appendAudit } from '../audit/append'
import type { Permit } from '../auth/permit'
import { transaction } from '../db/client'
import type { ExportFormat } from '../table/download'
import { exportRows, type ExportShape } from '../table/export'
import { formatFilter } from '../table/filter'
import type { TableState } from '../table/state'
import {
  listExternalIds,
  readExternalById,
  readExternalCoverage,
  type ExternalId,
} from './external-read'
import type { ExternalRow } from './external-row'
import { externalCell, externalTable } from './external-table'

const step = 500

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
 * Every row under the filter, in the order and with the columns shown. Which rows these are is
 * read once: the worker adds and ends some while the file is written. The audit entry is
 * written first, without it nothing leaves; it says how many rows there were, and how many keys
 * were waiting to be evaluated.
 */
export async function exportExternal(
  permit: Permit<'keys.export'>,
  state: TableState,
  format: ExportFormat,
): Promise<AsyncGenerator<string, undefined>> {
  const [ids, { keys, waiting }] = await Promise.all([
    listExternalIds(permit, state),
    readExternalCoverage(permit.scope),
  ])
  const { filter, columns } = state
  await transaction((tx) =>
    appendAudit(tx, {
      event: 'externalAccess.exported',
      actor: permit.actor,
      data: {
        format,
        filter: formatFilter(filter),
        match: filter.operation,
        columns,
        rows: ids.length,
        keys,
        waiting,
      },
    }),
  )
  return exportRows(shape, format, columns, readAll(ids))
}

async function* readAll(ids: readonly ExternalId[]): AsyncGenerator<ExternalRow[], undefined> {
  for (let at = 0; at < ids.length; at += step) {
    yield await readExternalById(ids.slice(at, at + step))
  }
}
