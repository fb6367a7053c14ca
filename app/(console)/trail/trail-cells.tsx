'use client'

import Link from '@cloudscape-design/components/link'
import StatusIndicator, {
  type StatusIndicatorProps,
} from '@cloudscape-design/components/status-indicator'
import type { ReactNode } from 'react'
import type { Cells } from '@/components/table/table-columns'
import { Identifier } from '@/components/value/identifier'
import { Middle } from '@/components/value/middle'
import { Breakable } from '@/components/value/breakable'
import { Moment } from '@/components/value/moment'
import { keyPathOf, parseKeyArn } from '@/lib/kms/arn'
import { eventPath, type EventRow } from '@/lib/trail/event-row'
import { nameOfPrincipal } from '@/lib/trail/principal'
import { own } from '@/lib/own'

const none = <span className="claviger-none">none</span>
/** What a call always has, and a record might leave out. */
const notRecorded = <span className="claviger-none">not recorded</span>
const everyCallHas: ReadonlySet<string> = new Set(['ip', 'agent', 'tls', 'keyExchange'])

const outcomeTypes: Readonly<Record<string, StatusIndicatorProps.Type>> = {
  success: 'success',
  denied: 'stopped',
  failed: 'error',
}

/** How a call ended. */
export const OutcomeOf = ({ outcome }: { outcome: string }) => (
  <StatusIndicator type={own(outcomeTypes, outcome) ?? 'pending'}>
    {outcome === 'success' ? 'Success' : outcome === 'denied' ? 'Denied' : 'Failed'}
  </StatusIndicator>
)

/** A principal by its name; the Access page says what it can do. */
export function PrincipalLink({ principal }: { principal: string }) {
  const name = nameOfPrincipal(principal)
  if (!principal.startsWith('arn:')) return <span>{name}</span>
  return (
    <Link href={`/access/principals?${new URLSearchParams({ arn: principal })}`}>
      <Middle text={name} />
    </Link>
  )
}

/** A key by its ID, with its page. */
export function TrailKeyLink({ arn }: { arn: string }) {
  const href = keyPathOf(arn)
  const id = parseKeyArn(arn)?.keyId ?? arn
  return href ? (
    <Link href={href}>
      <Middle text={id} />
    </Link>
  ) : (
    <Identifier text={arn} most={20} />
  )
}

const shows: Readonly<Record<string, (row: EventRow) => ReactNode>> = {
  time: (row) => <Moment at={row.time} />,
  operation: (row) => (
    <Link href={eventPath(row)}>
      <Breakable text={row.operation} />
    </Link>
  ),
  outcome: (row) => <OutcomeOf outcome={row.outcome} />,
  principal: (row) => <PrincipalLink principal={row.principal} />,
  key: (row) => row.key && <TrailKeyLink arn={row.key} />,
  resource: (row) =>
    row.resource && (
      <span title={`${row.resourceKind ?? ''} ${row.resource}`}>
        <Middle text={row.resource} />
      </span>
    ),
  via: (row) => row.via && row.via.replace(/\.amazonaws\.com$/, ''),
  agent: (row) => row.agent && <Middle text={row.agent} />,
  request: (row) => row.request && <Identifier text={row.request} most={16} />,
  event: (row) => <Identifier text={row.event} most={16} />,
}

export const trailCells: Cells<EventRow> = (column) => ({
  isRowHeader: column === 'operation',
  cell: (row) => {
    const show = own(shows, column)
    const value: unknown = Reflect.get(row, column)
    const shown = show ? show(row) : typeof value === 'string' ? value : null
    return shown || (everyCallHas.has(column) ? notRecorded : none)
  },
})
