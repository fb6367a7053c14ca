'use client'

import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import Multiselect from '@cloudscape-design/components/multiselect'
import RadioGroup from '@cloudscape-design/components/radio-group'
import { useState } from 'react'
import { eventWords, noticeEvents, type NoticeEvent } from '@/lib/notify/events'
import type { WebhookKind } from '@/lib/notify/settings'
import type { Failure, Result } from '@/lib/result'
import type { WebhookRow } from '@/lib/settings/notifications'
import { Dialog } from '../dialog'
import { addWebhook, changeWebhook } from './actions'
import { SecretDialog } from './webhook-dialogs'
import { kindTexts } from './webhook-kinds'

const eventOptions = noticeEvents.map((value) => ({ value, label: eventWords[value] }))
const kindItems = [
  {
    value: 'webhook' as const,
    label: kindTexts.webhook,
    description: 'JSON, signed so that the receiver can tell that it comes from here',
  },
  {
    value: 'slack' as const,
    label: kindTexts.slack,
    description: 'An incoming webhook of Slack, Mattermost and their likes',
  },
]

type Props = { webhook: WebhookRow | null; onClose(): void }

/**
 * A new webhook, or (with `webhook`) other events and another address for one that is there: name
 * and kind stay.
 */
export function WebhookForm({ webhook, onClose }: Props) {
  const [name, setName] = useState(webhook?.name ?? '')
  const [kind, setKind] = useState<WebhookKind>(webhook?.kind ?? 'webhook')
  const [url, setUrl] = useState('')
  const [events, setEvents] = useState<readonly NoticeEvent[]>(webhook?.events ?? [])
  const [fields, setFields] = useState<Failure['fields']>({})
  const [secret, setSecret] = useState<string | null>(null)
  const errorOf = (field: string) => fields?.[field]?.[0]
  if (secret !== null) return <SecretDialog name={name} secret={secret} onClose={onClose} />
  const send = async (): Promise<Result<{ secret: string | null }>> => {
    if (!webhook) return addWebhook({ name, kind, url, events: [...events] })
    const result = await changeWebhook({
      name,
      url: url.trim() === '' ? null : url,
      events: [...events],
    })
    return result.ok ? { ok: true, data: { secret: null } } : result
  }
  return (
    <Dialog
      title={webhook ? 'Change the webhook' : 'Add a webhook'}
      done={() => (webhook ? `${name} is changed.` : `${name} gets messages from now on.`)}
      send={send}
      onFailure={(failure) => setFields(failure?.fields)}
      onDone={({ secret: made }) => (made === null ? onClose() : setSecret(made))}
      onClose={onClose}
    >
      <NameField webhook={webhook} name={name} error={errorOf('name')} onChange={setName} />
      {!webhook && (
        <FormField label="Kind">
          <RadioGroup
            value={kind}
            items={kindItems}
            onChange={({ detail }) => setKind(detail.value === 'slack' ? 'slack' : 'webhook')}
          />
        </FormField>
      )}
      <AddressField webhook={webhook} url={url} error={errorOf('url')} onChange={setUrl} />
      <EventsField events={events} error={errorOf('events')} onChange={setEvents} />
    </Dialog>
  )
}

type TextProps = {
  webhook: WebhookRow | null
  error?: string
  onChange(text: string): void
}

function NameField({ webhook, name, error, onChange }: TextProps & { name: string }) {
  return (
    <FormField
      label="Name"
      description={webhook ? 'It says which webhook it is and stays.' : undefined}
      errorText={error}
    >
      <Input
        value={name}
        disabled={webhook !== null}
        onChange={({ detail }) => onChange(detail.value)}
      />
    </FormField>
  )
}

function AddressField({ webhook, url, error, onChange }: TextProps & { url: string }) {
  return (
    <FormField
      label={webhook ? 'Another address' : 'Address'}
      errorText={error}
      description={
        webhook
          ? `Leave it empty to stay at ${webhook.origin}. It is kept sealed and never shown again.`
          : 'It is kept sealed; of it only the host is shown again.'
      }
    >
      <Input
        value={url}
        type="url"
        inputMode="url"
        autoComplete={false}
        placeholder="https://"
        onChange={({ detail }) => onChange(detail.value)}
      />
    </FormField>
  )
}

type EventsProps = {
  events: readonly NoticeEvent[]
  error?: string
  onChange(events: NoticeEvent[]): void
}

function EventsField({ events, error, onChange }: EventsProps) {
  return (
    <FormField
      label="Events"
      description="It gets those about anybody's requests."
      errorText={error}
    >
      <Multiselect
        placeholder="Choose events"
        options={eventOptions}
        selectedOptions={eventOptions.filter(({ value }) => events.includes(value))}
        expandToViewport
        tokenLimit={4}
        onChange={({ detail }) =>
          onChange(
            noticeEvents.filter((event) =>
              detail.selectedOptions.some(({ value }) => value === event),
            ),
          )
        }
      />
    </FormField>
  )
}
