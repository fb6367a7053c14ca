'use client'

import { useMemo } from 'react'
import type { TableDefinition } from '@/lib/table/definition'
import { formatTableState, parseTableState, type TableState } from '@/lib/table/state'
import { useAddress, type Address } from '../shell/use-address'

export type TableStateHook = Address<TableState>

/** What a table shows, in its address. */
export function useTableState(definition: TableDefinition): TableStateHook {
  const address = useAddress(
    useMemo(
      () => ({
        parse: (search: Readonly<Record<string, string>>) =>
          parseTableState(definition, search).state,
        format: (state: TableState) => formatTableState(definition, state),
      }),
      [definition],
    ),
  )
  return useMemo(
    () => ({
      ...address,
      hrefOf: (changed) => address.hrefOf({ ...startAgain(changed), ...changed }),
      change: (changed, how) => address.change({ ...startAgain(changed), ...changed }, how),
    }),
    [address],
  )
}

/** Another filter, order or page size begins at the first page. */
const startAgain = ({ filter, sort, pageSize }: Partial<TableState>) =>
  filter || sort || pageSize ? { page: 1 } : {}
