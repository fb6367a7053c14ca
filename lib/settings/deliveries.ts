import 'server-only'
import { randomUUID } from 'node:crypto'
import { appendAudit } from '../audit/append'
import type { Permit } from '../auth/permit'
import { sql, transaction } from '../db/client'
import { AppError } from '../errors'
import { log } from '../log'
import { SendProblem } from '../notify/problem'
import { send } from '../notify/send'
import { readNotificationSettings } from '../notify/settings'

export type TroubledDelivery = {
  id: string
  channel: string
  target: string
  event: string
  title: string
  tries: number
  problem: string
  createdAt: string
  /** When it is tried again; null: it is not. */
  nextTryAt: string | null
}
type Stored = Omit<TroubledDelivery, 'createdAt' | 'nextTryAt'> & {
  status: string
  createdAt: Date
  nextTryAt: Date
}

/**
 * Messages that did not arrive, newest first: given up, or to be tried again. `waiting`:
 * all that have not left yet.
 */
export async function listTroubledDeliveries(
  _permit: Permit<'settings.read'>,
): Promise<{ deliveries: TroubledDelivery[]; waiting: number }> {
  const [rows, [counted]] = await Promise.all([
    sql.query<Stored>(
      `SELECT "id", "channel", "target", "event", "payload"->>'title' AS title, "tries", "problem",
        "status", "createdAt", "nextTryAt" FROM "Delivery"
       WHERE "status" IN ('queued', 'failed') AND "problem" IS NOT NULL ORDER BY "createdAt" DESC, "id" LIMIT 50`,
    ),
    sql.query<{ waiting: number }>(
      `SELECT count(*) AS waiting FROM "Delivery" WHERE "status" = 'queued'`,
    ),
  ])
  const deliveries = rows.map(({ status, createdAt, nextTryAt, ...row }) => ({
    ...row,
    createdAt: createdAt.toISOString(),
    nextTryAt: status === 'failed' ? null : nextTryAt.toISOString(),
  }))
  return { deliveries, waiting: counted?.waiting ?? 0 }
}

/** From the beginning: at once, then with the pauses of a new message. */
export async function retryDelivery(
  { actor }: Permit<'settings.manage'>,
  { id }: { id: string },
): Promise<void> {
  await transaction(async (tx) => {
    const [row] = await tx.query<{ channel: string; target: string; event: string }>(
      `UPDATE "Delivery" SET "status" = 'queued', "tries" = 0, "nextTryAt" = now()
        WHERE "id" = $1 AND "status" <> 'sent' RETURNING "channel", "target", "event"`,
      [id],
    )
    if (!row)
      throw new AppError('not_found', 'This message has arrived meanwhile, or is forgotten.')
    await appendAudit(tx, {
      event: 'delivery.retried',
      actor,
      data: { delivery: id, channel: row.channel, target: row.target, about: row.event },
    })
  })
}

/**
 * Sends a test at once: to a webhook by its name, or (null) an e-mail to whoever asks.
 * The audit entry comes first: what cannot be recorded is not sent. @returns why it did
 * not arrive; null when it did
 */
export async function sendTestMessage(
  { actor }: Permit<'settings.manage'>,
  { webhook }: { webhook: string | null },
): Promise<{ problem: string | null }> {
  const found =
    webhook === null
      ? null
      : (await readNotificationSettings(sql)).webhooks.find(({ name }) => name === webhook)
  if (found === undefined) throw new AppError('not_found', 'This webhook was removed already.')
  const [channel, target] = found === null ? ['email', actor.email] : [found.kind, found.name]
  await transaction((tx) =>
    appendAudit(tx, { event: 'notification.tested', actor, data: { channel, target } }),
  )
  const payload = {
    title: 'Test message',
    body: `${actor.name} sent this from the settings of Claviger.`,
    href: '/settings/notifications',
    needsAction: false,
  }
  try {
    await send({
      id: randomUUID(),
      channel,
      target,
      event: 'notification.tested',
      requestId: null,
      payload,
      createdAt: new Date(),
    })
    return { problem: null }
  } catch (error) {
    if (!(error instanceof SendProblem)) throw error
    log.warn({ channel, target, err: error }, 'a test message did not arrive')
    return { problem: error.message }
  }
}
