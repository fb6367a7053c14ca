import 'server-only'
import type { Queryable } from '../db/client'
import { env } from '../env'
import { storableJson, storableText } from '../storable'
import type { NoticeEvent } from './events'
import { choiceFor, readNotificationSettings } from './settings'

export type { NoticeEvent } from './events'

export type Notice = {
  event: NoticeEvent
  requestId: string | null
  /** One line. */
  title: string
  body: string
  /** Path in the console, beginning with a slash: what a click on it opens. */
  href: string
  /**
   * Ids of persons; doubles and people without access are left out. Empty: webhooks alone are told.
   */
  to: readonly string[]
  /** Whoever gets it has to do something. */
  needsAction: boolean
}

/**
 * Inside the caller's transaction: rows under the bell, and messages on their way out as the
 * settings say. Never a network call. Two statements, whatever the number of persons. Throws when
 * `href` leads out of the console.
 */
export async function notify(tx: Queryable, notice: Notice): Promise<void> {
  const { event, requestId, title, body, href, to, needsAction } = notice
  if (!/^\/(?![/\\])/.test(href)) throw new Error('a notice links to a path of the console')
  const settings = await readNotificationSettings(tx)
  const { bell, email } = choiceFor(settings, event)
  const writes =
    env().SMTP_URL !== undefined && (email === 'always' || (email === 'action' && needsAction))
  const webhooks = settings.webhooks.filter((webhook) => webhook.events.includes(event))
  if (webhooks.length === 0 && (to.length === 0 || (!bell && !writes))) return
  await tx.execute(
    `WITH people AS (SELECT "id", lower("email") AS email FROM "Person"
      WHERE "id" = ANY($1::uuid[]) AND "disabledAt" IS NULL),
     rung AS (INSERT INTO "Notification" ("id", "personId", "event", "requestId", "title", "body", "href", "createdAt")
       SELECT gen_random_uuid(), p."id", $2, $3::uuid, $4, $5, $6, claviger_now() FROM people p WHERE $7),
     outgoing(channel, target) AS (
       SELECT DISTINCT 'email', email FROM people WHERE $8 AND email ~ '^[^[:space:]@<>,;:"]+@[^[:space:]@<>,;:"]+$'
       UNION ALL SELECT * FROM unnest($9::text[], $10::text[]))
     INSERT INTO "Delivery" ("id", "channel", "target", "event", "requestId", "payload")
       SELECT gen_random_uuid(), channel, target, $2, $3::uuid, $11::jsonb FROM outgoing`,
    [
      to,
      event,
      requestId,
      storableText(title),
      storableText(body),
      href,
      bell,
      writes,
      webhooks.map(({ kind }) => kind),
      webhooks.map(({ name }) => name),
      storableJson({ title, body, href, needsAction }),
    ],
  )
}
