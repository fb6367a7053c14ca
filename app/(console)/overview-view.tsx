'use client'

import Box from '@cloudscape-design/components/box'
import ColumnLayout from '@cloudscape-design/components/column-layout'
import Container from '@cloudscape-design/components/container'
import Grid from '@cloudscape-design/components/grid'
import Header from '@cloudscape-design/components/header'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { OneAdministrator } from '@/components/settings/one-administrator'
import { BoxTable } from '@/components/table/box-table'
import { LastUse } from '@/components/value/last-use'
import { Moment } from '@/components/value/moment'
import {
  attentionFigures,
  coverageFigures,
  deletionFigure,
  expiryFigure,
  inventoryFigures,
  specFigures,
  stateFigures,
  type Figure,
} from '@/lib/overview/figures'
import type { OverviewFacts } from '@/lib/overview/figures'
import type { FourEyes } from '@/lib/settings/four-eyes'
import { keysTable } from '@/lib/inventory/table/keys-table'
import { tableHref } from '@/lib/table/state'
import { Counts } from './counts'
import { OverviewRequests } from './overview-requests'
import { keyPath } from '@/lib/kms/arn'

const keysThatCost = tableHref('/keys', keysTable, {
  property: 'cost',
  operator: 'gt',
  values: ['0'],
})

type Props = { overview: OverviewFacts; fourEyes: FourEyes | null }

export function OverviewView({ overview, fourEyes }: Props) {
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        description="What needs attention, and your inventory. Every number opens what it counts."
      >
        Overview
      </Header>
      <OneAdministrator fourEyes={fourEyes} leadsToPeople />
      <OverviewRequests />
      {overview.coverage.accounts === 0 ? <NothingYet /> : <Known overview={overview} />}
    </SpaceBetween>
  )
}

/** Counts of what was read: without an account nothing was, and nothing is said to be none. */
function Known({ overview }: { overview: OverviewFacts }) {
  return (
    <SpaceBetween size="l">
      <Attention overview={overview} />
      <Grid
        gridDefinition={[{ colspan: { default: 12, m: 6 } }, { colspan: { default: 12, m: 6 } }]}
      >
        <Upcoming
          title="Scheduled deletions"
          lead="After this day nothing encrypted under the key can be decrypted."
          empty="No key is scheduled for deletion."
          rows={overview.deletions}
          all={deletionFigure(overview)}
          missing="When its last replica is deleted"
        />
        <Upcoming
          title="Key material that expires"
          lead="When imported material expires, the key stops working until it is imported again."
          empty="No key material expires in the next 60 days."
          rows={overview.expiries}
          all={expiryFigure(overview)}
          missing="unknown"
        />
      </Grid>
      <Fleet overview={overview} />
      <Coverage overview={overview} />
    </SpaceBetween>
  )
}

function NothingYet() {
  return (
    <Container header={<Header variant="h2">No account is connected yet</Header>}>
      Accounts come from the organization, from a file, or are added by hand.{' '}
      <Link href="/accounts">Connect an account</Link>
    </Container>
  )
}

function Attention({ overview }: { overview: OverviewFacts }) {
  return (
    <Container header={<Header variant="h2">Needs a look</Header>}>
      <ColumnLayout columns={4} variant="text-grid" minColumnWidth={150}>
        {attentionFigures(overview).map((figure) => (
          <BigNumber key={figure.label} {...figure} />
        ))}
      </ColumnLayout>
    </Container>
  )
}

/** A number that opens what it counts. */
function BigNumber({ label, count, href, alarming = false, unread = 0 }: Figure) {
  return (
    <div>
      <Box variant="awsui-key-label">{label}</Box>
      <Link href={href} fontSize="display-l" ariaLabel={`${label}: ${count}`}>
        <Box
          variant="span"
          fontSize="display-l"
          fontWeight="normal"
          color={alarming && count > 0 ? 'text-status-error' : 'inherit'}
        >
          {count.toLocaleString('en')}
        </Box>
      </Link>
      {unread > 0 && (
        <Box color="text-body-secondary" fontSize="body-s">
          not read for {unread.toLocaleString('en')} keys
        </Box>
      )}
    </div>
  )
}

type UpcomingProps = {
  title: string
  lead: string
  empty: string
  /** The first of them. */
  rows: OverviewFacts['deletions']
  all: Figure
  /** Where no date is set. */
  missing: string
}

function Upcoming({ title, lead, empty, rows, all: { count, href }, missing }: UpcomingProps) {
  return (
    <BoxTable
      variant="container"
      header={
        <Header variant="h2" counter={`(${count})`} description={lead}>
          {title}
        </Header>
      }
      empty={empty}
      footer={count > rows.length && <Link href={href}>{`All ${count.toLocaleString('en')}`}</Link>}
      items={rows}
      trackBy={(row) => `${row.accountId}${row.region}${row.keyId}`}
      columnDefinitions={[
        {
          id: 'key',
          header: 'Key',
          isRowHeader: true,
          minWidth: 200,
          cell: (row) => (
            <span className="claviger-two-lines">
              <Link href={keyPath(row)}>{row.alias ?? row.keyId}</Link>
              <small>
                {row.accountName}, {row.region}
              </small>
            </span>
          ),
        },
        {
          id: 'at',
          header: 'When',
          minWidth: 110,
          cell: (row) => <Moment at={row.at} missing={missing} />,
        },
        { id: 'used', header: 'Last use', minWidth: 130, cell: (row) => <LastUse of={row} /> },
      ]}
    />
  )
}

function Fleet({ overview }: { overview: OverviewFacts }) {
  const { keys } = overview
  const cost = `$${keys.monthlyCostUsd.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`
  return (
    <Container header={<Header variant="h2">Inventory</Header>}>
      <SpaceBetween size="l">
        <KeyValuePairs
          columns={4}
          minColumnWidth={150}
          items={[
            ...inventoryFigures(overview).map(toPair),
            {
              label: 'Monthly cost of keys',
              value: (
                <>
                  <Link href={keysThatCost}>{cost}</Link>
                  {keys.costUnknown > 0 &&
                    `, unknown for ${keys.costUnknown.toLocaleString('en')} keys`}
                </>
              ),
            },
          ]}
        />
        <ColumnLayout columns={2}>
          <Counts title="By state" figures={stateFigures(overview)} />
          <Counts title="By spec" figures={specFigures(overview)} />
        </ColumnLayout>
      </SpaceBetween>
    </Container>
  )
}

const toPair = ({ label, count, href }: Figure) => ({
  label,
  value: (
    <Link href={href} ariaLabel={`${label}: ${count}`}>
      {count.toLocaleString('en')}
    </Link>
  ),
})

function Coverage({ overview }: { overview: OverviewFacts }) {
  const { coverage } = overview
  return (
    <Container
      header={
        <Header variant="h2" description="A number above is only as good as what we could read.">
          Coverage
        </Header>
      }
    >
      <KeyValuePairs
        columns={4}
        minColumnWidth={150}
        items={[
          ...coverageFigures(overview).map(toPair),
          { label: 'Oldest sync', value: <Moment at={coverage.oldestSweep} missing="none yet" /> },
        ]}
      />
    </Container>
  )
}
