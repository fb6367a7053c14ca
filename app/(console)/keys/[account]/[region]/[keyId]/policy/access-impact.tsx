'use client'

import Badge from '@cloudscape-design/components/badge'
import Box from '@cloudscape-design/components/box'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator, {
  type StatusIndicatorProps,
} from '@cloudscape-design/components/status-indicator'
import { useState } from 'react'
import { BoxTable } from '@/components/table/box-table'
import { Pages } from '@/components/table/pages'
import { Identifier } from '@/components/value/identifier'
import type { Cell } from '@/lib/access/judge'
import type { AbilityChange, Direction, AccessImpact, PrincipalChange } from '@/lib/drafts/compare'
import { listLatent, sayLatent, type LatentRow } from '@/lib/drafts/latent'
import { own } from '@/lib/own'

const words: Record<Cell, string> = {
  yes: 'yes',
  conditional: 'under conditions',
  delegated: 'its account decides',
  unknown: 'unknown',
  no: 'no',
}
const directions: Record<Direction, { type: StatusIndicatorProps.Type; text: string }> = {
  gained: { type: 'warning', text: 'gains' },
  lost: { type: 'stopped', text: 'loses' },
  changed: { type: 'info', text: 'other conditions' },
  unclear: { type: 'warning', text: 'unclear' },
}
const pageSize = 25

type Props = {
  impact: AccessImpact
  nothing: string
  accountNames?: Readonly<Record<string, string>>
}

/** Who gains and who loses what. `nothing`: what is said where nobody does. */
export function AccessImpactView({ impact, nothing, accountNames = {} }: Props) {
  const [page, setPage] = useState(1)
  const { principals, asked } = impact
  if (principals.length === 0)
    return (
      <StatusIndicator type="success">
        {nothing} {asked.toLocaleString('en')} principals evaluated.
      </StatusIndicator>
    )
  const groups = groupAlike(principals)
  const latentOf = ({ members }: Group) =>
    listLatent(members, (id) => own(accountNames, id) ?? null)
  const pages = Math.ceil(groups.length / pageSize)
  const shown = groups.slice((page - 1) * pageSize, page * pageSize)
  return (
    <SpaceBetween size="s">
      <Sums principals={principals} asked={asked} />
      <BoxTable
        variant="embedded"
        items={shown}
        trackBy="id"
        ariaLabels={{ tableLabel: 'Who gains and loses what' }}
        pagination={
          pages > 1 && <Pages page={page} pages={pages} of="principals" onChange={setPage} />
        }
        columnDefinitions={[
          {
            id: 'principal',
            header: 'Principal',
            isRowHeader: true,
            minWidth: 220,
            cell: ({ members }) => <Members members={members} />,
          },
          {
            id: 'changes',
            header: 'What changes',
            minWidth: 300,
            cell: (group) => (
              <>
                <Changes changes={group.changes} />
                <Latents rows={latentOf(group)} />
              </>
            ),
          },
        ]}
      />
    </SpaceBetween>
  )
}

type Group = { id: string; members: PrincipalChange[]; changes: readonly AbilityChange[] }

/** Principals for whom the same changes, so that two hundred roles are one row. */
function groupAlike(principals: readonly PrincipalChange[]): Group[] {
  const groups = new Map<string, Group>()
  for (const principal of principals) {
    const { changes, external, nearness, latent } = principal
    const id = JSON.stringify([
      external,
      nearness,
      latent,
      changes.map(({ id: ability, before, after, direction }) => [
        ability,
        before,
        after,
        direction,
      ]),
    ])
    const group = groups.get(id)
    if (group) group.members.push(principal)
    else groups.set(id, { id, members: [principal], changes })
  }
  return [...groups.values()]
}

function Members({ members }: { members: readonly PrincipalChange[] }) {
  const [first] = members
  const list = (
    <SpaceBetween size="xs">
      {members.map((row) => (
        <Who key={row.id} row={row} />
      ))}
    </SpaceBetween>
  )
  if (!first || members.length <= fewMembers) return list
  return (
    <ExpandableSection headerText={`${members.length} principals alike, ${first.name} among them`}>
      <div
        className="claviger-statement-list"
        tabIndex={0}
        role="region"
        aria-label="Principals of this row"
      >
        {list}
      </div>
    </ExpandableSection>
  )
}

