import 'server-only'
import { appendAudit } from '../audit/append'
import type { AuditEventName } from '../audit/events'
import type { Permit } from '../auth/permit'
import { sql, transaction } from '../db/client'
import { env } from '../env'
import { AppError } from '../errors'
import { noticeEvents, type NoticeEvent } from '../notify/events'
import { openWebhook } from '../notify/seal'
import {
  choiceFor,
  readNotificationSettings,
  settingName,
  writeStored,
  type EventChoice,
  type Webhook,
  type WebhookKind,
  type NotificationSettings,
} from '../notify/settings'
import { isOldSecret } from '../notify/webhook-signature'

/** A webhook as it can be shown: no address beyond the host, no secret. */
export type WebhookRow = {
  name: string
  kind: WebhookKind
  origin: string
  events: NoticeEvent[]
  /** Its messages carry the old signature too; null where its secret cannot be read. */
  sendsOldSignature: boolean | null
}
export type NotificationView = {
  version: number
  choices: { event: NoticeEvent; choice: EventChoice }[]
  webhooks: WebhookRow[]
  /** Null: no mail server is set. */
  mailFrom: string | null
  /** Hosts of CLAVIGER_WEBHOOK_ALLOW. */
  allowedHosts: readonly string[]
}

export async function readNotifications(
  _permit: Permit<'settings.read'>,
): Promise<NotificationView> {
  const settings = await readNotificationSettings(sql)
  const { SMTP_URL, SMTP_FROM, CLAVIGER_WEBHOOK_ALLOW } = env()
  return {
    version: settings.version,
    choices: noticeEvents.map((event) => ({ event, choice: choiceFor(settings, event) })),
    webhooks: settings.webhooks.map(toRow),
    mailFrom: SMTP_URL ? SMTP_FROM : null,
    allowedHosts: CLAVIGER_WEBHOOK_ALLOW,
  }
}

function toRow({ name, kind, origin, events, sealed }: Webhook): WebhookRow {
  const contents = kind === 'webhook' ? openWebhook(name, sealed) : null
  const sendsOldSignature =
    kind === 'slack' ? false : contents === null ? null : isOldSecret(contents.secret)
  return { name, kind, origin, events, sendsOldSignature }
}

type Audited = { event: AuditEventName; data: Record<string, unknown> }

/**
 * Changes the setting and says so in the audit log; `change` gets what stands there
 * now, locked, and gives what shall stand there and the entry, which must hold no
 * address beyond the host and no secret.
 */
export async function changeNotifications(
  { actor }: Permit<'settings.manage'>,
  change: (current: NotificationSettings & { version: number }) => {
    next: NotificationSettings
    audited: Audited
  },
): Promise<void> {
  await transaction(async (tx) => {
    await tx.query(`SELECT pg_advisory_xact_lock(hashtext('claviger.notifications'))`)
    const current = await readNotificationSettings(tx)
    const { next, audited } = change(current)
    await tx.execute(
      `INSERT INTO "Setting" ("name", "value", "updatedById") VALUES ($1, $2::jsonb, $3)
       ON CONFLICT ("name")
       DO UPDATE SET "value" = excluded."value", "updatedById" = excluded."updatedById",
         "updatedAt" = now(), "version" = "Setting"."version" + 1`,
      [settingName, writeStored(next), actor.id],
    )
    await appendAudit(tx, {
      ...audited,
      actor,
      data: { name: settingName, version: current.version + 1, ...audited.data },
    })
  })
}

/** @throws AppError conflict when the settings are no longer those that were shown. */
export async function saveNotificationChoices(
  permit: Permit<'settings.manage'>,
  { version, choices }: { version: number; choices: Partial<Record<NoticeEvent, EventChoice>> },
): Promise<void> {
  await changeNotifications(permit, (current) => {
    if (current.version !== version)
      throw new AppError(
        'conflict',
        'Somebody changed these settings meanwhile. Load the page again and look at them first.',
      )
    const changed = noticeEvents.filter(
      (event) =>
        choices[event] &&
        JSON.stringify(choices[event]) !== JSON.stringify(choiceFor(current, event)),
    )
    const next = { ...current, events: { ...current.events, ...choices } }
    return {
      next,
      audited: {
        event: 'setting.changed',
        data: {
          changed: Object.fromEntries(
            changed.map((event) => [
              event,
              { from: choiceFor(current, event), to: choices[event] },
            ]),
          ),
        },
      },
    }
  })
}
