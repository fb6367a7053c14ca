import 'server-only'
import { sql } from '../../db/client'
import { eventPath } from '../event-row'
import { hrefOfEvents } from '../usage/links'
import type { Hit, Signal, Span } from './signal'

/** What is told once, in words. */
export type Episode = {
  accountId: string
  accountName: string
  episode: string
  at: Date
  text: string
  href: string
}

const dayMs = 86_400_000

/** The days that end now: whole in UTC but for the last. */
export const lastDays = (days: number, now: Date): Span => ({
  from: new Date(Math.floor(now.getTime() / dayMs) * dayMs - days * dayMs),
  to: now,
})

type Found = Hit & Pick<Episode, 'accountName' | 'episode'>

/** Finds what a signal says of a time, the newest first: of each episode how it began. */
export async function findEpisodes(
  signal: Signal,
  threshold: number,
  span: Span,
): Promise<Episode[]> {
  const found = await sql.query<Found>(
    sql`SELECT DISTINCT ON (h.account_id, h.episode) h.account_id AS "accountId", h.region,
       h.episode, h.at, h.key_arn AS "keyArn", h.event_id AS "eventId", h.principal, h.operation,
       h.count, h.about, coalesce(a."name", h.account_id) AS "accountName"
     FROM (${signal.look(span, threshold)}) h LEFT JOIN "Account" a ON a."id" = h.account_id
     WHERE h.at >= ${span.from} AND h.at < ${span.to}
     ORDER BY h.account_id, h.episode, h.at, h.event_id`,
  )
  return found
    .toSorted((a, b) => b.at.getTime() - a.at.getTime())
    .map(({ accountName, episode, ...hit }) => ({
      accountId: hit.accountId,
      accountName,
      episode,
      at: hit.at,
      text: signal.say(hit),
      href: (signal.href ?? hrefOf)(hit),
    }))
}

function hrefOf({ accountId, eventId, keyArn, at }: Hit): string {
  if (eventId !== null) return eventPath({ account: accountId, event: eventId })
  const key = keyArn === null ? {} : { key: keyArn }
  return hrefOfEvents({ account: accountId, ...key, since: at.toISOString() })
}
