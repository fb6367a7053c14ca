'use client'

import Box from '@cloudscape-design/components/box'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator'
import Table from '@cloudscape-design/components/table'
import Toggle from '@cloudscape-design/components/toggle'
import { useState } from 'react'
import { useFrame } from '@/components/shell/page-frame'
import { Moment } from '@/components/value/moment'
import type { ApiCoverage, SweepInfo } from '@/lib/accounts/read'
import type { Plain } from '@/lib/inventory/plain'
import type { Account } from '../accounts-view'
import { OrganizationOf } from '../organization'

type Props = { account: Account; sweeps: Plain<SweepInfo>[]; coverage: Plain<ApiCoverage>[] }

const statuses: Record<string, [StatusIndicatorProps.Type, string]> = {
  ok: ['success', 'ok'], denied: ['error', 'denied'], throttled: ['warning', 'throttled'], unsupported: ['stopped', 'not supported here'], failed: ['error', 'failed'],
  complete: ['success', 'complete'], partial: ['warning', 'partial'], running: ['in-progress', 'running'], queued: ['pending', 'waiting'],
}

/** How well one account is known: what each API gave, Region by Region, and what its refusal costs. */
export function CoverageView({ account, sweeps, coverage }: Props) {
  const troubles = coverage.filter(({ status }) => status !== 'ok')
  const [isAll, setAll] = useState(troubles.length === 0)
  useFrame({ breadcrumbs: [{ text: 'Accounts', href: '/accounts' }, { text: account.name, href: `/accounts/${account.id}` }] })
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={`${account.id}${account.path.length > 0 ? ` in ${account.path.join(' / ')}` : ''}`}>{account.name}</Header>
      <Container>
        <KeyValuePairs items={[
          { label: 'Organization', value: <OrganizationOf account={account} /> },
        ]} />
      </Container>
      <Table
        variant="container" items={isAll ? coverage : troubles} wrapLines trackBy={({ region, api }) => `${region} ${api}`}
        header={
          <Header variant="h2" counter={`(${troubles.length} of ${coverage.length})`} description="A refused API is not an error of the page: it is something Claviger does not know." actions={<Toggle checked={isAll} onChange={({ detail }) => setAll(detail.checked)}>Also what was read</Toggle>}>
            What could not be read
          </Header>
        }
        empty={<Box textAlign="center">{coverage.length === 0 ? 'Nothing has been read of this account yet.' : 'Everything that was asked was answered.'}</Box>}
        columnDefinitions={[
          { id: 'api', header: 'API', isRowHeader: true, minWidth: 220, cell: (row) => row.api },
          { id: 'region', header: 'Region', cell: (row) => row.region || 'all' },
          { id: 'status', header: 'Result', minWidth: 120, cell: (row) => <Status status={row.status} /> },
          { id: 'cost', header: 'What it gives, or what is unknown without it', minWidth: 260, cell: (row) => (row.status === 'ok' ? row.gives : row.without) },
          { id: 'detail', header: 'AWS said', minWidth: 220, cell: (row) => row.detail ?? '—' },
          { id: 'calls', header: 'Calls', cell: (row) => `${row.calls}${row.denied > 0 ? `, ${row.denied} denied` : ''}${row.throttled > 0 ? `, ${row.throttled} throttled` : ''}` },
          { id: 'at', header: 'When', cell: (row) => <Moment at={row.observedAt} /> },
        ]}
      />
      <Table
        variant="container" items={sweeps} wrapLines trackBy={({ region, kind }) => `${region} ${kind}`}
        header={<Header variant="h2" counter={`(${sweeps.length})`} description="The newest of each kind and Region.">Sweeps</Header>}
        empty={<Box textAlign="center">No sweep has been asked for yet.</Box>}
        columnDefinitions={[
          { id: 'kind', header: 'What', isRowHeader: true, cell: (row) => row.kind },
          { id: 'region', header: 'Region', cell: (row) => row.region || 'all' },
          { id: 'status', header: 'How it ended', minWidth: 110, cell: (row) => <Status status={row.status} /> },
          { id: 'ended', header: 'When', cell: (row) => <Moment at={row.endedAt ?? row.startedAt} missing="not started" /> },
          { id: 'seconds', header: 'Took', cell: (row) => (row.seconds === null ? '—' : `${row.seconds.toFixed(1)} s`) },
          { id: 'calls', header: 'Calls', cell: (row) => `${row.calls.toLocaleString('en')}${row.throttled > 0 ? `, ${row.throttled} throttled` : ''}${row.failed > 0 ? `, ${row.failed} failed` : ''}` },
          { id: 'items', header: 'Read', cell: (row) => `${row.itemsDone.toLocaleString('en')}${row.itemsTotal === null ? '' : ` of ${row.itemsTotal.toLocaleString('en')}`}` },
          { id: 'problem', header: 'Problem', minWidth: 200, cell: (row) => row.problem ?? '—' },
        ]}
      />
    </SpaceBetween>
  )
}

function Status({ status }: { status: string }) {
  const [type, text] = statuses[status] ?? ['info', status]
  return <StatusIndicator type={type}>{text}</StatusIndicator>
}
