'use client'

import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Link from '@cloudscape-design/components/link'
import Popover from '@cloudscape-design/components/popover'
import StatusIndicator, {
  type StatusIndicatorProps,
} from '@cloudscape-design/components/status-indicator'
import { Fragment, type ReactNode } from 'react'
import { NearnessBadge, wordOfCell } from '@/components/access/access-cell'
import type { Cells } from '@/components/table/table-columns'
import { AccountLabel } from '@/components/value/account-label'
import { Ending } from '@/components/value/ending'
import { Identifier } from '@/components/value/identifier'
import { Middle } from '@/components/value/middle'
import { Moment } from '@/components/value/moment'
import { shorten } from '@/components/value/shorten'
import { abilities } from '@/lib/access/abilities'
import type { ExternalRow } from '@/lib/access/external-row'
import type { ReviewState } from '@/lib/access/external-row'
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
export const externalWord = (value: string, facet: string) => words.get(facet)?.get(value) ?? value

const none = <span className="claviger-none">none</span>

type Show = (row: ExternalRow) => ReactNode

const shows: Readonly<Record<string, Show>> = {
  key: (row) => (
    <Link href={`${keyPath(row.key)}/access?filter=external`}>
      {row.key.aliases[0]?.replace(/^alias\//, '') ?? row.key.keyId}
    </Link>
  ),
  principal: (row) => (
    <span className="claviger-two-lines">
      <Link href={`/access/principals?${new URLSearchParams({ arn: row.principal })}`}>
        {row.name === row.principal ? <Middle text={row.name} /> : <Ending text={row.name} />}
      </Link>
      {row.name !== row.principal && (
        <small>
          <Identifier text={row.principal} most={19} />
        </small>
      )}
    </span>
  ),
  nearness: (row) => <NearnessBadge nearness={row.nearness} />,
  abilities: (row) =>
    row.abilities
      .map(({ label, cell }) => (cell === 'yes' ? label : `${label}: ${wordOfCell(cell)}`))
      .join(', '),
  through: (row) =>
    row.through.length === 0
      ? 'see the access of the key'
      : row.through.map((road, at) => (
          <Fragment key={`${road.kind} ${road.text}`}>
            {at > 0 && ', '}
            <Popover
              header={road.kind === 'grant' ? 'Grant' : 'Policy statement'}
              size="large"
              triggerType="text"
              content={<pre className="claviger-json">{road.text}</pre>}
            >
              {shorten(road.kind === 'grant' ? `grant ${road.name}` : road.name, 17)}
            </Popover>
          </Fragment>
        )),
  conditions: (row) => (row.conditions.length === 0 ? none : row.conditions.join('; ')),
  since: (row) => <Moment at={row.since} />,
  account: ({ key }) => <AccountLabel account={{ id: key.accountId, name: key.accountName }} />,
  region: ({ key }) => key.region,
  evaluated: (row) => <Moment at={row.evaluatedAt} />,
}

export const externalCells =
  (may: (row: ExternalRow) => boolean, act: (act: ReviewAct) => void): Cells<ExternalRow> =>
  (column) => ({
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
  return (
    <span className="claviger-two-lines">
      <ReviewStatus row={row} />
      {may ? <ReviewActs row={row} act={act} /> : <small>needs external.review</small>}
    </span>
  )
}

/** What was decided, and behind it by whom, when and why. */
function ReviewStatus({ row: { state, review } }: { row: ExternalRow }) {
  const { type, text } = states[state]
  const status = <StatusIndicator type={type}>{text}</StatusIndicator>
  if (!review) return status
  return (
    <Popover
      triggerType="text"
      dismissButton={false}
      header={text}
      content={
        <>
          {review.reason}
          <Box color="text-body-secondary">
            {review.by}, <Moment at={review.at} />
            {review.until && (
              <>
                ; until <Moment at={review.until} />
              </>
            )}
          </Box>
        </>
      }
    >
      {status}
    </Popover>
  )
}

function ReviewActs({ row, act }: { row: ExternalRow; act: (act: ReviewAct) => void }) {
  const about = `${row.name} on ${row.key.aliases[0] ?? row.key.keyId}`
  return (
    <span className="claviger-cell-acts" data-under={row.review ? 'trigger' : undefined}>
      <Button
        variant="inline-link"
        ariaLabel={`Accept ${about}`}
        onClick={() => act({ row, decision: 'accepted' })}
      >
        Accept
      </Button>{' '}
      <Button
        variant="inline-link"
        ariaLabel={`Needs fix: ${about}`}
        onClick={() => act({ row, decision: 'toFix' })}
      >
        Needs fix
      </Button>
    </span>
  )
}
