'use client'

import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard'
import FormField from '@cloudscape-design/components/form-field'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState } from 'react'
import { Dialog } from '../dialog'
import { removeHook, renewHookSecret } from './actions'

/** The one time a secret is seen, and how a receiver uses it (lib/notify/message.ts). */
export function SecretDialog({
  name,
  secret,
  onClose,
}: {
  name: string
  secret: string
  onClose(): void
}) {
  return (
    <Modal
      visible
      header={`The signing secret of ${name}`}
      onDismiss={onClose}
      footer={
        <Box float="right">
          <Button variant="primary" onClick={onClose}>
            I have kept it
          </Button>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <Alert type="warning">
          It is shown this one time. Give it to the receiver now; a new one can be made at any time.
        </Alert>
        <FormField label="Secret">
          <CopyToClipboard
            variant="inline"
            textToCopy={secret}
            copyButtonAriaLabel="Copy the secret"
            copySuccessText="Copied"
            copyErrorText="The browser did not allow copying"
          />
        </FormField>
        <Box variant="p">
          Each message has a header <Box variant="code">Claviger-Signature: t=…,v1=…</Box>, where t
          is seconds since 1970 and v1 is the HMAC-SHA-256 in hex of t, a dot and the body as
          received, with the whole secret as the key. The receiver computes the same, refuses what
          differs or is older than five minutes, and takes each{' '}
          <Box variant="code">Claviger-Delivery</Box> once.
        </Box>
      </SpaceBetween>
    </Modal>
  )
}

export function RenewSecret({ name, onClose }: { name: string; onClose(): void }) {
  const [secret, setSecret] = useState<string | null>(null)
  if (secret !== null) return <SecretDialog name={name} secret={secret} onClose={onClose} />
  return (
    <Dialog
      title="Make a new secret"
      done={() => `${name} has a new secret.`}
      send={() => renewHookSecret({ name })}
      onDone={({ secret: made }) => (made === null ? onClose() : setSecret(made))}
      onClose={onClose}
    >
      <Box variant="p">
        With the next click messages to {name} are signed with a new secret. The receiver refuses
        them until it has it.
      </Box>
    </Dialog>
  )
}

export function RemoveHook({ name, onClose }: { name: string; onClose(): void }) {
  return (
    <Dialog
      title="Remove the webhook"
      done={() => `${name} is removed.`}
      send={() => removeHook({ name })}
      onClose={onClose}
    >
      <Box variant="p">
        {name} gets no further message, not those either that still wait to be sent to it. Its
        address and secret are forgotten.
      </Box>
    </Dialog>
  )
}
