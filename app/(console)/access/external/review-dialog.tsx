'use client'

import Box from '@cloudscape-design/components/box'
import DatePicker from '@cloudscape-design/components/date-picker'
import FormField from '@cloudscape-design/components/form-field'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Textarea from '@cloudscape-design/components/textarea'
import { useState, useTransition } from 'react'
import { DialogButtons } from '@/components/shell/dialog-buttons'
import { useFlash } from '@/components/shell/flash'
import type { ExternalRow } from '@/lib/access/external-row'
import type { Failure } from '@/lib/result'
import { reviewExternalAccess } from './actions'

export type ReviewAct = { row: ExternalRow; decision: 'accepted' | 'toFix' }

const words = {
  accepted: {
    title: 'Accept external access',
    button: 'Accept',
    done: 'Accepted until its last day.',
  },
  toFix: {
    title: 'External access needs fix',
    button: 'Mark as needs fix',
    done: 'Marked as needs fix.',
  },
} as const

const inAYear = () => new Date(Date.now() + 365 * 86_400_000).toISOString().slice(0, 10)

type Props = { act: ReviewAct; onClose: () => void; onDone: () => void }

export function ReviewDialog({ act, onClose, onDone }: Props) {
  const [reason, setReason] = useState('')
  const [until, setUntil] = useState(inAYear)
  const { failure, isSending, send } = useReview(act, onDone)
  const { title, button } = words[act.decision]
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
          onConfirm={() => send({ reason, until })}
          onBack={onClose}
        />
      }
    >
      <SpaceBetween size="m">
        <Decided {...act} />
        <FormField label="Reason" errorText={failure?.fields?.reason?.[0]}>
          <Textarea value={reason} onChange={({ detail }) => setReason(detail.value)} rows={3} />
        </FormField>
        {act.decision === 'accepted' && (
          <LastDay value={until} error={failure?.fields?.until?.[0]} onChange={setUntil} />
        )}
        {failure && (
          <Box color="text-status-error" variant="p">
            <span role="alert">{failure.message}</span>
          </Box>
        )}
      </SpaceBetween>
    </Modal>
  )
}

/** Sends a decision, and says that it was kept or why it was refused. */
function useReview({ row: { keyArn, principal, basis }, decision }: ReviewAct, onDone: () => void) {
  const flash = useFlash()
  const [failure, setFailure] = useState<Failure | null>(null)
  const [isSending, startSending] = useTransition()
  const send = ({ reason, until }: { reason: string; until: string }) =>
    startSending(async () => {
      const result = await reviewExternalAccess({
        keyArn,
        principal,
        basis,
        decision,
        reason,
        until: decision === 'accepted' ? until : null,
      })
      if (!result.ok) return setFailure(result.error)
      flash.success(words[decision].done)
      onDone()
    })
  return { failure, isSending, send }
}

/** The access that is decided about, and what the decision means. */
function Decided({ row, decision }: ReviewAct) {
  return (
    <Box variant="p">
      {row.name} on {row.key.aliases[0] ?? row.key.keyId} in {row.key.accountName}:{' '}
      {row.abilities.map(({ label }) => label.toLowerCase()).join(', ')}.
      {decision === 'accepted'
        ? ' The acceptance ends with its last day, and when another statement or grant lets this principal in.'
        : ' This decides nothing in AWS: it says that somebody has to take the access away.'}
    </Box>
  )
}

function LastDay({
  value,
  error,
  onChange,
}: {
  value: string
  error: string | undefined
  onChange: (day: string) => void
}) {
  return (
    <FormField label="Last day" errorText={error} constraintText="Two years at most.">
      <DatePicker
        value={value}
        onChange={({ detail }) => onChange(detail.value)}
        openCalendarAriaLabel={() => 'Choose the last day'}
        placeholder="YYYY-MM-DD"
        format="iso"
      />
    </FormField>
  )
}
