'use client'

import Alert from '@cloudscape-design/components/alert'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useRouter } from 'next/navigation'
import { useState, useTransition, type ReactNode } from 'react'
import { DialogButtons } from '@/components/shell/dialog-buttons'
import type { Failure, Result } from '@/lib/result'

/**
 * Asks, and goes to the draft that this made. What was refused is said here, beside what was asked.
 */
export function useAsking() {
  const router = useRouter()
  const [failure, setFailure] = useState<Failure | null>(null)
  const [isSending, start] = useTransition()
  const ask = (send: () => Promise<Result<{ id: string }>>) =>
    start(async () => {
      setFailure(null)
      try {
        const result = await send()
        if (!result.ok) return setFailure(result.error)
        router.push(`/requests/${result.data.id}`)
      } catch {
        setFailure({
          code: 'unexpected',
          message: 'The console did not answer. If a draft was made, it stands under Requests.',
        })
      }
    })
  return { failure, isSending, ask, wrong: (field: string) => failure?.fields?.[field]?.[0] }
}

/** Fields whose words stand beside them. */
const said = [
  'justification',
  'ticket',
  'changes.0.input.owner',
  'changes.0.input.reason',
  'changes.0.endsAt',
  'endsAt',
]
const isSaid = ({ fields }: Failure): boolean =>
  fields !== undefined && Object.keys(fields).every((field) => said.includes(field))

type Props = {
  /** What a refusal is about, where it is one of several. */ about?: string
  title: string
  button: string
  isSending: boolean
  disabled?: boolean
  failure: Failure | null
  onAsk(): void
  onClose(): void
  children: ReactNode
}

/** The frame of both dialogs: what follows is a draft, nothing happens to AWS yet. */
export function AskDialog({
  title,
  button,
  isSending,
  disabled = false,
  failure,
  about,
  onAsk,
  onClose,
  children,
}: Props) {
  return (
    <Modal
      visible
      header={title}
      onDismiss={onClose}
      closeAriaLabel="Close"
      size="large"
      footer={
        <DialogButtons
          label={button}
          isBusy={isSending}
          busyText="Reading AWS"
          isDisabled={disabled}
          onConfirm={onAsk}
          onBack={onClose}
        />
      }
    >
      <SpaceBetween size="m">
        {children}
        {failure && !isSaid(failure) && (
          <div role="alert">
            <Alert type="error" header={about}>
              {failure.message}
            </Alert>
          </div>
        )}
      </SpaceBetween>
    </Modal>
  )
}

export function TicketField({
  value,
  error,
  onChange,
}: {
  value: string
  error: string | undefined
  onChange(ticket: string): void
}) {
  return (
    <FormField
      label={
        <>
          Ticket <i>- optional</i>
        </>
      }
      errorText={error}
    >
      <Input value={value} onChange={({ detail }) => onChange(detail.value)} />
    </FormField>
  )
}
