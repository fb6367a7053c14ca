import 'server-only'
import { readClock } from '@/lib/db/clock'
import { grantApis, readCoverage, type TableCoverage } from '@/lib/inventory/table/coverage'
import type { TableAnswer } from '@/lib/table/answer'
import type { TableSource } from '@/lib/table-source/source'
import { exportGrants } from './export'
import { countFacets } from './facets'
import { grantsTable } from './grants-table'
import type { GrantsRow } from './row'
import { readRows } from './rows'

type Around = {
  coverage: TableCoverage
  /** The database's clock: what ends count down to. */
  now: string
}
export type GrantsAnswer = TableAnswer<GrantsRow> & Around

/** The grants this person may see, across every key; gone ones only when the filter asks. */
export const grantsSource: TableSource<'grants.read', GrantsRow, Around> = {
  definition: grantsTable,
  async read(permit, state) {
    const [rows, counted, coverage, now] = await Promise.all([
      readRows(permit, state),
      countFacets(permit, state),
      readCoverage(permit, grantApis),
      readClock(),
    ])
    return { rows, ...counted, coverage, now: now.toISOString() }
  },
  download: { fileName: 'grants', rows: exportGrants },
}
