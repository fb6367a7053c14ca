'use client'

import Badge from '@cloudscape-design/components/badge'
import Box from '@cloudscape-design/components/box'
import Button, { type ButtonProps } from '@cloudscape-design/components/button'
import Icon, { type IconProps } from '@cloudscape-design/components/icon'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { Identifier } from '@/components/value/identifier'
import type { Cell } from '@/lib/access/judge'
import type { AccessPerson } from '@/lib/access/table'
import type { Usability } from '@/lib/access/usability'

const said: Record<Cell, { icon: IconProps.Name; text: string; means: string }> = {
  yes: {
    icon: 'status-positive',
    text: 'yes',
    means: 'allowed by policy or grant, whatever else the request says',
  },
  conditional: {
    icon: 'status-info',
    text: 'conditional',
    means: 'allowed when the conditions of a statement or grant hold',
  },
  delegated: {
    icon: 'share',
    text: 'account decides',
    means: 'the key trusts the account; IAM there decides for its users and roles',
  },
  unknown: {
    icon: 'status-warning',
    text: 'unknown',
    means: 'a policy that we could not read decides, or AWS’s documents leave it open',
  },
  no: { icon: 'status-stopped', text: 'no', means: 'not allowed' },
}

export const wordOfCell = (cell: Cell) => said[cell].text

/**
 * A permission that AWS does not honour now has another shape and another colour than a plain yes.
 */
const uses = {
  unusable: { icon: 'status-negative', text: 'not usable now', name: 'claviger-unusable' },
  unknown: { icon: 'status-warning', text: 'state unknown', name: 'claviger-state-unknown' },
} as const satisfies Record<Exclude<Usability, 'usable'>, object>

const hindranceOf = (cell: Cell, use: Usability | undefined) =>
  cell === 'no' || use === undefined || use === 'usable' ? null : uses[use]

type Props = {
  cell: Cell
  label: string
  onAsk: () => void
  text?: string
  byGrant?: boolean
  /** Whether AWS takes it in the state the key is in. */
  use: Usability | undefined
}

/** A cell of the matrix. Every answer can be asked why, a "no" too. */
export function CellButton({
  cell,
  label,
  onAsk,
  text = said[cell].text,
  byGrant = false,
  use,
}: Props) {
  const hindrance = hindranceOf(cell, use)
  const permission = byGrant && cell !== 'no' ? `${text}, by grant` : text
  const shown = hindrance ? `${permission}, ${hindrance.text}` : permission
  return (
    <Button
      variant="inline-link"
      iconName={cell === 'no' ? undefined : (hindrance?.icon ?? said[cell].icon)}
      ariaLabel={`${label}: ${shown}. Why?`}
      onClick={onAsk}
      style={hindrance ? styleOf(hindrance.name) : undefined}
    >
      {cell === 'no' ? '–' : shown}
    </Button>
  )
}

function styleOf(name: string): ButtonProps.Style {
  const color = `var(--${name})`
  return { root: { color: { default: color, hover: color, active: color } } }
}

export function CellWord({ cell, use }: { cell: Cell; use: Usability | undefined }) {
  if (cell === 'no') return <span>–</span>
  const hindrance = hindranceOf(cell, use)
  if (!hindrance)
    return (
      <span>
        <Icon name={said[cell].icon} /> {said[cell].text}
      </span>
    )
  return (
    <span className={hindrance.name}>
      <Icon name={hindrance.icon} /> {`${said[cell].text}, ${hindrance.text}`}
    </span>
  )
}

export function Legend() {
  return (
    <SpaceBetween direction="horizontal" size="m">
      {Object.entries(said).map(([cell, { icon, text, means }]) => (
        <Box key={cell} fontSize="body-s" color="text-body-secondary">
          {cell !== 'no' && <Icon name={icon} size="small" />} <b>{cell === 'no' ? '–' : text}</b>{' '}
          {means}
        </Box>
      ))}
      <Box fontSize="body-s" color="text-body-secondary">
        <span className={uses.unusable.name}>
          <Icon name={uses.unusable.icon} size="small" /> <b>{uses.unusable.text}</b>
        </span>{' '}
        AWS refuses it while the key is in its state, whoever asks
      </Box>
      <Box fontSize="body-s" color="text-body-secondary">
        <span className={uses.unknown.name}>
          <Icon name={uses.unknown.icon} size="small" /> <b>{uses.unknown.text}</b>
        </span>{' '}
        the state of the key was not read
      </Box>
    </SpaceBetween>
  )
}

const from = {
  account: null,
  organization: 'same organization',
  outside: 'outside',
  elsewhere: 'another account',
  aws: 'AWS service',
  anyone: 'anyone',
} as const

export function NearnessBadge({ nearness }: { nearness: AccessPerson['nearness'] }) {
  const origin = from[nearness]
  return (
    origin && (
      <Badge color={nearness === 'outside' || nearness === 'anyone' ? 'red' : 'grey'}>
        {origin}
      </Badge>
    )
  )
}

type Person = Pick<
  AccessPerson,
  'id' | 'name' | 'kind' | 'nearness' | 'accountId' | 'connected'
> & { isGrantee?: boolean }

export function PrincipalName({ row, href }: { row: Person; href?: string }) {
  const isStranger = row.accountId !== null && !row.connected && row.kind !== 'account'
  return (
    <SpaceBetween size="xxxs">
      <SpaceBetween direction="horizontal" size="xs">
        {href ? (
          <Button variant="inline-link" href={href}>
            {row.name}
          </Button>
        ) : (
          <b>{row.name}</b>
        )}
        <NearnessBadge nearness={row.nearness} />
        {row.kind === 'deleted' && <Badge color="severity-low">deleted</Badge>}
        {row.isGrantee && <Badge color="blue">grantee</Badge>}
        {isStranger && <Badge color="grey">account not connected</Badge>}
      </SpaceBetween>
      {row.name !== row.id && <Identifier text={row.id} most={48} />}
    </SpaceBetween>
  )
}
