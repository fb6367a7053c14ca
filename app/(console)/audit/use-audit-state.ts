'use client'

import { usePathname, useSearchParams } from 'next/navigation'
import { useCallback, useMemo } from 'react'
import type { TableStateHook } from '@/components/table/use-table-state'
import { auditTable } from '@/lib/table/audit'
import { formatTableState, parseTableState, type TableState } from '@/lib/table/state'

type Place = { before?: string; after?: string }

/**
 * The address of the log: what the table shows, where its page begins, and the entry that is open.
 */
export function useAuditState() {
  const search = useSearchParams()
  const pathname = usePathname()
  const state = useMemo(
    () => parseTableState(auditTable, Object.fromEntries(search)).state,
    [search],
  )
  const query = join(formatTableState(auditTable, state), {
    before: seqOf(search.get('before')),
    after: seqOf(search.get('after')),
  })
  const addressOf = useCallback(
    (next: string, open: string | null) => {
      const whole = [next, open === null ? '' : `entry=${open}`].filter(Boolean).join('&')
      return whole ? `${pathname}?${whole}` : pathname
    },
    [pathname],
  )
  const opened = seqOf(search.get('entry')) ?? null
  const hrefOf = useCallback(
    (changed: Partial<TableState>) =>
      addressOf(formatTableState(auditTable, { ...state, ...changed }), null),
    [addressOf, state],
  )
  const change = useCallback(
    (changed: Partial<TableState>) => window.history.pushState(null, '', hrefOf(changed)),
    [hrefOf],
  )
  const table: TableStateHook = {
    state,
    query: formatTableState(auditTable, state),
    hrefOf,
    change,
  }
  return {
    table,
    query,
    entry: opened,
    goTo: (next: Place) =>
      window.history.pushState(null, '', addressOf(join(table.query, next), opened)),
    hrefOfEntry: (seq: number) => addressOf(query, String(seq)),
    open: useCallback(
      (seq: string | null) => window.history.pushState(null, '', addressOf(query, seq)),
      [addressOf, query],
    ),
  }
}

const seqOf = (text: string | null) =>
  text !== null && /^[1-9]\d{0,14}$/u.test(text) ? text : undefined
const join = (query: string, { before, after }: Place) =>
  [query, before ? `before=${before}` : '', after ? `after=${after}` : ''].filter(Boolean).join('&')
