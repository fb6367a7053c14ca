'use client'

import Badge from '@cloudscape-design/components/badge'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Icon, { type IconProps } from '@cloudscape-design/components/icon'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { Identifier } from '@/components/value/identifier'
import type { Cell } from '@/lib/access/judge'
import type { AccessPerson } from '@/lib/access/table'

const said: Record<Cell, { icon: IconProps.Name; text: string; means: string }> = {
  yes: { icon: 'status-positive', text: 'yes', means: 'allowed, whatever else the request says' },
  conditional: { icon: 'status-info', text: 'conditional', means: 'allowed when the conditions of a statement or grant hold' },
  delegated: { icon: 'share', text: 'account decides', means: 'the key trusts the account; IAM there decides for its users and roles' },
  unknown: { icon: 'status-warning', text: 'unknown', means: 'a policy that we could not read decides, or AWS’s documents leave it open' },
  no: { icon: 'status-stopped', text: 'no', means: 'not allowed' },
}

export const wordOfCell = (cell: Cell) => said[cell].text

type Props = { cell: Cell; label: string; onAsk: () => void; text?: string; byGrant?: boolean }

/** A cell of the matrix. Every answer can be asked why, a "no" too. */
export function CellButton({ cell, label, onAsk, text = said[cell].text, byGrant = false }: Props) {
  const shown = byGrant && cell !== 'no' ? `${text}, by grant` : text
  return (
    <Button variant="inline-link" iconName={cell === 'no' ? undefined : said[cell].icon} ariaLabel={`${label}: ${shown}. Why?`} onClick={onAsk}>
      {cell === 'no' ? '–' : shown}
    </Button>
  )
}

export function CellWord({ cell }: { cell: Cell }) {
  if (cell === 'no') return <span>–</span>
  return <span><Icon name={said[cell].icon} /> {said[cell].text}</span>
}

export function Legend() {
  return (
    <SpaceBetween direction="horizontal" size="m">
      {Object.entries(said).map(([cell, { icon, text, means }]) => (
        <Box key={cell} fontSize="body-s" color="text-body-secondary">{cell !== 'no' && <Icon name={icon} size="small" />} <b>{cell === 'no' ? '–' : text}</b> {means}</Box>
      ))}
    </SpaceBetween>
  )
}

const from = { account: null, organization: 'same organization', outside: 'outside', elsewhere: 'another account', aws: 'AWS service', anyone: 'anyone' } as const

export function NearnessBadge({ nearness }: { nearness: AccessPerson['nearness'] }) {
  const origin = from[nearness]
  return origin && <Badge color={nearness === 'outside' || nearness === 'anyone' ? 'red' : 'grey'}>{origin}</Badge>
}

type Person = Pick<AccessPerson, 'id' | 'name' | 'kind' | 'nearness' | 'accountId' | 'connected'> & { isGrantee?: boolean }

export function PrincipalName({ row, href }: { row: Person; href?: string }) {
  const isStranger = row.accountId !== null && !row.connected && row.kind !== 'account'
  return (
    <SpaceBetween size="xxxs">
      <SpaceBetween direction="horizontal" size="xs">
        {href ? <Button variant="inline-link" href={href}>{row.name}</Button> : <b>{row.name}</b>}
        <NearnessBadge nearness={row.nearness} />
        {row.kind === 'deleted' && <Badge color="severity-low">deleted</Badge>}
        {row.isGrantee && <Badge color="blue">grantee</Badge>}
        {isStranger && <Badge color="grey">account not connected</Badge>}
      </SpaceBetween>
      {row.name !== row.id && <Identifier text={row.id} most={48} />}
    </SpaceBetween>
  )
}
