'use client'

import FormField from '@cloudscape-design/components/form-field'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Textarea from '@cloudscape-design/components/textarea'
import { useState, type ReactNode } from 'react'
import { DialogButtons } from '@/components/shell/dialog-buttons'
import type { Result } from '@/lib/result'
import { Refusal } from '../refusal'
import { useAct } from '../use-act'

type Props = {
  title: string
  /** Of the text that is asked for. */
  label: string
  isRequired: boolean
  children: ReactNode
  act: (text: string) => Promise<Result<unknown>>
  /** After it closed itself. */
  onDone: () => Promise<unknown> | void
  onClose: () => void
}

/**
 * Before something that cannot be taken back: what it does, and why it is done. The button
 * is named as the dialog is.
 */
export function AskWhy({ title, label, isRequired, children, act, onDone, onClose }: Props) {
  const [text, setText] = useState('')
  const { isActing, failure, run } = useAct()
  const fieldError = failure?.fields && Object.values(failure.fields)[0]?.[0]
  return (
    <Modal
      visible
      onDismiss={onClose}
      header={title}
      closeAriaLabel="Close"
      footer={
        <DialogButtons
          label={title}
          back="Go back"
          isBusy={isActing}
          isDisabled={isRequired && text.trim() === ''}
          onConfirm={() =>
            run(
              () => act(text),
              () => {
                onClose()
                return onDone()
              },
            )
          }
          onBack={onClose}
        />
      }
    >
      <SpaceBetween size="m">
        {children}
        <FormField stretch label={label} errorText={fieldError}>
          <Textarea value={text} rows={3} onChange={({ detail }) => setText(detail.value)} />
        </FormField>
        <Refusal failure={fieldError ? null : failure} />
      </SpaceBetween>
    </Modal>
  )
}
