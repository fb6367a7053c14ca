'use client'

import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState, useTransition } from 'react'
import { DialogButtons } from '@/components/shell/dialog-buttons'
import { useFlash } from '@/components/shell/flash'
import type { Failure } from '@/lib/result'
import { deleteDraft } from './actions'
import { usePlace } from './use-place'

export function DeleteDraft({ arn, id }: { arn: string; id: string }) {
  const [isOpen, setOpen] = useState(false)
  const [failure, setFailure] = useState<Failure | null>(null)
  const [isPending, start] = useTransition()
  const { go } = usePlace()
  const flash = useFlash()
  const remove = () =>
    start(async () => {
      const result = await deleteDraft({ arn, id })
      if (!result.ok) return setFailure(result.error)
      flash.success('The draft is deleted. Nothing changed in AWS.')
      go({ view: 'draft' }, 'replace')
    })
  return (
    <>
      <Button onClick={() => setOpen(true)}>Delete</Button>
      <Modal
        visible={isOpen}
        onDismiss={() => setOpen(false)}
        header="Delete this draft"
        closeAriaLabel="Close"
        footer={
          <DialogButtons
            label="Delete the draft"
            isBusy={isPending}
            onConfirm={remove}
            onBack={() => setOpen(false)}
          />
        }
      >
        <SpaceBetween size="s">
          {failure && <Alert type="error">{failure.message}</Alert>}
          <Box>
            Its text is not kept. The audit log keeps that it was there, its size and its hash. The
            key’s policy stays as it is.
          </Box>
        </SpaceBetween>
      </Modal>
    </>
  )
}
