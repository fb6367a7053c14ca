'use client'

import Badge from '@cloudscape-design/components/badge'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator'
import { Identifier } from '@/components/value/identifier'
import type { Cell } from '@/lib/access/judge'
import type { AccessTable } from '@/lib/access/table'

const said: Record<Cell, { type: StatusIndicatorProps.Type; text: string; means: string }> = {
  yes: { type: 'success', text: 'yes', means: 'allowed, whatever else the request says' },
  conditional: { type: 'info', text: 'conditional', means: 'allowed when the conditions of a statement or grant hold' },
  delegated: { type: 'info', text: 'account decides', means: 'the key trusts the account; policies there, which we do not see, decide' },
  unknown: { type: 'warning', text: 'unknown', means: 'a policy that we could not read decides' },
  no: { type: 'stopped', text: 'no', means: 'not allowed' },
}

/** A cell of the matrix. Every answer can be asked why, a "no" too. */
export function CellButton({ cell, label, onAsk }: { cell: Cell; label: string; onAsk: () => void }) {
  const { text } = said[cell]
  return <Button variant="inline-link" ariaLabel={`${label}: ${text}. Why?`} onClick={onAsk}>{cell === 'no' ? '–' : text}</Button>
}

export function CellState({ cell }: { cell: Cell }) {
  const { type, text, means } = said[cell]
  return <StatusIndicator type={type}>{text}: {means}</StatusIndicator>
}

export function Legend() {
  return (
    <SpaceBetween direction="horizontal" size="m">
      {Object.entries(said).map(([cell, { text, means }]) => <Box key={cell} fontSize="body-s" color="text-body-secondary"><b>{cell === 'no' ? '–' : text}</b> {means}</Box>)}
    </SpaceBetween>
  )
}

const from = { account: null, organization: 'same organization', outside: 'outside', aws: 'AWS service', anyone: 'anyone' } as const

export function PrincipalName({ row }: { row: AccessTable['rows'][number] }) {
  const origin = from[row.nearness]
  const isStranger = row.accountId !== null && !row.connected && row.kind !== 'account'
  return (
    <SpaceBetween size="xxxs">
      <SpaceBetween direction="horizontal" size="xs">
        <b>{row.name}</b>
        {origin && <Badge color={row.nearness === 'outside' || row.nearness === 'anyone' ? 'red' : 'grey'}>{origin}</Badge>}
        {row.kind === 'deleted' && <Badge color="severity-low">deleted</Badge>}
        {row.isGrantee && <Badge color="blue">grantee</Badge>}
        {isStranger && <Badge color="grey">account not connected</Badge>}
      </SpaceBetween>
      {row.name !== row.id && <Identifier text={row.id} most={64} />}
    </SpaceBetween>
  )
}
