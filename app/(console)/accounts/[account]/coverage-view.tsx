'use client'

import Box from '@cloudscape-design/components/box'
import Container from '@cloudscape-design/components/container'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator, {
  type StatusIndicatorProps,
} from '@cloudscape-design/components/status-indicator'
import type { TableProps } from '@cloudscape-design/components/table'
import { useFrame } from '@/components/shell/page-frame'
import { BoxTable } from '@/components/table/box-table'
import { Moment } from '@/components/value/moment'
import type { AccountCoverage, ApiRead, SweepInfo } from '@/lib/accounts/read'
import type { Plain } from '@/lib/inventory/plain'
import type { Account } from '../account'
import { GapsTable } from '../gaps-table'
import { OrganizationOf } from '../organization'

type Sync = Plain<SweepInfo>
type Props = { account: Account } & Plain<AccountCoverage>

const hasTrouble = ({ status }: Sync) => status === 'partial' || status === 'failed'

/**
 * How well one account is known: what could not be read first, what was read and went well folded
 * below.
 */
export function CoverageView({ account, sweeps, gaps, read }: Props) {
  useFrame({
    breadcrumbs: [
      { text: 'Accounts', href: '/accounts' },
      { text: account.name, href: `/accounts/${account.id}` },
    ],
  })
  const troubled = sweeps.filter(hasTrouble)
  const others = sweeps.filter((sync) => !hasTrouble(sync))
  const place = account.path.length > 0 ? ` in ${account.path.join(' / ')}` : ''
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={`${account.id}${place}`}>
        {account.name}
      </Header>
      <Container>
        <KeyValuePairs
          items={[{ label: 'Organization', value: <OrganizationOf account={account} /> }]}
        />
      </Container>
      <UnreadApis account={account} gaps={gaps} read={read} />
      {troubled.length > 0 && (
        <SyncTable
          variant="container"
          syncs={troubled}
          header={
            <Header variant="h2" counter={`(${troubled.length})`}>
              Incomplete syncs
            </Header>
          }
        />
      )}
      <ExpandableSection
        variant="container"
        headerText="What was read"
        headerCounter={`(${read.length})`}
      >
        <ReadTable read={read} />
      </ExpandableSection>
      <ExpandableSection
        variant="container"
        headerText={troubled.length > 0 ? 'Other syncs' : 'Syncs'}
        headerCounter={`(${others.length})`}
        headerDescription="The newest of each kind and Region."
      >
        <SyncTable variant="embedded" syncs={others} />
      </ExpandableSection>
    </SpaceBetween>
  )
}

function UnreadApis({ account, gaps, read }: Omit<Props, 'sweeps'>) {
  return (
    <GapsTable
      variant="container"
      gaps={gaps}
      empty={wordsOfNoGap(account, read.length)}
      header={
        <Header
          variant="h2"
          counter={`(${gaps.length})`}
          description="APIs that were denied or failed, wholly or for some keys. These facts are unknown."
        >
          What could not be read
        </Header>
      }
    />
  )
}

function wordsOfNoGap({ removedAt, sweeping }: Account, read: number): string {
  if (removedAt) return 'This account was removed and is no longer read.'
  if (read > 0) return 'Everything that was asked was answered.'
  return sweeping > 0
    ? 'The first sync is in progress; nothing has been read yet.'
    : 'Nothing has been read of this account yet.'
}

function ReadTable({ read }: { read: Plain<ApiRead>[] }) {
  return (
    <BoxTable
      variant="embedded"
      items={read}
      trackBy={({ region, api }) => `${region} ${api}`}
      empty={<Box textAlign="center">Nothing has been read of this account yet.</Box>}
      columnDefinitions={[
        { id: 'api', header: 'API', isRowHeader: true, minWidth: 220, cell: (row) => row.api },
        { id: 'region', header: 'Region', cell: (row) => row.region || 'all' },
        { id: 'gives', header: 'What it gives', minWidth: 200, cell: (row) => row.gives },
        { id: 'calls', header: 'Calls', cell: (row) => callsOf(row) },
        { id: 'at', header: 'Last read', cell: (row) => <Moment at={row.observedAt} /> },
      ]}
    />
  )
}

type SyncTableProps = {
  syncs: Sync[]
  variant: 'container' | 'embedded'
  header?: TableProps['header']
}

function SyncTable({ syncs, variant, header }: SyncTableProps) {
  return (
    <BoxTable
      variant={variant}
      items={syncs}
      trackBy={({ region, kind }) => `${region} ${kind}`}
      header={header}
      empty={<Box textAlign="center">No sync has been asked for yet.</Box>}
      columnDefinitions={[
        {
          id: 'kind',
          header: 'What',
          isRowHeader: true,
          minWidth: 110,
          cell: (row) => (
            <>
              {row.kind}
              <Box color="text-body-secondary">{row.region || 'all Regions'}</Box>
            </>
          ),
        },
        {
          id: 'status',
          header: 'Status',
          minWidth: 110,
          cell: (row) => <Status status={row.status} />,
        },
        { id: 'problem', header: 'Problem', minWidth: 240, cell: (row) => row.problem ?? '—' },
        { id: 'items', header: 'Read', cell: (row) => itemsOf(row) },
        { id: 'calls', header: 'Calls', cell: (row) => callsOf(row) },
        { id: 'ended', header: 'When', cell: (row) => <When sync={row} /> },
      ]}
    />
  )
}

function When({ sync: { startedAt, endedAt, seconds } }: { sync: Sync }) {
  return (
    <>
      <Moment at={endedAt ?? startedAt} missing="not started" />
      {seconds !== null && <Box color="text-body-secondary">took {seconds.toFixed(1)} s</Box>}
    </>
  )
}

function callsOf({
  calls,
  throttled,
  failed = 0,
}: {
  calls: number
  throttled: number
  failed?: number
}): string {
  return [
    calls.toLocaleString('en'),
    throttled > 0 && `${throttled.toLocaleString('en')} throttled`,
    failed > 0 && `${failed.toLocaleString('en')} failed`,
  ]
    .filter(Boolean)
    .join(', ')
}

function itemsOf({ itemsDone, itemsTotal }: Sync): string {
  const total = itemsTotal === null ? '' : ` of ${itemsTotal.toLocaleString('en')}`
  return itemsDone.toLocaleString('en') + total
}

const statuses: Readonly<Record<string, [StatusIndicatorProps.Type, string]>> = {
  complete: ['success', 'Complete'],
  partial: ['warning', 'Partial'],
  failed: ['error', 'Failed'],
  running: ['in-progress', 'In progress'],
  queued: ['pending', 'Waiting'],
}

function Status({ status }: { status: string }) {
  const [type, text] = statuses[status] ?? ['info', status]
  return <StatusIndicator type={type}>{text}</StatusIndicator>
}
