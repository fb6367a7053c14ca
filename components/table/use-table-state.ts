'use client'

import { usePathname, useSearchParams } from 'next/navigation'
import { useCallback, useMemo } from 'react'
import type { TableDefinition } from '@/lib/table/definition'
import { formatTableState, parseTableState, type TableState } from '@/lib/table/state'

export type TableStateHook = {
  state: TableState
  query: string
  hrefOf(change: Partial<TableState>): string
  change(change: Partial<TableState>): void
}

/**
 * What the table shows, kept in the address and nowhere else: back and forward work, and a link
 * shows a colleague the same. A change does not ask the server for the page again; the view reads
 * its rows over its GET handler.
 */
export function useTableState(definition: TableDefinition): TableStateHook {
  const search = useSearchParams()
  const pathname = usePathname()
  const state = useMemo(
    () => parseTableState(definition, Object.fromEntries(search)).state,
    [definition, search],
  )
  const hrefOf = useCallback(
    (changed: Partial<TableState>) => {
      const query = formatTableState(definition, { ...state, ...startAgain(changed), ...changed })
      return query ? `${pathname}?${query}` : pathname
    },
    [definition, state, pathname],
  )
  const change = useCallback(
    (changed: Partial<TableState>) => window.history.pushState(null, '', hrefOf(changed)),
    [hrefOf],
  )
  return { state, query: formatTableState(definition, state), hrefOf, change }
}

/** Another filter, order or page size begins at the first page. */
const startAgain = ({ filter, sort, pageSize }: Partial<TableState>) =>
  filter || sort || pageSize ? { page: 1 } : {}
