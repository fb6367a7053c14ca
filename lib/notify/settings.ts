import 'server-only'
import { z } from 'zod'
import type { Queryable } from '../db/client'
import { log } from '../log'
import { noticeEvents, type NoticeEvent } from './events'

export const settingName = 'notifications'

/** When an e-mail is written: `action` only if the person has to do something. */
export const emailChoices = ['never', 'action', 'always'] as const
export type EmailChoice = (typeof emailChoices)[number]
export type EventChoice = { bell: boolean; email: EmailChoice }

/**
 * Silence for what needs no action: e-mail only for what does, the bell for what concerns the
 * person, no webhook unless asked.
 */
const standardChoice: EventChoice = { bell: true, email: 'action' }

export const webhookKinds = ['webhook', 'slack'] as const
export type WebhookKind = (typeof webhookKinds)[number]

const webhookSchema = z.object({
  /** Says which it is, in deliveries and the audit log; never changes. */
  name: z.string(),
  kind: z.enum(webhookKinds),
  /** Scheme and host of the address; the rest of it may be a secret (Slack's always is). */
  origin: z.string(),
  /** Address and signing secret, see seal.ts. */
  sealed: z.string(),
  events: z
    .array(z.string())
    .transform((names) => noticeEvents.filter((event) => names.includes(event))),
})
export type Webhook = z.output<typeof webhookSchema>

/** Stored as `hooks`, the name they had when the first were stored. */
const settingsSchema = z
  .object({
    events: z.partialRecord(
      z.enum(noticeEvents),
      z.object({ bell: z.boolean(), email: z.enum(emailChoices) }),
    ),
    hooks: z.array(webhookSchema),
  })
  .transform(({ events, hooks }) => ({ events, webhooks: hooks }))
export type NotificationSettings = z.output<typeof settingsSchema>

/** Returns the text that `readNotificationSettings` reads back. */
export const writeStored = ({ events, webhooks }: NotificationSettings): string =>
  JSON.stringify({ events, hooks: webhooks })

const standard: NotificationSettings = { events: {}, webhooks: [] }

/**
 * A setting that cannot be read never stops what it would have told of: the standard
 * holds, and the log says so.
 */
export async function readNotificationSettings(
  queryable: Queryable,
  { forUpdate = false } = {},
): Promise<NotificationSettings & { version: number }> {
  const [row] = await queryable.query<{ value: unknown; version: number }>(
    `SELECT "value", "version" FROM "Setting" WHERE "name" = $1${forUpdate ? ' FOR UPDATE' : ''}`,
    [settingName],
  )
  if (!row) return { ...standard, version: 0 }
  const parsed = settingsSchema.safeParse(row.value)
  if (!parsed.success)
    log.error(
      { problem: z.prettifyError(parsed.error) },
      'the notification settings cannot be read; the standard holds',
    )
  return { ...(parsed.data ?? standard), version: row.version }
}

export const choiceFor = ({ events }: NotificationSettings, event: NoticeEvent): EventChoice =>
  events[event] ?? standardChoice
