'use client'

import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useRouter } from 'next/navigation'
import { useTransition, type ReactNode } from 'react'
import { useFlash } from '@/components/shell/flash'
import type { Failure, Result } from '@/lib/result'

type DialogProps<T> = { title: string; done: (data: T) => string; send: () => Promise<Result<T>>; onFailure(failure: Failure | null): void; failure: Failure | null; onClose(): void; children: ReactNode }

/** One question before something of the settings changes; its button says what it does, as its title. */
export function Dialog<T>({ title, done, send, onFailure, failure, onClose, children }: DialogProps<T>) {
  const router = useRouter()
  const flash = useFlash()
  const [isSending, startSending] = useTransition()
  const confirm = () => startSending(async () => {
    const result = await send()
    if (!result.ok) return onFailure(result.error)
    flash.success(done(result.data))
    onClose()
    router.refresh()
  })
  return (
    <Modal
      visible header={title} onDismiss={onClose}
      footer={<Box float="right"><SpaceBetween direction="horizontal" size="xs">
        <Button variant="link" onClick={onClose}>Cancel</Button>
        <Button variant="primary" loading={isSending} onClick={confirm}>{title}</Button>
      </SpaceBetween></Box>}
    >
      <SpaceBetween size="m">
        {children}
        {failure && <Box color="text-status-error" variant="p"><span role="alert">{failure.message}</span></Box>}
      </SpaceBetween>
    </Modal>
  )
}
