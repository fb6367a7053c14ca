'use client'

import Box from '@cloudscape-design/components/box'
import FormField from '@cloudscape-design/components/form-field'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Textarea from '@cloudscape-design/components/textarea'
import { useState, useTransition, type ReactNode } from 'react'
import { DialogButtons } from '@/components/shell/dialog-buttons'
import { useFlash } from '@/components/shell/flash'
import type { Failure, Result } from '@/lib/result'

type Props = {
  title: string
  button: string
  /** What is decided about, and what the decision means. */
  about: ReactNode
  /** What the reason is called. */
  label?: string
  reason?: string
  /** What else is asked for, under the reason; it is told what was refused. */
  more?: (failure: Failure | null) => ReactNode
  send: (reason: string) => Promise<Result<unknown>>
  /** Said when it was kept. */
  done: string
  onClose: () => void
  onDone: () => void
}

/** Asks for the reason of a decision, sends it, and says that it was kept or why it was refused. */
export function ReasonDialog({ title, button, about, label = 'Reason', more, ...props }: Props) {
  const [reason, setReason] = useState(props.reason ?? '')
  const { failure, isSending, send } = useSending(props)
  return (
    <Modal
      visible
      header={title}
      onDismiss={props.onClose}
      closeAriaLabel="Close"
      footer={
        <DialogButtons
          label={button}
          isBusy={isSending}
          onConfirm={() => send(reason)}
          onBack={props.onClose}
        />
      }
    >
      <SpaceBetween size="m">
        <Box variant="p">{about}</Box>
        <FormField label={label} errorText={failure?.fields?.reason?.[0]}>
          <Textarea value={reason} onChange={({ detail }) => setReason(detail.value)} rows={3} />
        </FormField>
        {more?.(failure)}
        {failure && (
          <Box color="text-status-error" variant="p">
            <span role="alert">{failure.message}</span>
          </Box>
        )}
      </SpaceBetween>
    </Modal>
  )
}

function useSending({ send: sent, done, onDone }: Pick<Props, 'send' | 'done' | 'onDone'>) {
  const flash = useFlash()
  const [failure, setFailure] = useState<Failure | null>(null)
  const [isSending, startSending] = useTransition()
  const send = (reason: string) =>
    startSending(async () => {
      const result = await sent(reason)
      if (!result.ok) return setFailure(result.error)
      flash.success(done)
      onDone()
    })
  return { failure, isSending, send }
}
