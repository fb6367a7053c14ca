'use server'

import { z } from 'zod'
import { action } from '@/lib/door/action'
import { noticeEvents } from '@/lib/notify/events'
import { emailChoices, webhookKinds } from '@/lib/notify/settings'
import { retryDelivery as retry, sendTestMessage as sendTest } from '@/lib/settings/deliveries'
import {
  addWebhook as add,
  changeWebhook as change,
  removeWebhook as remove,
  renewWebhookSecret as renew,
} from '@/lib/settings/webhooks'
import { saveNotificationChoices as save } from '@/lib/settings/notifications'

const name = z
  .string()
  .trim()
  .regex(
    /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,39}$/u,
    'A name has up to 40 letters, digits, spaces and . _ -, and begins with a letter or digit.',
  )
const url = z
  .string()
  .trim()
  .min(1, 'Give the address.')
  .max(2_000, 'An address has at most 2,000 characters.')
const events = z
  .array(z.enum(noticeEvents))
  .min(1, 'Choose at least one event: without one nothing is ever sent.')

export const saveNotificationChoices = action(
  'settings.manage',
  z.object({
    version: z.int(),
    choices: z.partialRecord(
      z.enum(noticeEvents),
      z.object({ bell: z.boolean(), email: z.enum(emailChoices) }),
    ),
  }),
  save,
)
export const addWebhook = action(
  'settings.manage',
  z.object({ name, kind: z.enum(webhookKinds), url, events }),
  add,
)
export const changeWebhook = action(
  'settings.manage',
  z.object({ name, url: url.nullable(), events }),
  change,
)
export const renewWebhookSecret = action('settings.manage', z.object({ name }), renew)
export const removeWebhook = action('settings.manage', z.object({ name }), remove)
export const sendTestMessage = action(
  'settings.manage',
  z.object({ webhook: name.nullable() }),
  sendTest,
)
export const retryDelivery = action(
  'settings.manage',
  z.object({ id: z.uuid('This is no id of ours.') }),
  retry,
)
