'use client'

import Box from '@cloudscape-design/components/box'
import Link from '@cloudscape-design/components/link'
import StatusIndicator, {
  type StatusIndicatorProps,
} from '@cloudscape-design/components/status-indicator'
import type { TableProps } from '@cloudscape-design/components/table'
import { useState, type ReactNode } from 'react'
import { BoxTable } from '@/components/table/box-table'
import { Pages } from '@/components/table/pages'
import { Moment } from '@/components/value/moment'
import { wordsOfResult } from '@/lib/accounts/coverage-words'
import type { GapInWords } from '@/lib/accounts/read'
import type { Plain } from '@/lib/inventory/plain'
import { keyPath } from '@/lib/kms/arn'

export type Gap = Plain<GapInWords>

const perPage = 50

type Props = {
  gaps: readonly Gap[]
  header: ReactNode
  empty: string
  variant: 'full-page' | 'container'
  /** The account as a column of its own, where the list is of more than one. */
  withAccount?: boolean
}

/**
 * What could not be read, a row for each API, account and Region: how far, what that leaves
 * unknown, and AWS's reason.
 */
export function GapsTable({ gaps, header, empty, variant, withAccount = false }: Props) {
  const [page, setPage] = useState(1)
  const pages = Math.max(1, Math.ceil(gaps.length / perPage))
  const current = Math.min(page, pages)
  return (
    <BoxTable
      variant={variant}
      items={gaps.slice((current - 1) * perPage, current * perPage)}
      trackBy={({ accountId, region, api }) => `${accountId} ${region} ${api}`}
      header={header}
      empty={
        <Box textAlign="center" color="inherit">
          {empty}
        </Box>
      }
      pagination={pages > 1 && <Pages page={current} pages={pages} of="gaps" onChange={setPage} />}
      columnDefinitions={withAccount ? [account, ...columns] : columns}
    />
  )
}

const account: TableProps.ColumnDefinition<Gap> = {
  id: 'account',
  header: 'Account',
  minWidth: 130,
  cell: ({ accountId, accountName }) => (
    <>
      <Link href={`/accounts/${accountId}`}>{accountName}</Link>
      {accountName !== accountId && <Box color="text-body-secondary">{accountId}</Box>}
    </>
  ),
}

const columns: TableProps.ColumnDefinition<Gap>[] = [
  {
    id: 'api',
    header: 'API',
    isRowHeader: true,
    minWidth: 190,
    cell: (gap) => (
      <>
        {gap.api}
        <Box color="text-body-secondary">{gap.region || 'all Regions'}</Box>
      </>
    ),
  },
  { id: 'result', header: 'Result', minWidth: 150, cell: (gap) => <Result gap={gap} /> },
  { id: 'without', header: 'Unknown without it', minWidth: 200, cell: (gap) => gap.without },
  { id: 'detail', header: 'AWS said', minWidth: 200, cell: (gap) => gap.detail ?? '—' },
  { id: 'at', header: 'Last read', minWidth: 100, cell: (gap) => <Moment at={gap.observedAt} /> },
]

const types: Readonly<Record<string, StatusIndicatorProps.Type>> = {
  denied: 'error',
  failed: 'error',
  partial: 'warning',
  throttled: 'warning',
  unsupported: 'stopped',
}

function Result({ gap }: { gap: Gap }) {
  const { result, of } = wordsOfResult(gap)
  const more = gap.keysDenied + gap.keysFailed - gap.examples.length
  return (
    <>
      <StatusIndicator type={types[gap.status] ?? 'info'}>{result}</StatusIndicator>
      {of && <Box color="text-body-secondary">{of}</Box>}
      {gap.examples.map(({ keyId, alias }) => (
        <Box key={keyId}>
          <Link href={keyPath({ ...gap, keyId })}>{alias?.replace(/^alias\//, '') ?? keyId}</Link>
        </Box>
      ))}
      {gap.examples.length > 0 && more > 0 && (
        <Box color="text-body-secondary">and {more.toLocaleString('en')} more</Box>
      )}
    </>
  )
}
