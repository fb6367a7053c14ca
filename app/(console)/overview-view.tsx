'use client'

import Box from '@cloudscape-design/components/box'
import ColumnLayout from '@cloudscape-design/components/column-layout'
import Container from '@cloudscape-design/components/container'
import Grid from '@cloudscape-design/components/grid'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Table from '@cloudscape-design/components/table'
import type { ReactNode } from 'react'
import { OneAdministrator } from '@/components/settings/one-administrator'
import { LastUse } from '@/components/value/last-use'
import { Moment } from '@/components/value/moment'
import type { Overview } from '@/lib/inventory/overview'
import type { FourEyes } from '@/lib/settings/four-eyes'
import { keysTable } from '@/lib/table/keys'
import { tableHref } from '@/lib/table/state'
import { Counts } from './counts'
import { OverviewRequests } from './overview-requests'

const keysWhere = (property: string, ...values: string[]) => tableHref('/keys', keysTable, { property, operator: 'eq', values })
const moreThanNone = (property: string) => tableHref('/keys', keysTable, { property, operator: 'gt', values: ['0'] })

export function OverviewView({ overview, fourEyes }: { overview: Overview; fourEyes: FourEyes | null }) {
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description="What needs a person today, and what the fleet is made of. Every number opens what it counts.">Overview</Header>
      <OneAdministrator fourEyes={fourEyes} />
      <OverviewRequests />
      {overview.coverage.accounts === 0 ? <NothingYet /> : <Attention overview={overview} />}
      <Grid gridDefinition={[{ colspan: { default: 12, m: 6 } }, { colspan: { default: 12, m: 6 } }]}>
        <Upcoming title="Deletions ahead" lead="After this day nothing encrypted under the key can be decrypted." empty="No key is scheduled for deletion." rows={overview.deletions} />
        <Upcoming title="Key material that expires" lead="When imported material expires, the key stops working until it is imported again." empty="No key material expires in the next 60 days." rows={overview.expiries} />
      </Grid>
      <Fleet overview={overview} />
      <Coverage overview={overview} />
    </SpaceBetween>
  )
}

function NothingYet() {
  return (
    <Container header={<Header variant="h2">No account is connected yet</Header>}>
      Accounts come from the organization, from a file, or are added by hand. <Link href="/accounts">Connect an account</Link>
    </Container>
  )
}

function Attention({ overview: { keys, grants, coverage } }: { overview: Overview }) {
  return (
    <Container header={<Header variant="h2">Needs a look</Header>}>
      <ColumnLayout columns={4} variant="text-grid" minColumnWidth={150}>
        <Figure label="Keys pending deletion" count={keys.pendingDeletion} href={keysWhere('state', 'PendingDeletion', 'PendingReplicaDeletion')} alarming />
        <Figure label="Keys without their material" count={keys.pendingImport} href={keysWhere('state', 'PendingImport')} alarming />
        <Figure label="Unavailable keys" count={keys.unavailable} href={keysWhere('state', 'Unavailable')} alarming />
        <Figure label="Disabled keys" count={keys.disabled} href={keysWhere('state', 'Disabled')} />
        <Figure label="Could rotate, do not" count={keys.rotationOff} href={keysWhere('rotation', 'off')} />
        <Figure label="Grants across accounts" count={grants.crossAccount} href={moreThanNone('grantsCrossAccount')} unread={grants.keysUnread} />
        <Figure label="Keys we may not describe" count={keys.undescribed} href={keysWhere('state', 'unknown')} />
        <Figure label="Access-denied reads" count={coverage.denied} href="/accounts/coverage?denied=1" />
      </ColumnLayout>
    </Container>
  )
}

type FigureProps = { label: string; count: number; href: string; alarming?: boolean; unread?: number }

/** A number that opens what it counts. `unread`: keys for which it could not be counted. */
function Figure({ label, count, href, alarming = false, unread = 0 }: FigureProps) {
  return (
    <div>
      <Box variant="awsui-key-label">{label}</Box>
      <Link href={href} fontSize="display-l" ariaLabel={`${label}: ${count}`}>
        <Box variant="span" fontSize="display-l" fontWeight="normal" color={alarming && count > 0 ? 'text-status-error' : 'inherit'}>{count.toLocaleString('en')}</Box>
      </Link>
      {unread > 0 && <Box color="text-body-secondary" fontSize="body-s">not read for {unread.toLocaleString('en')} keys</Box>}
    </div>
  )
}

