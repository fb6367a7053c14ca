import 'server-only'
import { readClock } from '@/lib/db/clock'
import { grantApis, readCoverage, type TableCoverage } from '@/lib/inventory/table/coverage'
import type { TableAnswer } from '@/lib/table/answer'
import type { TableSource } from '@/lib/table-source/source'
import { exportGrants } from './export'
import { grantsTable } from './grants-table'
import { listGrants } from './list-grants'
import type { GrantsRow } from './row'

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
    const [listed, coverage, now] = await Promise.all([
      listGrants(permit, state),
      readCoverage(permit, grantApis),
      readClock(),
    ])
    return { ...listed, coverage, now: now.toISOString() }
  },
  download: { fileName: 'grants', rows: exportGrants },
}
