'use client'

import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Spinner from '@cloudscape-design/components/spinner'
import type { TableProps } from '@cloudscape-design/components/table'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ReadFailed } from '@/components/failure/read-failed'
import { readJson } from '@/components/shell/read-json'
import { BoxTable } from '@/components/table/box-table'
import { WaitingHours } from '@/components/trail/coverage-of-period'
import { PeriodField } from '@/components/trail/period-field'
import { Moment } from '@/components/value/moment'
import type { Held } from '@/lib/access/held/held'
import { hrefOfEvents } from '@/lib/trail/usage/links'
import type { PeriodDays } from '@/lib/trail/usage/period'
import type { OperationUse, PrincipalUse } from '@/lib/trail/usage/principal-use'
import { UnusedPermissions } from './unused-permissions'

/** What one principal did with keys, and which permissions it holds and did not use. */
export function UseOfPrincipal({ arn }: { arn: string }) {
  const [days, setDays] = useState<PeriodDays>(90)
  const search = (more: Record<string, string> = {}) =>
    new URLSearchParams({ principal: arn, ...more })
  const did = useRead<PrincipalUse>(`/api/trail/principal?${search({ days: String(days) })}`)
  const held = useRead<Held>(`/api/access/held?${search()}`)
  const failed = did.error ?? held.error
  if (failed)
    return (
      <ReadFailed
        header="What it did could not be read"
        message={failed.message}
        isRetrying={did.isFetching || held.isFetching}
        onRetry={() => void Promise.all([did.refetch(), held.refetch()])}
      />
    )
  return (
    <SpaceBetween size="m">
      <SpaceBetween direction="horizontal" size="s" alignItems="center">
        <PeriodField days={days} onChange={setDays} />
        {(did.isFetching || held.isFetching) && <Spinner />}
      </SpaceBetween>
      {did.data && (
        <SpaceBetween size="m">
          <WaitingHours hours={did.data.waitingHours} />
          <Covered use={did.data} />
          <Operations arn={arn} use={did.data} />
          {held.data && <UnusedPermissions held={held.data} use={did.data} />}
        </SpaceBetween>
      )}
    </SpaceBetween>
  )
}

const useRead = <T,>(url: string) =>
  useQuery({
    queryKey: [url],
    queryFn: ({ signal }) => readJson<T>(url, signal),
    placeholderData: keepPreviousData,
    retry: false,
  })

/** What of the period the trail has: what it lacks is unknown, and not unused. */
function Covered({ use: { hours, coverage } }: { use: PrincipalUse }) {
  if (coverage === null)
    return (
      <Alert type="warning">
        Its account is not among those you can see, so what it did there is unknown.
      </Alert>
    )
  if (coverage.length === 0)
    return (
      <Alert type="warning" header="The trail has nothing of its account in this period">
        What it did is unknown.
      </Alert>
    )
  const whole = coverage.filter((region) => region.whole >= hours)
  if (whole.length === coverage.length)
    return (
      <Box color="text-body-secondary">
        The trail has every hour of this period in {whole.map(({ region }) => region).join(', ')}.
        Other Regions are unknown.
      </Box>
    )
  return (
    <Alert type="info" header="The trail has a part of this period">
      {whole.length > 0 && `It has every hour of ${whole.length} Regions. `}
      Of {hours.toLocaleString('en')} hours:{' '}
      {coverage
        .filter((region) => !whole.includes(region))
        .map(({ region, whole: all, partial }) => `${region} ${all} whole and ${partial} in part`)
        .join('; ')}
      . What it did in other hours and Regions is unknown.
    </Alert>
  )
}

function Operations({ arn, use }: { arn: string; use: PrincipalUse }) {
  const hrefOf = (operation: string, outcome?: string) =>
    hrefOfEvents({ principal: arn, operation, since: use.from, ...(outcome && { outcome }) })
  const columns: TableProps.ColumnDefinition<OperationUse>[] = [
    { id: 'operation', header: 'Operation', isRowHeader: true, cell: (row) => row.operation },
    {
      id: 'calls',
      header: 'Calls',
      cell: ({ operation, calls }) => (
        <Link href={hrefOf(operation)}>{calls.toLocaleString('en')}</Link>
      ),
    },
    {
      id: 'denied',
      header: 'Denied',
      cell: ({ operation, denied }) =>
        denied > 0 ? (
          <Link href={hrefOf(operation, 'denied')}>{denied.toLocaleString('en')}</Link>
        ) : (
          <span className="claviger-none">none</span>
        ),
    },
    { id: 'keys', header: 'Keys', cell: ({ keys }) => keys.toLocaleString('en') },
    { id: 'first', header: 'First', cell: (row) => <Moment at={row.firstAt} /> },
    { id: 'last', header: 'Last', cell: (row) => <Moment at={row.lastAt} /> },
  ]
  return (
    <BoxTable<OperationUse>
      variant="container"
      isDense
      items={use.operations}
      trackBy="operation"
      ariaLabels={{ tableLabel: 'Operations it called' }}
      header={
        <Header
          variant="h2"
          counter={`(${use.operations.length})`}
          description={`With ${use.keysTotal.toLocaleString('en')} ${use.keysTotal === 1 ? 'key' : 'keys'}`}
        >
          Operations it called
        </Header>
      }
      empty={<Box textAlign="center">The trail has no calls of it in this period.</Box>}
      columnDefinitions={columns}
    />
  )
}
