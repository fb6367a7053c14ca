import 'server-only'
import type { Permission } from '@/lib/auth/permissions'
import type { Permit } from '@/lib/auth/permit'
import type { TableAnswer, TableRows } from '@/lib/table/answer'
import type { TableDefinition } from '@/lib/table/definition'
import type { ExportFormat } from '@/lib/table/download'
import { formatTableState, parseTableState, type TableState } from '@/lib/table/state'

/**
 * A table as its page, its handler and its download ask for it. `More`: what its answer says besides
 * its rows.
 */
export type TableSource<P extends Permission, Row, More = unknown> = {
  definition: TableDefinition
  read(permit: Permit<P>, state: TableState): Promise<TableRows<Row> & More>
  download?: TableDownload
}

export type TableDownload = {
  fileName: string
  /**
   * Every row under the filter, in the order and with the columns shown, piece by piece. Appends the
   * audit entry first; without it nothing leaves.
   */
  rows(
    permit: Permit<'keys.export'>,
    state: TableState,
    format: ExportFormat,
  ): Promise<AsyncGenerator<string, undefined>>
}

/** What an address of this table shows, and what of the address was not understood. */
export async function readTable<P extends Permission, Row, More>(
  { definition, read }: TableSource<P, Row, More>,
  permit: Permit<P>,
  search: Readonly<Record<string, unknown>>,
): Promise<TableAnswer<Row> & More> {
  const { state, problems } = parseTableState(definition, search)
  return { ...(await read(permit, state)), query: formatTableState(definition, state), problems }
}
