import 'server-only'
import type { TableAnswer } from '@/lib/table/answer'
import type { TableSource } from '@/lib/table-source/source'
import type { KeyRow } from '../key-detail'
import { keyApis, readCoverage, type TableCoverage } from './coverage'
import { exportKeys } from './export-keys'
import { keysTable } from './keys-table'
import { listKeys } from './list-keys'

type Coverage = { coverage: TableCoverage }
export type KeysAnswer = TableAnswer<KeyRow> & Coverage

/** The keys this person may see, and what could not be read of them. */
export const keysSource: TableSource<'keys.read', KeyRow, Coverage> = {
  definition: keysTable,
  async read(permit, state) {
    const [page, coverage] = await Promise.all([
      listKeys(permit, state),
      readCoverage(permit, keyApis),
    ])
    return { ...page, coverage }
  },
  download: { fileName: 'keys', rows: exportKeys },
}
