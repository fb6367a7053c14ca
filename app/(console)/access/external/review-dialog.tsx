'use client'

import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import DatePicker from '@cloudscape-design/components/date-picker'
import FormField from '@cloudscape-design/components/form-field'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Textarea from '@cloudscape-design/components/textarea'
import { useState, useTransition } from 'react'
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

export function ReviewDialog({
  act: { row, decision },
  onClose,
  onDone,
}: {
  act: ReviewAct
  onClose: () => void
  onDone: () => void
}) {
  const flash = useFlash()
  const [reason, setReason] = useState('')
  const [until, setUntil] = useState(inAYear)
  const [failure, setFailure] = useState<Failure | null>(null)
  const [isSending, startSending] = useTransition()
  const { title, button, done } = words[decision]
  const send = () =>
    startSending(async () => {
      const { keyArn, principal, basis } = row
      const result = await reviewExternalAccess({
        keyArn,
        principal,
        basis,
        decision,
        reason,
        until: decision === 'accepted' ? until : null,
      })
      if (!result.ok) return setFailure(result.error)
      flash.success(done)
      onDone()
    })
  return (
    <Modal
      visible
      header={title}
      onDismiss={onClose}
      closeAriaLabel="Close"
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              Cancel
            </Button>
            <Button variant="primary" loading={isSending} onClick={send}>
              {button}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <Box variant="p">
          {row.name} on {row.key.aliases[0] ?? row.key.keyId} in {row.key.accountName}:{' '}
          {row.abilities.map(({ label }) => label.toLowerCase()).join(', ')}.
          {decision === 'accepted'
            ? ' The acceptance ends with its last day, and when another statement or grant lets this principal in.'
            : ' This decides nothing in AWS: it says that somebody has to take the access away.'}
        </Box>
        <FormField label="Reason" errorText={failure?.fields?.reason?.[0]}>
          <Textarea value={reason} onChange={({ detail }) => setReason(detail.value)} rows={3} />
        </FormField>
        {decision === 'accepted' && (
          <FormField
            label="Last day"
            errorText={failure?.fields?.until?.[0]}
            constraintText="Two years at most."
          >
            <DatePicker
              value={until}
              onChange={({ detail }) => setUntil(detail.value)}
              openCalendarAriaLabel={() => 'Choose the last day'}
              placeholder="YYYY-MM-DD"
              format="iso"
            />
          </FormField>
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
