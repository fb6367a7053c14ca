import 'server-only'
import { sql } from '../../db/client'
import type { KeyPolicy } from '../../inventory/key-detail'

/** Who made a version of a policy, and when, as the trail saw it. */
type PolicyMaker = {
  account: string
  event: string
  at: string
  principal: string
  session: string | null
  /** The change requested here that made it. */
  requestId: string | null
  requestNumber: number | null
}

/** By the id of the version. */
export type PolicyMakers = Readonly<Record<string, PolicyMaker>>

type Event = Omit<PolicyMaker, 'at'> & { at: Date }
type Version = KeyPolicy['policyVersions'][number]

/** A read can see a policy some seconds before or after the time of its event. */
const apartMs = 60_000

/**
 * Returns the makers of versions of a key's policy, by the version's id: the last call that put a
 * policy after the version before was last seen, and before this one was first. A version without
 * one was made where the trail does not look, or before it did.
 */
export async function readPolicyMakers(
  keyArn: string,
  versions: readonly Version[],
): Promise<PolicyMakers> {
  if (versions.length === 0) return {}
  const events = await sql.query<Event>(
    sql`SELECT e.account_id AS account, e.event_id AS event, e.occurred_at AS at, e.principal,
       e.session, c."requestId", r."number" AS "requestNumber"
     FROM trail.event e
     LEFT JOIN trail.mutation m ON m.event_id = e.event_id AND m.account_id = e.account_id
       AND m.occurred_at = e.occurred_at AND m.origin = 'change'
     LEFT JOIN "Change" c ON c."id" = m.change_id LEFT JOIN "Request" r ON r."id" = c."requestId"
     WHERE NOT e.is_use AND lower(e.key_arn) = lower(${keyArn}) AND e.outcome = 'success'
       AND e.operation IN ('PutKeyPolicy', 'CreateKey')
     ORDER BY e.occurred_at DESC LIMIT 1000`,
  )
  return makersOf(versions, events)
}

/** `versions` and `events` newest first. */
function makersOf(versions: readonly Version[], events: readonly Event[]): PolicyMakers {
  return Object.fromEntries(
    versions.flatMap(({ id, firstSeenAt }, place) => {
      const before = versions[place + 1]
      const from = before ? Date.parse(before.lastSeenAt) - apartMs : -Infinity
      const until = Date.parse(firstSeenAt) + apartMs
      const made = events.find(({ at }) => at.getTime() > from && at.getTime() <= until)
      return made ? [[id, { ...made, at: made.at.toISOString() }] as const] : []
    }),
  )
}
