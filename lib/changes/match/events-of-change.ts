import 'server-only'
import { sql } from '../../db/client'
import type { Permit } from '../../auth/permit'
import { AppError } from '../../errors'
import { isChangeVisible, isVisible } from '../scope/visible'

export type EventOfChange = {
  account: string
  event: string
  time: string
  operation: string
  region: string
  request: string | null
}

/** What CloudTrail shows of a change. */
export type TrailOfChange = {
  events: EventOfChange[]
  /**
   * Why there is none: nothing was sent; it was sent lately; the trail has the whole hour and not
   * the event; it does not have the whole hour; it has never seen this account and Region.
   */
  missing: 'notSent' | 'notYet' | 'absent' | 'unsure' | 'unseen' | null
}

type Change = {
  accountId: string | null
  region: string | null
  sends: number
  sentAt: Date | null
  isLate: boolean
}
type Coverage = { isWhole: boolean | null; isAny: boolean; isWaiting: boolean }

/** CloudTrail delivers within minutes, most of the time: after so long it is late. */
const lateAfterMinutes = 30

/**
 * Reads the CloudTrail events of a change, doing it and undoing it.
 * @throws AppError not_found for what the person cannot see.
 */
export async function readTrailOfChange(
  permit: Permit<'requests.read'>,
  changeId: string,
): Promise<TrailOfChange> {
  const [change] = await sql.query<Change>(
    sql`SELECT c."accountId", c."region", c."sends" + c."undoSends" AS "sends",
       greatest(c."lastSentAt", c."undoLastSentAt") AS "sentAt",
       greatest(c."lastSentAt", c."undoLastSentAt")
         < claviger_now() - make_interval(mins => ${lateAfterMinutes}::int) AS "isLate"
     FROM "Request" r JOIN "Change" c ON c."requestId" = r."id"
     WHERE c."id" = ${changeId}::uuid AND ${isVisible(permit)} AND ${isChangeVisible(permit)}`,
  )
  if (!change) throw new AppError('not_found', 'There is no such change among those you may see.')
  const events = await sql.query<Omit<EventOfChange, 'time'> & { time: Date }>(
    sql`SELECT e.account_id AS account, e.event_id AS event, e.occurred_at AS time, e.operation,
       e.region, e.request_id AS request
     FROM trail.mutation m JOIN trail.event e ON e.event_id = m.event_id
       AND e.account_id = m.account_id AND e.occurred_at = m.occurred_at AND NOT e.is_use
     WHERE m.change_id = ${changeId}::uuid AND m.origin = 'change'
     ORDER BY e.occurred_at, e.event_id LIMIT 20`,
  )
  const missing = events.length > 0 ? null : await findMissing(change)
  return { events: events.map((one) => ({ ...one, time: one.time.toISOString() })), missing }
}

async function findMissing(change: Change): Promise<TrailOfChange['missing']> {
  const { accountId, region, sends, sentAt, isLate } = change
  if (sends === 0 || accountId === null || sentAt === null) return 'notSent'
  const [coverage] = await sql.query<Coverage>(
    sql`SELECT EXISTS (SELECT FROM "TrailCoverage" t WHERE t."accountId" = ${accountId}
         AND t."region" = ${region}) AS "isAny",
       (SELECT bool_or(t."isWhole" OR t."changesAreWhole") FROM "TrailCoverage" t WHERE t."accountId" = ${accountId}
         AND t."region" = ${region}
         AND t."hour" = date_trunc('hour', ${sentAt}::timestamptz, 'UTC')) AS "isWhole",
       EXISTS (SELECT FROM trail.unmatched) AS "isWaiting"`,
  )
  if (!coverage?.isAny) return 'unseen'
  if (!isLate) return 'notYet'
  return coverage.isWhole === true && !coverage.isWaiting ? 'absent' : 'unsure'
}
