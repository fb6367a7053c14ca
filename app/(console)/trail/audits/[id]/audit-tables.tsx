'use client'

import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { TableProps } from '@cloudscape-design/components/table'
import type { ReactNode } from 'react'
import { BoxTable } from '@/components/table/box-table'
import { Identifier } from '@/components/value/identifier'
import { utcTime } from '@/components/value/relative-time'
import type { ChangeMade, Covered, Mutation, Network, Use } from '@/lib/changes/usage-audit/content'
import type { UsageAuditDetail } from '@/lib/changes/usage-audit/usage-audits'
import { eventPath } from '@/lib/trail/event-row'
import { nameOfPrincipal } from '@/lib/trail/principal'
import { sayWindow } from '@/lib/trail/say-window'
import { OutcomeOf, TrailKeyLink } from '../../trail-cells'

const coverageWords =
  'What CloudTrail events of each account and Region were read. A gap is unknown, not unused. ' +
  'Refused calls of other accounts are recorded in their accounts alone.'

/** The lists of a usage audit: coverage first, since it bounds all that follows. */
export function AuditTables({ audit }: { audit: UsageAuditDetail }) {
  const { content, lines } = audit
  const nameOf = (arn: string) => audit.keyNames[arn] ?? null
  return (
    <SpaceBetween size="l">
      <List
        title="Coverage"
        description={coverageWords}
        items={content.coverage}
        total={content.coverage.length}
        columns={coverageColumns(audit.accountNames)}
        empty="No key, so no account."
      />
      <List
        title="Who used what"
        description="Calls by key, principal, operation, service and resource."
        items={content.uses}
        total={lines.uses}
        columns={[keyColumn(nameOf), ...useColumns]}
        empty="No call was seen in the period."
        rest="The CSV has all of them."
      />
      <List
        title="From where"
        description="Source IP addresses and VPC endpoints."
        items={content.networks ?? []}
        total={lines.networks}
        columns={[keyColumn(nameOf), ...networkColumns]}
        empty={
          content.networks === null
            ? 'There are too many calls to look at each: choose a shorter period.'
            : 'No call was seen in the period, or its event is no longer kept.'
        }
      />
      <List
        title="Changes requested here"
        description="Changes of these keys that were done in the period, with who approved them."
        items={content.changes}
        total={lines.changes}
        columns={[keyColumn(nameOf), ...changeColumns]}
        empty="None."
      />
      <List
        title="Changes in CloudTrail"
        description="Successful calls that changed these keys, whoever made them."
        items={content.mutations}
        total={lines.mutations}
        columns={[keyColumn(nameOf), ...mutationColumns]}
        empty="None was seen in the period."
      />
    </SpaceBetween>
  )
}

type Column<T> = TableProps.ColumnDefinition<T>
type ListProps<T> = {
  title: string
  description: string
  items: readonly T[]
  total: number
  columns: Column<T>[]
  empty: ReactNode
  rest?: string
}

function List<T>({ title, description, items, total, columns, empty, rest }: ListProps<T>) {
  return (
    <BoxTable
      variant="container"
      isDense
      header={
        <Header variant="h2" counter={`(${total.toLocaleString('en')})`} description={description}>
          {title}
        </Header>
      }
      footer={
        total > items.length &&
        `The first ${items.length} of ${total.toLocaleString('en')}. ${rest ?? ''}`
      }
      items={items}
      ariaLabels={{ tableLabel: title }}
      empty={empty}
      columnDefinitions={columns}
    />
  )
}

const column = <T,>(
  id: string,
  header: string,
  cell: (row: T) => ReactNode,
  isRowHeader = false,
): Column<T> => ({ id, header, cell, isRowHeader })

const keyColumn = <T extends { key: string }>(nameOf: (arn: string) => string | null): Column<T> =>
  column('key', 'Key', ({ key }) => nameOf(key) ?? <TrailKeyLink arn={key} />, true)

const inAccount = (name: string | undefined, id: string) =>
  name === undefined || name === id ? id : `${name} (${id})`

const principalCell = ({ principal }: { principal: string }) => (
  <span title={principal}>{nameOfPrincipal(principal)}</span>
)
const number = (n: number) => n.toLocaleString('en')

const coverageColumns = (names: Readonly<Record<string, string>>): Column<Covered>[] => [
  column('account', 'Account', ({ accountId }) => inAccount(names[accountId], accountId), true),
  column('region', 'Region', ({ region }) => region),
  column('read', 'Read', ({ window }) => sayWindow(window)),
  column('gaps', 'Gaps', ({ window: { gapCount, gaps } }) =>
    gapCount === 0 ? (
      'none'
    ) : (
      <>
        {gapCount}:{' '}
        {gaps
          .slice(0, 3)
          .map(({ from, until }) => `${utcTime(from)} to ${utcTime(until)}`)
          .join('; ')}
        {gapCount > 3 && ' …'}
      </>
    ),
  ),
]

const useColumns: Column<Use>[] = [
  column('principal', 'Principal', principalCell),
  column('operation', 'Operation', ({ operation }) => operation),
  column('via', 'Via service', ({ via }) => via?.replace(/\.amazonaws\.com$/u, '') ?? 'direct'),
  column('resource', 'Resource', ({ resource }) =>
    resource === null ? 'none' : <Identifier text={resource} most={32} />,
  ),
  column('outcome', 'Outcome', ({ outcome }) => <OutcomeOf outcome={outcome} />),
  column('calls', 'Calls', ({ calls }) => number(calls)),
  column('first', 'First', ({ firstAt }) => utcTime(firstAt)),
  column('last', 'Last', ({ lastAt }) => utcTime(lastAt)),
]

const networkColumns: Column<Network>[] = [
  column('principal', 'Principal', principalCell),
  column('ip', 'Source IP', ({ sourceIp }) => sourceIp ?? 'not recorded'),
  column('endpoint', 'VPC endpoint', ({ vpcEndpoint }) => vpcEndpoint ?? 'none'),
  column('calls', 'Calls', ({ calls }) => number(calls)),
]

const changeColumns: Column<ChangeMade>[] = [
  column('request', 'Request', ({ request, requestId }) => (
    <Link href={`/requests/${requestId}`}>{request}</Link>
  )),
  column('title', 'Change', ({ title }) => title),
  column('by', 'Requested by', ({ requestedBy }) => requestedBy),
  column('approvals', 'Approved by', ({ approvals, breakGlass }) =>
    breakGlass
      ? 'no one: break-glass'
      : approvals
          .map(({ by, decision }) => (decision === 'approve' ? by : `${by} (${decision})`))
          .join(', ') || 'no one',
  ),
  column('at', 'Done', ({ appliedAt }) => utcTime(appliedAt)),
]

const mutationColumns: Column<Mutation>[] = [
  column('at', 'Time', ({ at }) => utcTime(at)),
  column('operation', 'Operation', (row) => <Link href={eventPath(row)}>{row.operation}</Link>),
  column('principal', 'Principal', principalCell),
  column('session', 'Session', ({ session }) => session ?? 'none'),
]
