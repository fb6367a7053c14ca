import 'server-only'
import { appendAudit } from '@/lib/audit/append'
import type { AuditEventName } from '@/lib/audit/events'
import type { Permit } from '@/lib/auth/permit'
import { transaction } from '@/lib/db/client'
import type { ExportFormat } from '@/lib/table/download'
import { exportRows, type ExportShape } from '@/lib/table/export'
import { formatFilter } from '@/lib/table/filter'
import type { TableState } from '@/lib/table/state'

/** Rows that are read at a time. */
const step = 500

type Leaving<Row, Id> = {
  /** The audit event, and what it says besides what the table showed: how many rows leave. */
  event: AuditEventName
  facts: Readonly<Record<string, unknown>>
  shape: ExportShape<Row>
  /** Which rows these are, found once: rows come and go while the file is written. */
  ids: readonly Id[]
  read(ids: readonly Id[]): Promise<readonly Row[]>
}

/**
 * Hands out rows with the columns shown, piece by piece. The audit entry is written first, without
 * it nothing leaves.
 */
export async function handOut<Row, Id>(
  { actor }: Permit<'keys.export'>,
  { filter, columns }: Pick<TableState, 'filter' | 'columns'>,
  format: ExportFormat,
  { event, facts, shape, ids, read }: Leaving<Row, Id>,
): Promise<AsyncGenerator<string, undefined>> {
  await transaction((tx) =>
    appendAudit(tx, {
      event,
      actor,
      data: { format, filter: formatFilter(filter), match: filter.operation, columns, ...facts },
    }),
  )
  return exportRows(shape, format, columns, inSteps(ids, read))
}

async function* inSteps<Row, Id>(
  ids: readonly Id[],
  read: (ids: readonly Id[]) => Promise<readonly Row[]>,
): AsyncGenerator<readonly Row[], undefined> {
  for (let at = 0; at < ids.length; at += step) yield await read(ids.slice(at, at + step))
}
