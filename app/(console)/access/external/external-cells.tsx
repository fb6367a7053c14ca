'use client'

import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Link from '@cloudscape-design/components/link'
import Popover from '@cloudscape-design/components/popover'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator, {
  type StatusIndicatorProps,
} from '@cloudscape-design/components/status-indicator'
import type { ReactNode } from 'react'
import { NearnessBadge, wordOfCell } from '@/components/access/access-cell'
import type { Cells } from '@/components/table/table-view'
import { AccountLabel } from '@/components/value/account-label'
import { Identifier } from '@/components/value/identifier'
import { Moment } from '@/components/value/moment'
import { abilities } from '@/lib/access/abilities'
import type { ExternalRow } from '@/lib/access/external-read'
import type { ReviewState } from '@/lib/table/external'
import type { ReviewAct } from './review-dialog'
import { keyPath } from '@/lib/kms/arn'

const states: Record<ReviewState, { type: StatusIndicatorProps.Type; text: string }> = {
  unreviewed: { type: 'pending', text: 'Not reviewed' },
  accepted: { type: 'success', text: 'Accepted' },
  toFix: { type: 'warning', text: 'Needs fix' },
  ended: { type: 'pending', text: 'Acceptance ended' },
  changed: { type: 'pending', text: 'Changed since its review' },
}

type Words = ReadonlyMap<string, string>

/** By facet: "grant" is a way in, and an ability too. */
const words: ReadonlyMap<string, Words> = new Map([
  [
    'nearness',
    new Map([
      ['anyone', 'anyone'],
      ['outside', 'outside the organization'],
      ['organization', 'same organization'],
    ]),
  ],
  [
    'road',
    new Map([
      ['statement', 'key policy'],
      ['grant', 'grant'],
    ]),
  ],
  ['ability', new Map(abilities.map(({ id, label }) => [id, label]))],
  ['review', new Map(Object.entries(states).map(([state, { text }]) => [state, text]))],
])
export const externalWord = (facet: string, value: string) => words.get(facet)?.get(value) ?? value

const none = <span className="claviger-none">none</span>

type Show = (row: ExternalRow) => ReactNode

const shows: Readonly<Record<string, Show>> = {
  key: (row) => (
    <Link href={`${keyPath(row.key)}/access?filter=external`}>
      {row.key.aliases[0]?.replace(/^alias\//, '') ?? row.key.keyId}
    </Link>
  ),
  principal: (row) => (
    <SpaceBetween size="xxxs">
      <Link href={`/access/principals?${new URLSearchParams({ arn: row.principal })}`}>
        {row.name}
      </Link>
      {row.name !== row.principal && <Identifier text={row.principal} most={44} />}
    </SpaceBetween>
  ),
  nearness: (row) => <NearnessBadge nearness={row.nearness} />,
  abilities: (row) =>
    row.abilities.map(({ id, label, cell }) => (
      <div key={id}>
        {label}
        {cell === 'yes' ? '' : `: ${wordOfCell(cell)}`}
      </div>
    )),
  through: (row) =>
    row.through.length === 0
      ? 'see the access of the key'
      : row.through.map((road) => (
          <div key={`${road.kind} ${road.text}`}>
            <Popover
              header={road.kind === 'grant' ? 'Grant' : 'Policy statement'}
              size="large"
              triggerType="text"
              content={<pre className="claviger-json">{road.text}</pre>}
            >
              {road.kind} {road.name}
            </Popover>
          </div>
        )),
  conditions: (row) =>
    row.conditions.length === 0 ? none : row.conditions.map((text) => <div key={text}>{text}</div>),
  since: (row) => <Moment at={row.since} />,
  account: ({ key }) => <AccountLabel account={{ id: key.accountId, name: key.accountName }} />,
  region: ({ key }) => key.region,
  evaluated: (row) => <Moment at={row.evaluatedAt} />,
}

const widths: Readonly<Record<string, number>> = {
  key: 200,
  principal: 280,
  nearness: 170,
  abilities: 250,
  through: 220,
  conditions: 240,
  review: 260,
  account: 150,
}

export const externalCells =
  (may: (row: ExternalRow) => boolean, act: (act: ReviewAct) => void): Cells<ExternalRow> =>
  (column) => ({
    width: widths[column] ?? 140,
    isRowHeader: column === 'key',
    cell: (row) =>
      column === 'review' ? (
        <Review row={row} may={may(row)} act={act} />
      ) : (
        (shows[column]?.(row) ?? none)
      ),
  })

function Review({
  row,
  may,
  act,
}: {
  row: ExternalRow
  may: boolean
  act: (act: ReviewAct) => void
}) {
  const { state, review } = row
  const { type, text } = states[state]
  const about = `${row.name} on ${row.key.aliases[0] ?? row.key.keyId}`
  return (
    <SpaceBetween size="xxxs">
      <StatusIndicator type={type}>{text}</StatusIndicator>
      {review && (
        <Box fontSize="body-s" color="text-body-secondary">
          {review.reason}
        </Box>
      )}
      {review && (
        <Box fontSize="body-s" color="text-body-secondary">
          {review.by}, <Moment at={review.at} />
          {review.until && (
            <>
              ; until <Moment at={review.until} />
            </>
          )}
        </Box>
      )}
      {may ? (
        <SpaceBetween direction="horizontal" size="xs">
          <Button
            variant="inline-link"
            ariaLabel={`Accept ${about}`}
            onClick={() => act({ row, decision: 'accepted' })}
          >
            Accept
          </Button>
          <Button
            variant="inline-link"
            ariaLabel={`Needs fix: ${about}`}
            onClick={() => act({ row, decision: 'toFix' })}
          >
            Needs fix
          </Button>
        </SpaceBetween>
      ) : (
        <Box fontSize="body-s" color="text-body-secondary">
          needs external.review
        </Box>
      )}
    </SpaceBetween>
  )
}
