'use client'

import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Link from '@cloudscape-design/components/link'
import Popover from '@cloudscape-design/components/popover'
import StatusIndicator, {
  type StatusIndicatorProps,
} from '@cloudscape-design/components/status-indicator'
import type { ReactNode } from 'react'
import type { Cells } from '@/components/table/table-columns'
import { Identifier } from '@/components/value/identifier'
import { Middle } from '@/components/value/middle'
import { Breakable } from '@/components/value/breakable'
import { Moment } from '@/components/value/moment'
import {
  stateWords,
  whyWords,
  type OutOfBandRow,
  type OutOfBandState,
} from '@/lib/changes/match/out-of-band-row'
import { hrefOfRevert, isRevertible } from '@/lib/changes/match/revert'
import { own } from '@/lib/own'
import { eventPath } from '@/lib/trail/event-row'
import { PrincipalLink, TrailKeyLink } from '../trail-cells'
import type { ReviewAct } from './review-dialog'

const none = <span className="claviger-none">none</span>

const types: Readonly<Record<OutOfBandState, StatusIndicatorProps.Type>> = {
  open: 'warning',
  explained: 'info',
  accepted: 'success',
  before: 'stopped',
}

type Acts = {
  mayReview: (row: OutOfBandRow) => boolean
  mayRequest: (row: OutOfBandRow) => boolean
  act: (act: ReviewAct) => void
}

const shows: Readonly<Record<string, (row: OutOfBandRow) => ReactNode>> = {
  time: (row) => <Moment at={row.time} />,
  operation: (row) => (
    <Link href={eventPath(row)}>
      <Breakable text={row.operation} />
    </Link>
  ),
  why: (row) => whyWords[row.why],
  principal: (row) => <PrincipalLink principal={row.principal} />,
  session: (row) => row.session && <Middle text={row.session} />,
  key: (row) => row.key && <TrailKeyLink arn={row.key} />,
  event: (row) => <Identifier text={row.event} most={16} />,
}

export const outOfBandCells =
  (acts: Acts): Cells<OutOfBandRow> =>
  (column) => ({
    isRowHeader: column === 'operation',
    cell: (row) => {
      if (column === 'state') return <Reviewed row={row} {...acts} />
      const show = own(shows, column)
      const value: unknown = Reflect.get(row, column)
      const shown = show ? show(row) : typeof value === 'string' ? value : null
      return shown || none
    },
  })

function Reviewed({ row, mayReview, mayRequest, act }: Acts & { row: OutOfBandRow }) {
  return (
    <span className="claviger-two-lines">
      <ReviewStatus row={row} />
      <span className="claviger-cell-acts" data-under={row.reason ? 'trigger' : undefined}>
        <OutOfBandActs
          row={row}
          mayReview={mayReview(row)}
          mayRequest={mayRequest(row)}
          act={act}
        />
      </span>
    </span>
  )
}

/** What was said to it, and behind it by whom, when and why. */
function ReviewStatus({ row: { state, reason, reviewedBy, reviewedAt } }: { row: OutOfBandRow }) {
  const status = <StatusIndicator type={types[state]}>{stateWords[state]}</StatusIndicator>
  if (reason === null || state === 'before') return status
  return (
    <Popover
      triggerType="text"
      dismissButton={false}
      header={stateWords[state]}
      content={
        <>
          {reason}
          <Box color="text-body-secondary">
            {reviewedBy}, <Moment at={reviewedAt} />
          </Box>
        </>
      }
    >
      {status}
    </Popover>
  )
}

type ActsOfOne = {
  row: OutOfBandRow
  mayReview: boolean
  mayRequest: boolean
  act: (act: ReviewAct) => void
}

/** What can be done about it: say how it came about, let it be, or put it back. */
function OutOfBandActs({ row, mayReview, mayRequest, act }: ActsOfOne) {
  const about = `${row.operation} of ${row.time}`
  return (
    <>
      {mayReview && row.state !== 'before' && (
        <>
          <Button
            variant="inline-link"
            ariaLabel={`Explain ${about}`}
            onClick={() => act({ row, decision: 'explained' })}
          >
            Explain
          </Button>{' '}
          <Button
            variant="inline-link"
            ariaLabel={`Accept ${about}`}
            onClick={() => act({ row, decision: 'accepted' })}
          >
            Accept
          </Button>{' '}
        </>
      )}
      {mayRequest && row.key !== null && isRevertible(row.operation) && (
        <Button variant="inline-link" ariaLabel={`Revert ${about}`} href={hrefOfRevert(row)}>
          Revert…
        </Button>
      )}
    </>
  )
}
