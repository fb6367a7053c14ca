'use client'

import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Modal from '@cloudscape-design/components/modal'
import type { SignalRow } from '@/lib/trail/signals/settings'
import { PreviewList } from './preview-list'

type Props = { signal: SignalRow; onClose(): void }

export function PreviewSignal({ signal: { name, title, threshold }, onClose }: Props) {
  return (
    <Modal
      visible
      size="large"
      header={title}
      onDismiss={onClose}
      footer={
        <Box float="right">
          <Button onClick={onClose}>Close</Button>
        </Box>
      }
    >
      <PreviewList name={name} threshold={threshold?.value ?? null} isAtOnce />
    </Modal>
  )
}
