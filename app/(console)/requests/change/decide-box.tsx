'use client'

import Button from '@cloudscape-design/components/button'
import FormField from '@cloudscape-design/components/form-field'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Textarea from '@cloudscape-design/components/textarea'
import { useState } from 'react'
import { utcTime } from '@/components/value/relative-time'
import { useFlash } from '@/components/shell/flash'
import type { ChangeRow } from '@/lib/changes/read/shapes'
import { decideChange } from '../actions'
import { Acknowledge, completersOf } from './acknowledge'
import { Refusal } from '../refusal'
import { useAct } from '../use-act'

type Decision = 'approve' | 'reject'

/** The change as it stands on the screen: what a decision is bound to. */
export const shownOf = ({ id, requestHash, baselineHash }: ChangeRow) => ({
  changeId: id,
  requestHash: requestHash ?? '',
  baselineHash,
})

/** In words what became of a decision. */
export function decidedWords(
  status: 'open' | 'approved' | 'rejected',
  { title, startsAt }: Pick<ChangeRow, 'title' | 'startsAt'>,
): string {
  if (status === 'rejected') return `Rejected: ${title}`
  if (status === 'open') return `Your approval counts; more are needed: ${title}`
  const isLater = startsAt !== null && Date.parse(startsAt) > Date.now()
  return isLater
    ? `Approved, begins ${utcTime(startsAt)}: ${title}`
    : `Approved, and about to be done: ${title}`
}

type Props = { change: ChangeRow; onDecided: () => Promise<unknown> }

/** A decision about one change, as it is being made. */
function useDecision({ change, onDecided }: Props) {
  const [comment, setComment] = useState('')
  const [acknowledged, setAcknowledged] = useState<readonly string[]>([])
  const [pressed, setPressed] = useState<Decision | null>(null)
  const { isActing, failure, run } = useAct()
  const flash = useFlash()
  const decide = (decision: Decision) => {
    setPressed(decision)
    run(
      () =>
        decideChange({ ...shownOf(change), decision, comment, acknowledged: [...acknowledged] }),
      async ({ status }) => {
        flash.success(decidedWords(status, change))
        await onDecided()
        // the buttons are gone: the keyboard stays with the change
        document.getElementById(`change-${change.position}`)?.focus()
      },
    )
  }
  return {
    comment,
    setComment,
    acknowledged,
    setAcknowledged,
    decide,
    pressed,
    isActing,
    failure,
  }
}

/** Decides about one change, or says why one cannot. */
export function DecideBox(props: Props) {
  const { change } = props
  const decision = useDecision(props)
  if (change.status !== 'open') return null
  if (!change.decide.may)
    return (
      <StatusIndicator type="info" wrapText>
        You cannot decide about this. {change.decide.why}
      </StatusIndicator>
    )
  const { delegateOf, asOwner } = change.decide
  return (
    <DecisionForm
      change={change}
      decision={decision}
      description={
        commentWanted(change.comment) +
        (delegateOf ? ` You decide as the delegate of ${delegateOf}.` : '') +
        (asOwner ? ' You decide as the owner of the key.' : '')
      }
    />
  )
}

type FormProps = {
  change: ChangeRow
  decision: ReturnType<typeof useDecision>
  description: string
}

function DecisionForm({ change, decision, description }: FormProps) {
  const { comment, acknowledged, pressed, failure } = decision
  const fieldError = failure?.fields?.comment?.[0]
  const notKnown = failure?.fields?.acknowledged?.[0]
  return (
    <SpaceBetween size="s">
      <FormField
        stretch
        label={`Comment on: ${change.title}`}
        errorText={fieldError}
        description={description}
      >
        <Textarea
          value={comment}
          rows={2}
          onChange={({ detail }) => decision.setComment(detail.value)}
        />
      </FormField>
      <Acknowledge
        accounts={completersOf([change])}
        chosen={acknowledged}
        onChange={decision.setAcknowledged}
        error={notKnown}
      />
      <DecisionButtons title={change.title} decision={decision} />
      <Refusal
        failure={fieldError || notKnown ? null : failure}
        header={pressed === 'reject' ? 'Not rejected' : 'Not approved'}
      />
    </SpaceBetween>
  )
}

type ButtonsProps = Pick<FormProps, 'decision'> & { title: string }

function DecisionButtons({ title, decision: { decide, pressed, isActing } }: ButtonsProps) {
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button
        variant="primary"
        ariaLabel={`Approve: ${title}`}
        loading={isActing && pressed === 'approve'}
        disabled={isActing}
        onClick={() => decide('approve')}
      >
        Approve
      </Button>
      <Button
        ariaLabel={`Reject: ${title}`}
        loading={isActing && pressed === 'reject'}
        disabled={isActing}
        onClick={() => decide('reject')}
      >
        Reject
      </Button>
    </SpaceBetween>
  )
}

const commentWanted = (wanted: 'none' | 'reject' | 'both'): string =>
  wanted === 'both'
    ? 'The rule wants a comment with every decision.'
    : wanted === 'reject'
      ? 'The rule wants a comment with a rejection.'
      : 'Not required.'
