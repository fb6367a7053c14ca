'use client'

import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Textarea from '@cloudscape-design/components/textarea'
import { useState, useTransition } from 'react'
import type { ChangeRow } from '@/lib/changes/read/shapes'
import { decideChange } from '../actions'
import { settled } from '../use-act'
import { Acknowledge, completersOf } from './acknowledge'
import { decidedWords, shownOf } from './decide-box'

type Answer = { id: string; ok: boolean; words: string }
type Props = {
  changes: readonly ChangeRow[]
  title: string
  name: string
  onDecided: (refused: readonly string[]) => Promise<unknown>
}

/** One decision about several changes, one after another; each answer stands on its own. */
function useDecideMany({ changes, onDecided }: Pick<Props, 'changes' | 'onDecided'>) {
  const [comment, setComment] = useState('')
  const [acknowledged, setAcknowledged] = useState<readonly string[]>([])
  const [answers, setAnswers] = useState<readonly Answer[]>([])
  const [pressed, setPressed] = useState<'approve' | 'reject' | null>(null)
  const [isActing, start] = useTransition()
  const decide = (decision: 'approve' | 'reject') => {
    setPressed(decision)
    setAnswers([])
    start(async () => {
      const refused: string[] = []
      for (const change of changes) {
        const result = await settled(() =>
          decideChange({ ...shownOf(change), decision, comment, acknowledged: [...acknowledged] }),
        )
        const words = result.ok
          ? decidedWords(result.data.status, change)
          : `${change.title}: ${Object.values(result.error.fields ?? {})[0]?.[0] ?? result.error.message}`
        if (!result.ok) refused.push(change.id)
        setAnswers((all) => [...all, { id: change.id, ok: result.ok, words }])
      }
      if (refused.length === 0) {
        // both stand with these decisions, not with the next ones
        setComment('')
        setAcknowledged([])
      }
      await onDecided(refused)
    })
  }
  return { comment, setComment, acknowledged, setAcknowledged, answers, pressed, isActing, decide }
}

/**
 * Decides about several changes one after another, each bound to what was shown of it;
 * each answer stands on its own.
 */
export function DecideMany({ changes, title, name, onDecided }: Props) {
  const { decide, ...decision } = useDecideMany({ changes, onDecided })
  const { comment, answers, pressed, isActing } = decision
  const isEmpty = changes.length === 0 || isActing
  return (
    <Container header={<Header variant="h2">{title}</Header>}>
      <SpaceBetween size="s">
        <FormField
          stretch
          label={`Comment on ${name}`}
          description={`Stands with each of the decisions.${wantsComment(changes)}`}
        >
          <Textarea
            value={comment}
            rows={2}
            onChange={({ detail }) => decision.setComment(detail.value)}
          />
        </FormField>
        <Acknowledge
          accounts={completersOf(changes)}
          chosen={decision.acknowledged}
          onChange={decision.setAcknowledged}
        />
        <div className="claviger-acts">
          <SpaceBetween direction="horizontal" size="xs">
            <Button
              variant="primary"
              loading={isActing && pressed === 'approve'}
              disabled={isEmpty}
              onClick={() => decide('approve')}
            >{`Approve ${name}`}</Button>
            <Button
              loading={isActing && pressed === 'reject'}
              disabled={isEmpty}
              onClick={() => decide('reject')}
            >{`Reject ${name}`}</Button>
          </SpaceBetween>
        </div>
        <div role="status">
          {answers.map(({ id, ok, words }) => (
            <div key={id}>
              <StatusIndicator type={ok ? 'success' : 'error'} wrapText>
                {words}
              </StatusIndicator>
            </div>
          ))}
        </div>
      </SpaceBetween>
    </Container>
  )
}

function wantsComment(changes: readonly ChangeRow[]): string {
  const wanted = changes.map(({ comment }) => comment)
  return wanted.includes('both')
    ? ' The rules want one with every decision.'
    : wanted.includes('reject')
      ? ' The rules want one with a rejection.'
      : ''
}