type UpcomingProps = { title: string; lead: string; empty: string; rows: Overview['deletions'] }

function Upcoming({ title, lead, empty, rows }: UpcomingProps) {
  return (
    <Table
      variant="container" header={<Header variant="h2" description={lead}>{title}</Header>} empty={empty} items={rows} wrapLines
      trackBy={(row) => `${row.accountId}${row.region}${row.keyId}`}
      columnDefinitions={[
        { id: 'key', header: 'Key', isRowHeader: true, cell: (row) => <Link href={`/keys/${row.accountId}/${row.region}/${row.keyId}`}>{row.alias ?? row.keyId}</Link> },
        { id: 'account', header: 'Account', cell: (row) => `${row.accountName}, ${row.region}` },
        { id: 'at', header: 'When', cell: (row) => <Moment at={row.at} /> },
        { id: 'used', header: 'Last use', cell: (row) => <LastUse of={row} /> },
      ]}
    />
  )
}

function Fleet({ overview: { keys, grants, byState, bySpec } }: { overview: Overview }) {
  const link = (text: ReactNode, href: string) => <Link href={href}>{text}</Link>
  const cost = `$${keys.monthlyCostUsd.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`
  return (
    <Container header={<Header variant="h2">The fleet</Header>}>
      <SpaceBetween size="l">
        <KeyValuePairs columns={4} minColumnWidth={150} items={[
          { label: 'Keys', value: link(keys.total.toLocaleString('en'), '/keys') },
          { label: 'Customer managed', value: link(keys.customer.toLocaleString('en'), keysWhere('manager', 'CUSTOMER')) },
          { label: 'AWS managed', value: link(keys.aws.toLocaleString('en'), keysWhere('manager', 'AWS')) },
          { label: 'Multi-Region', value: link(keys.multiRegion.toLocaleString('en'), keysWhere('scope', 'primary', 'replica')) },
          { label: 'Rotation on', value: link(keys.rotationOn.toLocaleString('en'), keysWhere('rotation', 'on')) },
          { label: 'Rotation unknown', value: link(keys.rotationUnknown.toLocaleString('en'), keysWhere('rotation', 'unknown')) },
          { label: 'Grants, of them by people', value: link(`${grants.total.toLocaleString('en')}, ${grants.byPeople.toLocaleString('en')}`, '/grants') },
          { label: 'Monthly cost of keys', value: <>{link(cost, moreThanNone('cost'))}{keys.costUnknown > 0 && `, unknown for ${keys.costUnknown.toLocaleString('en')} keys`}</> },
        ]} />
        <ColumnLayout columns={2}>
          <Counts title="By state" rows={byState} hrefOf={(value) => keysWhere('state', value)} />
          <Counts title="By spec" rows={bySpec} hrefOf={(value) => keysWhere('spec', value)} />
        </ColumnLayout>
      </SpaceBetween>
    </Container>
  )
}

function Coverage({ overview: { coverage, keys } }: { overview: Overview }) {
  return (
    <Container header={<Header variant="h2" description="A number above is only as good as what we could read.">How complete this is</Header>}>
      <KeyValuePairs columns={4} minColumnWidth={150} items={[
        { label: 'Accounts', value: <Link href="/accounts">{coverage.accounts}{coverage.paused > 0 && `, ${coverage.paused} paused`}</Link> },
        { label: 'Never swept', value: <Link href="/accounts">{coverage.neverSwept}</Link> },
        { label: 'Oldest sweep', value: <Moment at={coverage.oldestSweep} missing="none yet" /> },
        { label: 'Last use not read yet', value: <Link href={keysWhere('lastUse', '(unknown)')}>{keys.lastUseUnread.toLocaleString('en')} keys</Link> },
      ]} />
    </Container>
  )
}
