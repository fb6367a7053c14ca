import 'server-only'
import { appendAudit } from '@/lib/audit/append'
import type { Permit } from '@/lib/auth/permit'
import { transaction } from '@/lib/db/client'
import { csvLine } from '@/lib/table/csv'
import { columnOf } from '@/lib/table/definition'
import { jsonArray, type ExportFormat } from '@/lib/table/download'
import { formatFilter } from '@/lib/table/filter'
import { grantsTable } from '@/lib/table/grants'
import type { TableState } from '@/lib/table/state'
import { countGrants, readRows, type GrantsRow } from './table'

const step = 500

/**
 * Exports every grant under the filter, in the order and with the columns shown. The audit entry is
 * written first; without it nothing leaves.
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
  const batches = readAll(permit, state)
  return format === 'csv'
    ? csvLines(batches, state.columns)
    : jsonArray(batches, (row) => ({
        keyArn: row.keyArn,
        grantId: row.grantId,
        ...Object.fromEntries(
          state.columns.map((column) => [column, valueOf[column]?.(row) ?? null]),
        ),
      }))
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

/** In a cell: the request and its words, or that nobody knows. */
function whyOf({ cause, known }: GrantsRow): string {
  if (cause)
    return `R-${cause.number}: ${cause.reason ?? cause.justification}${cause.owner ? ` (${cause.owner})` : ''}`
  return known === 'awsService' ? 'AWS service' : 'nobody knows'
}

type Value = string | readonly string[] | object | null

const valueOf: Readonly<Record<string, (row: GrantsRow) => Value>> = {
  grantee: (row) => row.granteePrincipal ?? row.granteeServicePrincipal,
  key: (row) => row.alias ?? row.keyId,
  account: (row) => `${row.accountName} (${row.accountId})`,
  region: (row) => row.region,
  issuerClass: (row) => row.issuerClass,
  operations: (row) => row.operations,
  constraints: (row) => (typeof row.constraints === 'object' ? row.constraints : null),
  flags: (row) => row.flags,
  crossAccount: (row) => row.crossAccount,
  created: (row) => row.createdAt,
  ends: (row) => row.endsAt,
  known: (row) => whyOf(row),
  retiring: (row) => row.retiringPrincipal ?? row.retiringServicePrincipal,
  name: (row) => row.name,
  observed: (row) => row.observedAt,
}

const isList = (value: Value): value is readonly string[] => Array.isArray(value)
const toText = (value: Value) =>
  value === null || typeof value === 'string'
    ? value
    : isList(value)
      ? value.join(' ')
      : JSON.stringify(value)

/** Key and grant stand first, since they are what a row is. */
async function* csvLines(
  batches: AsyncIterable<readonly GrantsRow[]>,
  columns: readonly string[],
): AsyncGenerator<string, undefined> {
  const shown = columns.filter((column) => column in valueOf)
  yield csvLine([
    'Key ARN',
    'Grant ID',
    ...shown.map((column) => columnOf(grantsTable, column)?.label ?? column),
  ])
  for await (const rows of batches)
    yield rows
      .map((row) =>
        csvLine([
          row.keyArn,
          row.grantId,
          ...shown.map((column) => toText(valueOf[column]?.(row) ?? null)),
        ]),
      )
      .join('')
}
