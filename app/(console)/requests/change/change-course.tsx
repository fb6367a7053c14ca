'use client'

import Alert, { type AlertProps } from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import KeyValuePairs, {
  type KeyValuePairsProps,
} from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { statusWords } from '@/components/change/words'
import { hrefOfRequest } from '@/components/request/href-of-request'
import { useHeld } from '@/components/shell/held'
import { Countdown, Instant } from '@/components/value/clock'
import { undecided, type ChangeStatus } from '@/lib/change-status'
import type { ChangeDetail } from '@/lib/changes/read/shapes'
import { ChangeTrail } from './change-trail'
import { Outcome } from './outcome'
import { Part } from './part'

/**
 * How it went: when it was approved, done and undone, what AWS answered, what went wrong and what
 * one can do, and what CloudTrail saw.
 */
export function ChangeCourse({
  change,
  breakGlass,
}: {
  change: ChangeDetail
  breakGlass: boolean
}) {
  const { status, outcome, undoOutcome, reconciled } = change
  if (undecided.includes(status)) return null
  return (
    <Part title="What happened">
      <SpaceBetween size="s">
        <Trouble change={change} />
        <Times change={change} breakGlass={breakGlass} />
        {outcome && <Outcome title="What AWS gave" of={outcome} />}
        {undoOutcome && <Outcome title="What AWS gave when it was undone" of={undoOutcome} />}
        {reconciled && (
          <Alert type="warning" header="AWS is not as it should be">
            {reconciled.words}{' '}
            <Box variant="small">
              Found <Instant at={reconciled.at} />
            </Box>
          </Alert>
        )}
        <ChangeTrail change={change} />
        <Next change={change} />
      </SpaceBetween>
    </Part>
  )
}

/** What is usually wanted once this kind of change is done, for who can request it. */
function Next({ change: { next, status, keyArn } }: { change: ChangeDetail }) {
  const held = useHeld()
  if (!next || status !== 'applied' || keyArn === null || !held.has('requests.create')) return null
  const action = <Button href={hrefOfRequest(next.kind, [keyArn])}>{next.label}</Button>
  return (
    <Alert type="info" action={action}>
      {next.words}
    </Alert>
  )
}

const advice: Partial<Record<ChangeStatus, { type: AlertProps.Type; next: string }>> = {
  failed: {
    type: 'error',
    next: 'It is not tried again. Put right what stood in the way, then make a new request from this one.',
  },
  drifted: {
    type: 'warning',
    next:
      'What was approved rests on a state that is gone, so nothing was overwritten. A new ' +
      'request from this one reads AWS afresh.',
  },
  revertFailed: { type: 'error', next: 'What it made may still be in force in AWS.' },
  expired: {
    type: 'info',
    next: 'Nothing was sent to AWS. Make a new request from this one if it is still needed.',
  },
  rejected: { type: 'info', next: 'Nothing was sent to AWS.' },
  cancelled: { type: 'info', next: 'Nothing was sent to AWS.' },
}

/**
 * What went wrong, what is true in AWS, and what one can do: `problem` is written by who looked.
 */
function Trouble({ change: { status, problem, nextTryAt } }: { change: ChangeDetail }) {
  const known = advice[status]
  if (!known)
    return (
      problem && (
        <StatusIndicator type="info" wrapText>
          {problem}
          {nextTryAt && (
            <>
              {' '}
              It is looked at again <Countdown at={nextTryAt} over="any moment" />.
            </>
          )}
        </StatusIndicator>
      )
    )
  return (
    <Alert type={known.type} header={statusWords[status]}>
      <SpaceBetween size="xxs">
        {problem && (
          <Box variant="p" padding="n">
            {problem}
          </Box>
        )}
        <Box variant="p" padding="n">
          {known.next}
          {status === 'revertFailed' &&
            (nextTryAt ? (
              <>
                {' '}
                It is tried again <Countdown at={nextTryAt} over="any moment" />.
              </>
            ) : (
              ' It is not tried again by itself: a person must look. Undo it by a new request.'
            ))}
        </Box>
      </SpaceBetween>
    </Alert>
  )
}

function Times({
  change: { approvedAt, startedAt, appliedAt, endedAt, sends, undoSends, attempt },
  breakGlass,
}: {
  change: ChangeDetail
  breakGlass: boolean
}) {
  const at = (label: string, time: string | null): KeyValuePairsProps.Item[] =>
    time ? [{ label, value: <Instant at={time} /> }] : []
  const calls = `${sends}${undoSends > 0 ? ` to do it, ${undoSends} to undo it` : ''}`
  return (
    <KeyValuePairs
      columns={3}
      minColumnWidth={200}
      items={[
        ...at(breakGlass ? 'Glass broken, not approved' : 'Approved', approvedAt),
        ...at('Begun', startedAt),
        ...at('Done', appliedAt),
        ...at('At rest since', endedAt),
        ...(attempt > 0
          ? [
              { label: 'Calls that may have reached AWS', value: calls },
              { label: 'Turns of a worker', value: attempt },
            ]
          : []),
      ]}
    />
  )
}
