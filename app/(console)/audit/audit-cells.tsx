'use client'

import Link from '@cloudscape-design/components/link'
import type { ReactNode } from 'react'
import type { Cells } from '@/components/table/table-columns'
import { AccountLabel } from '@/components/value/account-label'
import { Instant } from '@/components/value/clock'
import { shorten } from '@/components/value/shorten'
import type { AuditRow } from '@/lib/audit/page'
import { keyPathOf, parseKeyArn } from '@/lib/kms/arn'
import { aboutHref, requestHref } from './places'

const none = <span className="claviger-none">none</span>

export function KeyLink({ arn }: { arn: string }) {
  const href = keyPathOf(arn)
  const name = shorten(parseKeyArn(arn)?.keyId ?? arn, 18)
  return href ? (
    <span title={arn}>
      <Link href={href}>{name}</Link>
    </span>
  ) : (
    <span title={arn}>{name}</span>
  )
}

export function Who({ row: { actor, actorId } }: { row: Pick<AuditRow, 'actor' | 'actorId'> }) {
  return actorId ? (
    <Link href={aboutHref('person', actorId)}>{actor}</Link>
  ) : (
    <span title="Not a person: the worker, or a command on the host">{actor}</span>
  )
}

/** Those of the default columns fit a window of 1440 pixels together. */
const widths: Readonly<Record<string, number>> = {
  seq: 60,
  at: 176,
  event: 148,
  actor: 130,
  account: 100,
  key: 120,
  request: 106,
  data: 262,
}

export const auditCells =
  (hrefOfEntry: (seq: number) => string, open: (seq: string) => void): Cells<AuditRow> =>
  (column) => {
    const shows: Readonly<Record<string, (row: AuditRow) => ReactNode>> = {
      seq: ({ seq }) => (
        <Link
          href={hrefOfEntry(seq)}
          ariaLabel={`Entry ${seq}`}
          onFollow={(event) => {
            event.preventDefault()
            open(String(seq))
          }}
        >
          {seq}
        </Link>
      ),
      at: ({ at }) => <Instant at={at} />,
      event: ({ event }) => event,
      actor: (row) => <Who row={row} />,
      account: ({ accountId, accountName }) =>
        accountId ? (
          <AccountLabel account={{ id: accountId, name: accountName ?? accountId }} />
        ) : (
          none
        ),
      key: ({ keyArn }) => (keyArn ? <KeyLink arn={keyArn} /> : none),
      request: ({ requestId }) =>
        requestId ? <Link href={requestHref(requestId)}>{shorten(requestId, 14)}</Link> : none,
      data: ({ data }) => (
        <span className="claviger-json-line" title={data}>
          {data === '' || data === '{}' ? none : data}
        </span>
      ),
    }
    return {
      width: widths[column] ?? 100,
      isRowHeader: column === 'seq',
      cell: (row) => shows[column]?.(row) ?? none,
    }
  }
