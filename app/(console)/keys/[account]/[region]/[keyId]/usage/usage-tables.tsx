'use client'

import Badge from '@cloudscape-design/components/badge'
import Box from '@cloudscape-design/components/box'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import type { TableProps } from '@cloudscape-design/components/table'
import { PrincipalLink } from '@/app/(console)/trail/trail-cells'
import { BoxTable } from '@/components/table/box-table'
import { Breakable } from '@/components/value/breakable'
import { Middle } from '@/components/value/middle'
import { Moment } from '@/components/value/moment'
import { sayNothing } from '@/components/trail/coverage-of-period'
import type { KeyRow } from '@/lib/inventory/key-detail'
import { hrefOfEvents } from '@/lib/trail/usage/links'
import type {
  KeyUsage,
  NetworkOfUsage,
  PartOfUsage,
  Parts,
  UserOfKey,
} from '@/lib/trail/usage/key-usage'

const none = <span className="claviger-none">none</span>
const number = (count: number) => count.toLocaleString('en')
const short = (service: string) => service.replace(/\.amazonaws\.com$/, '')
const counterOf = (rows: readonly unknown[], total: number) =>
  `(${total > rows.length ? `first ${number(rows.length)} of ` : ''}${number(total)})`

type Props = { of: KeyRow; usage: KeyUsage }

/** Who called KMS with this key, as people know them. */
export function Users({ of: key, usage: { users, from, window } }: Props) {
  const hrefOf = ({ principal, recordedBy: account }: UserOfKey, outcome?: string) =>
    hrefOfEvents({ key: key.arn, principal, account, since: from, ...(outcome && { outcome }) })
  return (
    <BoxTable<UserOfKey>
      variant="container"
      isDense
      items={users.rows}
      trackBy={({ principal, kind, recordedBy }) => `${principal} ${kind} ${recordedBy}`}
      ariaLabels={{ tableLabel: 'Who uses this key' }}
      header={
        <Header
          variant="h2"
          counter={counterOf(users.rows, users.total)}
          description={
            'Roles, users and services, not their sessions. Of a caller of another account AWS ' +
            "tells the key's account its number alone."
          }
        >
          Who uses this key
        </Header>
      }
      empty={<Box textAlign="center">{sayNothing(window)}</Box>}
      columnDefinitions={[
        {
          id: 'principal',
          header: 'Principal',
          isRowHeader: true,
          minWidth: 160,
          cell: (row) => <User row={row} ofAccount={key.accountId} />,
        },
        {
          id: 'calls',
          header: 'Calls',
          minWidth: 70,
          cell: (row) => <Link href={hrefOf(row)}>{number(row.calls)}</Link>,
        },
        {
          id: 'denied',
          header: 'Denied',
          minWidth: 70,
          cell: (row) =>
            row.denied > 0 ? <Link href={hrefOf(row, 'denied')}>{number(row.denied)}</Link> : none,
        },
        ...factsOfUser,
      ]}
    />
  )
}

const factsOfUser: readonly TableProps.ColumnDefinition<UserOfKey>[] = [
  {
    id: 'operations',
    header: 'Operations',
    minWidth: 110,
    cell: ({ operations }) => <Breakable text={operations.join(', ')} />,
  },
  {
    id: 'via',
    header: 'Through services',
    minWidth: 90,
    cell: ({ via }) => via.map(short).join(', ') || none,
  },
  {
    id: 'sessions',
    header: 'Sessions (sample)',
    minWidth: 110,
    cell: ({ sessions }) => <Breakable text={sessions.join(', ')} />,
  },
  { id: 'first', header: 'First', minWidth: 90, cell: (row) => <Moment at={row.firstAt} /> },
  { id: 'last', header: 'Last', minWidth: 90, cell: (row) => <Moment at={row.lastAt} /> },
]

