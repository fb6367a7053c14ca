import 'server-only'
import type { Permit } from '@/lib/auth/permit'
import { keysTable } from '@/lib/table/keys'
import { formatTableState, parseTableState } from '@/lib/table/state'
import { keyApis, readCoverage, type TableCoverage } from './coverage'
import { listKeys, type KeysPage } from './list-keys'

export type KeysAnswer = KeysPage & {
  /** The query string it answers, in its canonical spelling. */
  query: string
  /** What the query string said that was not understood. */
  problems: string[]
  coverage: TableCoverage
}

/** What the page of keys and its GET handler both answer. */
export async function readKeysPage(
  permit: Permit<'keys.read'>,
  search: Readonly<Record<string, unknown>>,
): Promise<KeysAnswer> {
  const { state, problems } = parseTableState(keysTable, search)
  const [page, coverage] = await Promise.all([
    listKeys(permit, state),
    readCoverage(permit, keyApis),
  ])
  return { ...page, query: formatTableState(keysTable, state), problems, coverage }
}
