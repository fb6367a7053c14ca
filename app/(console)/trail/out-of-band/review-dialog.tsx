'use client'

import Box from '@cloudscape-design/components/box'
import FormField from '@cloudscape-design/components/form-field'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Textarea from '@cloudscape-design/components/textarea'
import { useState, useTransition } from 'react'
import { DialogButtons } from '@/components/shell/dialog-buttons'
import { useFlash } from '@/components/shell/flash'
import type { OutOfBandRow } from '@/lib/changes/match/out-of-band-row'
import type { Failure } from '@/lib/result'
import { nameOfPrincipal } from '@/lib/trail/principal'
import { reviewOutOfBandChange } from './actions'

export type ReviewAct = { row: OutOfBandRow; decision: 'explained' | 'accepted' }

const words = {
  explained: {
    title: 'Explain a change out of band',
    button: 'Keep explanation',
    label: 'How it came about',
    done: 'Explained.',
    means: 'This changes nothing in AWS. It says to the others how it came about.',
  },
  accepted: {
    title: 'Accept a change out of band',
    button: 'Accept',
    label: 'Reason',
    done: 'Accepted.',
    means: 'This changes nothing in AWS. It says that what was changed can stay.',
  },
} as const

type Props = { act: ReviewAct; onClose: () => void; onDone: () => void }

export function ReviewDialog({ act, onClose, onDone }: Props) {
  const { row, decision } = act
  const [reason, setReason] = useState(row.reason ?? '')
  const { failure, isSending, send } = useReview(act, onDone)
  const { title, button, label, means } = words[decision]
  return (
    <Modal
      visible
      header={title}
      onDismiss={onClose}
      closeAriaLabel="Close"
      footer={
        <DialogButtons
          label={button}
          isBusy={isSending}
          onConfirm={() => send(reason)}
          onBack={onClose}
        />
      }
    >
      <SpaceBetween size="m">
        <Box variant="p">
          {row.operation} by {nameOfPrincipal(row.principal)}. {means}
        </Box>
        <FormField label={label} errorText={failure?.fields?.reason?.[0]}>
          <Textarea value={reason} onChange={({ detail }) => setReason(detail.value)} rows={3} />
        </FormField>
        {failure && (
          <Box color="text-status-error" variant="p">
            <span role="alert">{failure.message}</span>
          </Box>
        )}
      </SpaceBetween>
    </Modal>
  )
}

/** Sends what was said, and says that it was kept or why it was refused. */
function useReview({ row: { account, event }, decision }: ReviewAct, onDone: () => void) {
  const flash = useFlash()
  const [failure, setFailure] = useState<Failure | null>(null)
  const [isSending, startSending] = useTransition()
  const send = (reason: string) =>
    startSending(async () => {
      const result = await reviewOutOfBandChange({
        accountId: account,
        eventId: event,
        decision,
        reason,
      })
      if (!result.ok) return setFailure(result.error)
      flash.success(words[decision].done)
      onDone()
    })
  return { failure, isSending, send }
}