const fewMembers = 4

function Sums({ principals, asked }: { principals: readonly PrincipalChange[]; asked: number }) {
  const who = (direction: Direction) =>
    principals.filter(({ changes }) => changes.some((change) => change.direction === direction))
      .length
  const opened = principals.filter(({ external }) => external === 'opened').length
  const closed = principals.filter(({ external }) => external === 'closed').length
  const waiting = principals.filter(({ latent }) => latent.opened.length > 0).length
  // "0 gain" beside a door that another account can go through alone would be
  // read as "nothing happens".
  const sums = [
    { count: who('gained'), words: 'gain', isShown: opened + waiting === 0 },
    {
      count: waiting,
      words: 'can gain as soon as the administrators of their account allow it',
      isShown: false,
    },
    { count: who('lost'), words: 'lose', isShown: closed === 0 },
    { count: who('changed'), words: 'keep access under other conditions', isShown: false },
  ].filter(({ count, isShown }) => count > 0 || isShown)
  return (
    <SpaceBetween size="xs">
      {opened > 0 && (
        <StatusIndicator type="error">
          External access opened to {opened} {opened === 1 ? 'principal' : 'principals'}
        </StatusIndicator>
      )}
      {closed > 0 && (
        <StatusIndicator type="success">
          External access closed for {closed} {closed === 1 ? 'principal' : 'principals'}
        </StatusIndicator>
      )}
      <Box>
        Of {asked.toLocaleString('en')} evaluated
        {sums.map(({ count, words: said }, at) => (
          <span key={said}>
            {at === 0 ? ': ' : ', '}
            <b>{count}</b> {said}
          </span>
        ))}
        {who('unclear') > 0 && (
          <>
            , for <b>{who('unclear')}</b> it is unclear, because something that decides could not be
            read
          </>
        )}
        .
      </Box>
    </SpaceBetween>
  )
}

function Who({ row: { id, name, nearness, external, connected, kind } }: { row: PrincipalChange }) {
  return (
    <SpaceBetween size="xxxs">
      <SpaceBetween direction="horizontal" size="xs">
        <b>{name}</b>
        {nearness === 'outside' && <Badge color="red">outside</Badge>}
        {nearness === 'elsewhere' && <Badge color="grey">another account</Badge>}
        {nearness === 'anyone' && <Badge color="red">anyone</Badge>}
        {nearness === 'organization' && <Badge>same organization</Badge>}
        {external === 'opened' && <Badge color="severity-high">opened</Badge>}
        {external === 'closed' && <Badge color="green">closed</Badge>}
        {!connected && kind !== 'service' && kind !== 'anyone' && (
          <Badge>account not connected</Badge>
        )}
      </SpaceBetween>
      {name !== id && <Identifier text={id} most={64} />}
    </SpaceBetween>
  )
}

function Latents({ rows }: { rows: readonly LatentRow[] }) {
  return rows.map((row) => (
    <div key={`${row.principal} ${row.direction}`}>
      <StatusIndicator type={row.direction === 'opened' ? 'warning' : 'success'} wrapText>
        {sayLatent(row)}
      </StatusIndicator>
    </div>
  ))
}

/** Abilities that change alike are said together. */
function Changes({ changes }: { changes: readonly AbilityChange[] }) {
  const alike = new Map<string, AbilityChange[]>()
  for (const change of changes) {
    const name = `${change.direction} ${change.before} ${change.after}`
    alike.set(name, [...(alike.get(name) ?? []), change])
  }
  return (
    <SpaceBetween size="xxs">
      {[...alike].map(
        ([name, [first, ...rest]]) =>
          first && (
            <div key={name}>
              <StatusIndicator type={directions[first.direction].type}>
                {directions[first.direction].text}
              </StatusIndicator>{' '}
              <b>{[first, ...rest].map(({ label }) => label).join(', ')}</b>
              {first.before !== first.after && (
                <Box variant="span" color="text-body-secondary">
                  : {words[first.before]} → {words[first.after]}
                </Box>
              )}
            </div>
          ),
      )}
    </SpaceBetween>
  )
}
