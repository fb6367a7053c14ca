'use client'

import { useCallback, useMemo } from 'react'
import { useAddress } from '@/components/shell/use-address'
import type { TableStateHook } from '@/components/table/use-table-state'
import { auditTable } from '@/lib/audit/audit-table'
import { formatTableState, parseTableState, type TableState } from '@/lib/table/state'

type LogState = {
  table: TableState
  /** Where its page begins: behind (older than) an entry, before (newer than) one. */
  before: string
  after: string
  /** The entry that is open. */
  entry: string
}

const formatPage = ({ table, before, after }: LogState) =>
  [formatTableState(auditTable, table), before && `before=${before}`, after && `after=${after}`]
    .filter(Boolean)
    .join('&')

const codec = {
  parse: (search: Readonly<Record<string, string>>): LogState => ({
    table: parseTableState(auditTable, search).state,
    before: toSeq(search.before),
    after: toSeq(search.after),
    entry: toSeq(search.entry),
  }),
  format: (state: LogState) =>
    [formatPage(state), state.entry && `entry=${state.entry}`].filter(Boolean).join('&'),
}
const toSeq = (text: string | undefined) =>
  text !== undefined && /^[1-9]\d{0,14}$/u.test(text) ? text : ''

/**
 * The address of the log: what the table shows, where its page begins, and the entry that is open.
 */
export function useAuditState() {
  const { state, hrefOf, change } = useAddress(codec)
  const table = useMemo((): TableStateHook => {
    // Another filter or order begins at the newest entry, with none open.
    const within = (changed: Partial<TableState>) => ({
      table: { ...state.table, ...changed },
      before: '',
      after: '',
      entry: '',
    })
    return {
      state: state.table,
      query: formatTableState(auditTable, state.table),
      hrefOf: (changed) => hrefOf(within(changed)),
      change: (changed, how) => change(within(changed), how),
    }
  }, [state, hrefOf, change])
  return {
    table,
    query: formatPage(state),
    entry: state.entry || null,
    goTo: ({ before = '', after = '' }: { before?: string; after?: string }) =>
      change({ before, after }),
    hrefOfEntry: (seq: number) => hrefOf({ entry: String(seq) }),
    open: useCallback((seq: string | null) => change({ entry: seq ?? '' }), [change]),
  }
}