function User({ row, ofAccount }: { row: UserOfKey; ofAccount: string }) {
  const { principal, principalAccount, recordedBy, denied } = row
  const isForeign = principalAccount !== null && principalAccount !== ofAccount
  return (
    <>
      <PrincipalLink principal={principal} />{' '}
      {isForeign && <Badge color="severity-medium">other account</Badge>}
      {recordedBy !== ofAccount && (
        <Box fontSize="body-s" color="text-body-secondary">
          as account {recordedBy} recorded it
          {denied < row.calls && '; not in the totals, which count the records of this account'}
        </Box>
      )}
    </>
  )
}

type PartsProps = {
  title: string
  description?: string
  parts: Parts
  hrefOf(part: PartOfUsage): string
}

/** What the calls divide into, the most frequent first. */
export function PartsOfUsage({ title, description, parts, hrefOf }: PartsProps) {
  const hasKinds = parts.rows.some(({ kind }) => kind !== null)
  return (
    <BoxTable<PartOfUsage>
      variant="container"
      isDense
      items={parts.rows}
      trackBy={({ kind, value }) => `${kind} ${value}`}
      ariaLabels={{ tableLabel: title }}
      header={
        <Header variant="h2" counter={counterOf(parts.rows, parts.total)} description={description}>
          {title}
        </Header>
      }
      empty={<Box textAlign="center">None are recorded.</Box>}
      columnDefinitions={[
        {
          id: 'value',
          header: 'Name',
          isRowHeader: true,
          minWidth: 160,
          cell: ({ value }) => <Middle text={value} />,
        },
        ...(hasKinds ? [kindColumn] : []),
        {
          id: 'calls',
          header: 'Calls',
          minWidth: 70,
          cell: (part) => <Link href={hrefOf(part)}>{number(part.calls)}</Link>,
        },
        { id: 'first', header: 'First', minWidth: 90, cell: (row) => <Moment at={row.firstAt} /> },
        { id: 'last', header: 'Last', minWidth: 90, cell: (row) => <Moment at={row.lastAt} /> },
      ]}
    />
  )
}

const kindColumn: TableProps.ColumnDefinition<PartOfUsage> = {
  id: 'kind',
  header: 'Kind',
  minWidth: 100,
  cell: ({ kind }) => kind ?? none,
}

/** From where it was called: totals do not know, so the newest events say. */
export function Networks({ of: key, usage: { networks, from } }: Props) {
  const { rows, looked, isCut } = networks
  return (
    <BoxTable<NetworkOfUsage>
      variant="container"
      isDense
      items={rows}
      trackBy={({ ip, vpcEndpoint }) => `${ip} ${vpcEndpoint}`}
      ariaLabels={{ tableLabel: 'Networks' }}
      header={
        <Header
          variant="h2"
          counter={`(${number(rows.length)})`}
          description={
            isCut
              ? `Of the newest ${number(looked)} calls of this period`
              : `Of the ${number(looked)} calls of this period whose events are kept`
          }
        >
          Networks
        </Header>
      }
      empty={<Box textAlign="center">No events of this period are kept.</Box>}
      columnDefinitions={[
        {
          id: 'ip',
          header: 'Source IP or service',
          isRowHeader: true,
          minWidth: 140,
          cell: ({ ip }) =>
            ip ? (
              <Link href={hrefOfEvents({ callsOf: key, ip, since: from })}>{ip}</Link>
            ) : (
              <span className="claviger-none">not recorded</span>
            ),
        },
        {
          id: 'vpc',
          header: 'VPC endpoint',
          minWidth: 120,
          cell: (row) => row.vpcEndpoint ?? none,
        },
        { id: 'calls', header: 'Calls', minWidth: 70, cell: (row) => number(row.calls) },
        {
          id: 'principals',
          header: 'Principals',
          minWidth: 70,
          cell: (row) => number(row.principals),
        },
        { id: 'first', header: 'First', minWidth: 90, cell: (row) => <Moment at={row.firstAt} /> },
        { id: 'last', header: 'Last', minWidth: 90, cell: (row) => <Moment at={row.lastAt} /> },
      ]}
    />
  )
}
