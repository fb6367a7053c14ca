import 'server-only'
import type { Permit } from '../../auth/permit'
import { raw, sql } from '../../db/client'
import { withinAccounts } from '../../db/scope'
import { reviewState, type OutOfBandState } from './out-of-band-row'
import type { Origin, Why } from './origin'

/** Whose a mutation of the trail is. */
export type OriginOfEvent = {
  origin: Origin
  why: Why
  state: OutOfBandState
  reason: string | null
  reviewedBy: string | null
  /** Of the change that made it. */
  requestId: string | null
  requestNumber: number | null
}

/** Reads whose an event is; null: it changed nothing, is not judged yet, or is out of scope. */
export async function readOrigin(
  { scope }: Permit<'trail.read'>,
  { account, event }: { account: string; event: string },
): Promise<OriginOfEvent | null> {
  const [found] = await sql.query<OriginOfEvent>(
    sql`SELECT m.origin, m.why, v."reason", v."reviewedBy", c."requestId",
       r."number" AS "requestNumber",
       ${raw(reviewState('m'))} AS state
     FROM trail.mutation m
     LEFT JOIN "OutOfBandReview" v ON v."accountId" = m.account_id AND v."eventId" = m.event_id
     LEFT JOIN "Change" c ON c."id" = m.change_id AND m.origin = 'change'
     LEFT JOIN "Request" r ON r."id" = c."requestId"
     WHERE m.account_id = ${account} AND m.event_id = ${event}
       AND ${withinAccounts('m.account_id', scope)}`,
  )
  return found ?? null
}
