'use client'

import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard'
import FormField from '@cloudscape-design/components/form-field'
import Link from '@cloudscape-design/components/link'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState } from 'react'
import type { WebhookRow } from '@/lib/settings/notifications'
import { Dialog } from '../dialog'
import { removeWebhook, renewWebhookSecret } from './actions'

/** The one time a secret is seen, and how a receiver uses it (lib/notify/webhook-signature.ts). */
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
          Messages are signed as{' '}
          <Link external href="https://www.standardwebhooks.com/">
            Standard Webhooks
          </Link>{' '}
          says, and its libraries check them with this secret: the headers{' '}
          <Box variant="code">webhook-id</Box>, <Box variant="code">webhook-timestamp</Box> and{' '}
          <Box variant="code">webhook-signature: v1,…</Box>, the HMAC-SHA-256 in base64 of the id,
          the timestamp and the body as received with dots between them. The receiver refuses what
          differs or is older than five minutes, and takes each id once.
        </Box>
      </SpaceBetween>
    </Modal>
  )
}

type RenewProps = { webhook: WebhookRow; onClose(): void }

export function RenewSecret({ webhook: { name, sendsOldSignature }, onClose }: RenewProps) {
  const [secret, setSecret] = useState<string | null>(null)
  if (secret !== null) return <SecretDialog name={name} secret={secret} onClose={onClose} />
  return (
    <Dialog
      title="Renew the secret"
      done={() => `${name} has a new secret.`}
      send={() => renewWebhookSecret({ name })}
      onDone={({ secret: made }) => (made === null ? onClose() : setSecret(made))}
      onClose={onClose}
    >
      <Box variant="p">
        With the next click messages to {name} are signed with a new secret. The receiver refuses
        them until it has it.
      </Box>
      {sendsOldSignature && (
        <Box variant="p">
          The headers <Box variant="code">Claviger-Signature</Box>,{' '}
          <Box variant="code">Claviger-Delivery</Box> and <Box variant="code">Claviger-Event</Box>{' '}
          end with the old secret. A receiver can check <Box variant="code">webhook-signature</Box>{' '}
          before that: the old secret reads <Box variant="code">whsec_</Box> and the base64 of its
          whole text there.
        </Box>
      )}
    </Dialog>
  )
}

export function RemoveWebhook({ name, onClose }: { name: string; onClose(): void }) {
  return (
    <Dialog
      title="Remove the webhook"
      done={() => `${name} is removed.`}
      send={() => removeWebhook({ name })}
      onClose={onClose}
    >
      <Box variant="p">
        {name} gets no further message, not those either that still wait to be sent to it. Its
        address and secret are forgotten.
      </Box>
    </Dialog>
  )
}
