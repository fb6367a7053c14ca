'use client'

import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { TableProps } from '@cloudscape-design/components/table'
import { useQuery } from '@tanstack/react-query'
import { NearnessBadge } from '@/components/access/access-cell'
import { BoxTable } from '@/components/table/box-table'
import { Identifier } from '@/components/value/identifier'
import { readJson } from '@/components/shell/read-json'
import { decryptableBy, keysOf } from '@/lib/access/outsider-links'
import type { Outsiders as Answer } from '@/lib/access/outsiders'
import { ExternalGaps } from '../external/external-gaps'

const columns: TableProps.ColumnDefinition<Answer['rows'][number]>[] = [
  {
    id: 'principal',
    header: 'Principal',
    isRowHeader: true,
    minWidth: 260,
    cell: (row) => (
      <SpaceBetween size="xxxs">
        <SpaceBetween direction="horizontal" size="xs">
          <Link href={`/access/principals?${new URLSearchParams({ arn: row.principal })}`}>
            {row.name}
          </Link>
          <NearnessBadge nearness={row.nearness} />
        </SpaceBetween>
        {row.name !== row.principal && <Identifier text={row.principal} most={48} />}
      </SpaceBetween>
    ),
  },
  {
    id: 'decrypts',
    header: 'Keys it can or might decrypt with',
    cell: (row) => <Link href={decryptableBy(row.principal)}>{row.decrypts}</Link>,
  },
  {
    id: 'keys',
    header: 'Keys it reaches at all',
    cell: (row) => <Link href={keysOf(row.principal)}>{row.keys}</Link>,
  },
]

/** Who from beyond a key's account can decrypt something, before a principal is chosen. */
export function Outsiders() {
  const { data, error, isPending } = useQuery({
    queryKey: ['outsiders'],
    queryFn: ({ signal }) => readJson<Answer>('/api/access/external/principals', signal),
  })
  if (error)
    return (
      <Alert type="error" header="Cross-account principals could not be worked out">
        {error.message}
      </Alert>
    )
  const outsiders = data?.rows ?? []
  const counter =
    data &&
    (data.total > outsiders.length
      ? `(first ${outsiders.length} of ${data.total})`
      : `(${data.total})`)
  return (
    <SpaceBetween size="m">
      {data && <ExternalGaps coverage={data.coverage} />}
      <BoxTable
        items={outsiders}
        trackBy="principal"
        loading={isPending}
        loadingText="Reading cross-account principals"
        ariaLabels={{ tableLabel: 'Cross-account principals' }}
        header={
          <Header
            variant="h2"
            counter={counter}
            description={
              <>
                Principals that reach keys of another account than their own.{' '}
                <Link href="/access/external">By key, with reviews</Link>
              </>
            }
          >
            Cross-account principals
          </Header>
        }
        empty={
          <Box textAlign="center">
            No key that could be read is reachable from outside its account.
          </Box>
        }
        columnDefinitions={columns}
      />
    </SpaceBetween>
  )
}
