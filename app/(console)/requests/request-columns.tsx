'use client'

import Badge from '@cloudscape-design/components/badge'
import Link from '@cloudscape-design/components/link'
import type { TableProps } from '@cloudscape-design/components/table'
import { RiskLabel, StatusSummary } from '@/components/change/labels'
import { Countdown } from '@/components/value/clock'
import { Moment } from '@/components/value/moment'
import type { RequestRow } from '@/lib/changes/read/shapes'

const none = <span className="claviger-none">none</span>
const mostNamed = 2

export const requestColumns: TableProps.ColumnDefinition<RequestRow>[] = [
  {
    id: 'number',
    header: 'Number',
    minWidth: 70,
    cell: ({ id, number }) => <Link href={`/requests/${id}`}>{`R-${number}`}</Link>,
  },
  {
    id: 'title',
    header: 'Request',
    minWidth: 200,
    isRowHeader: true,
    cell: ({ id, title, breakGlass, unreviewed }) => (
      <>
        <Link href={`/requests/${id}`}>{title}</Link>
        {breakGlass && (
          <>
            {' '}
            <Badge color="red">{unreviewed ? 'Break-glass, not reviewed' : 'Break-glass'}</Badge>
          </>
        )}
      </>
    ),
  },
  {
    id: 'stands',
    header: 'How it stands',
    minWidth: 170,
    cell: ({ statuses, inForce }) => <StatusSummary statuses={statuses} inForce={inForce} />,
  },
  { id: 'risk', header: 'Risk', minWidth: 85, cell: ({ risk }) => <RiskLabel risk={risk} /> },
  {
    id: 'who',
    header: 'Asked by',
    minWidth: 100,
    cell: ({ requesterName, mine }) => (mine ? `${requesterName} (you)` : requesterName),
  },
  {
    id: 'accounts',
    header: 'Accounts',
    minWidth: 100,
    cell: ({ accounts }) =>
      accounts.length === 0 ? (
        'This installation'
      ) : (
        <span title={accounts.map(({ id, name }) => `${name} (${id})`).join('\n')}>
          {accounts.length > mostNamed
            ? `${accounts.length} accounts`
            : accounts.map(({ name }) => name).join(', ')}
        </span>
      ),
  },
  {
    id: 'end',
    header: 'Ends',
    minWidth: 100,
    cell: ({ endsAt }) => (endsAt ? <Countdown at={endsAt} over="now" /> : none),
  },
  {
    id: 'answer',
    header: 'Answer by',
    minWidth: 105,
    cell: ({ answerBy, statuses }) =>
      answerBy && statuses.open ? <Countdown at={answerBy} over="over" /> : none,
  },
  {
    id: 'sent',
    header: 'Sent',
    minWidth: 95,
    cell: ({ sentAt }) => (sentAt ? <Moment at={sentAt} /> : 'not sent'),
  },
]
