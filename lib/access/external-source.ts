import 'server-only'
import type { TableAnswer } from '../table/answer'
import { countFacets } from '../table-source/sql-source'
import type { TableSource } from '../table-source/source'
import { exportExternal } from './export-external'
import { readExternalCoverage, readExternalRows, type ExternalCoverage } from './external-read'
import { externalSql } from './external-sql'
import type { ExternalRow } from './external-row'
import { externalTable } from './external-table'

type Coverage = { coverage: ExternalCoverage }
export type ExternalAnswer = TableAnswer<ExternalRow> & Coverage

/**
 * Who reaches the keys in the person's scope from beyond their accounts, as the worker last worked
 * it out.
 */
export const externalSource: TableSource<'access.read', ExternalRow, Coverage> = {
  definition: externalTable,
  async read(permit, state) {
    const [rows, counted, coverage] = await Promise.all([
      readExternalRows(permit, state),
      countFacets(externalTable, externalSql, permit.scope, state),
      readExternalCoverage(permit.scope),
    ])
    return { rows, ...counted, coverage }
  },
  download: { fileName: 'external-access', rows: exportExternal },
}
