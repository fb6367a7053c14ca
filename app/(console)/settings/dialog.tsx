'use client'

import Box from '@cloudscape-design/components/box'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useRouter } from 'next/navigation'
import { useState, useTransition, type ReactNode } from 'react'
import { DialogButtons } from '@/components/shell/dialog-buttons'
import { useFlash } from '@/components/shell/flash'
import type { Failure, Result } from '@/lib/result'

type DialogProps<T> = {
  title: string
  done: (data: T) => string
  send: () => Promise<Result<T>>
  /** For the words beside the fields; null once nothing is refused. */
  onFailure?: (failure: Failure | null) => void
  /** Instead of closing. */
  onDone?: (data: T) => void
  onClose(): void
  children: ReactNode
}

/**
 * One question before something of the settings changes; its button says
 * what it does, as its title.
 */
export function Dialog<T>({
  title,
  done,
  send,
  onFailure,
  onClose,
  onDone = onClose,
  children,
}: DialogProps<T>) {
  const router = useRouter()
  const flash = useFlash()
  const [isSending, startSending] = useTransition()
  const [failure, setFailure] = useState<Failure | null>(null)
  const confirm = () =>
    startSending(async () => {
      const result = await send()
      const refused = result.ok ? null : result.error
      setFailure(refused)
      onFailure?.(refused)
      if (!result.ok) return
      flash.success(done(result.data))
      onDone(result.data)
      router.refresh()
    })
  return (
    <Modal
      visible
      header={title}
      onDismiss={onClose}
      footer={
        <DialogButtons label={title} isBusy={isSending} onConfirm={confirm} onBack={onClose} />
      }
    >
      <SpaceBetween size="m">
        {children}
        {failure && (
          <Box color="text-status-error" variant="p">
            <span role="alert">{failure.message}</span>
          </Box>
        )}
      </SpaceBetween>
    </Modal>
  )
}
