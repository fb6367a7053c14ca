'use server'

import { z } from 'zod'
import { action } from '@/lib/door/action'
import { noticeEvents } from '@/lib/notify/events'
import { emailChoices, hookKinds } from '@/lib/notify/settings'
import { retryDelivery as retry, sendTestMessage as sendTest } from '@/lib/settings/deliveries'
import {
  addHook as add,
  changeHook as change,
  removeHook as remove,
  renewHookSecret as renew,
} from '@/lib/settings/hooks'
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
export const addHook = action(
  'settings.manage',
  z.object({ name, kind: z.enum(hookKinds), url, events }),
  add,
)
export const changeHook = action(
  'settings.manage',
  z.object({ name, url: url.nullable(), events }),
  change,
)
export const renewHookSecret = action('settings.manage', z.object({ name }), renew)
export const removeHook = action('settings.manage', z.object({ name }), remove)
export const sendTestMessage = action(
  'settings.manage',
  z.object({ hook: name.nullable() }),
  sendTest,
)
export const retryDelivery = action(
  'settings.manage',
  z.object({ id: z.uuid('This is no id of ours.') }),
  retry,
)
