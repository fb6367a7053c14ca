import 'server-only'
import { appendAudit } from '../audit/append'
import type { Permit } from '../auth/permit'
import { transaction } from '../db/client'
import { csvLine } from '../table/csv'
import { columnOf } from '../table/definition'
import { jsonArray, type ExportFormat } from '../table/download'
import { externalTable } from '../table/external'
import { formatFilter } from '../table/filter'
import type { TableState } from '../table/state'
import {
  listExternalIds,
  readExternalById,
  readExternalCoverage,
  type ExternalId,
  type ExternalRow,
} from './external-read'

const step = 500

/**
 * Exports every row under the filter, in the order and with the columns shown. Which rows these are
 * is read once: the worker adds and ends some while the file is written. The audit entry is written
 * first, without it nothing leaves; it says how many rows there were, and how many keys were
 * waiting to be evaluated.
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
  const batches = readAll(ids)
  return format === 'csv'
    ? csvLines(batches, columns)
    : jsonArray(batches, (row) => toObject(row, columns))
}

async function* readAll(ids: readonly ExternalId[]): AsyncGenerator<ExternalRow[], undefined> {
  for (let at = 0; at < ids.length; at += step) {
    yield await readExternalById(ids.slice(at, at + step))
  }
}

type Value = string | readonly string[] | null

const valueOf: Readonly<Record<string, (row: ExternalRow) => Value>> = {
  key: ({ key }) => key.aliases[0] ?? key.keyId,
  nearness: ({ nearness }) => nearness,
  abilities: ({ abilities }) =>
    abilities.map(({ id, cell }) => (cell === 'yes' ? id : `${id}: ${cell}`)),
  through: ({ through }) => through.map(({ kind, name }) => `${kind} ${name}`),
  conditions: ({ conditions }) => conditions,
  since: ({ since }) => since,
  review: ({ state }) => state,
  account: ({ key }) => `${key.accountName} (${key.accountId})`,
  region: ({ key }) => key.region,
  evaluated: ({ evaluatedAt }) => evaluatedAt,
}
const isShown = (column: string) => Object.hasOwn(valueOf, column)
const read = (row: ExternalRow, column: string): Value => valueOf[column]?.(row) ?? null

function toObject(row: ExternalRow, columns: readonly string[]) {
  const cells = columns.filter(isShown).map((column) => [column, read(row, column)])
  return {
    keyArn: row.keyArn,
    principal: row.principal,
    ...Object.fromEntries(cells),
    statements: row.through,
    reviewed: row.review,
  }
}

const toText = (value: Value) =>
  value === null || typeof value === 'string' ? value : value.join('; ')

/** Key and principal stand first, since they are what a row is. */
async function* csvLines(
  batches: AsyncIterable<readonly ExternalRow[]>,
  columns: readonly string[],
): AsyncGenerator<string, undefined> {
  const cells = columns.filter(isShown)
  yield csvLine([
    'Key ARN',
    'Principal',
    ...cells.map((column) => columnOf(externalTable, column)?.label ?? column),
  ])
  for await (const rows of batches) {
    yield rows
      .map((row) =>
        csvLine([row.keyArn, row.principal, ...cells.map((column) => toText(read(row, column)))]),
      )
      .join('')
  }
}
