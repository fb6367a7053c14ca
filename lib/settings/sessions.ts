import 'server-only'
import { appendAudit } from '../audit/append'
import type { Actor, Permit } from '../auth/permit'
import { sessionSeconds } from '../auth/session-cookies'
import { sql, transaction } from '../db/client'
import { AppError } from '../errors'

export type SessionRow = {
  id: string
  person: { id: string; name: string; email: string }
  device: string
  startedAt: string
  lastSeenAt: string
  /** By itself, twelve hours after sign-in. */
  endsAt: string
  /** The one this is read by. */
  isThis: boolean
}
/** `total`: how many there are, of which these are the newest. */
export type SessionList = { sessions: SessionRow[]; total: number }
type Stored = Omit<SessionRow, 'person' | 'startedAt' | 'lastSeenAt' | 'endsAt' | 'isThis'> & {
  personId: string
  name: string
  email: string
  startedAt: Date
  lastSeenAt: Date
  endsAt: Date
  total: number
}

/** More than this nobody reads; the newest come first. */
const most = 500

/** Sessions under way: of one person, or of everybody (null). */
async function listLive(
  personId: string | null,
  ownSessionId: string | undefined,
): Promise<SessionList> {
  const rows = await sql.query<Stored>(
    `SELECT s."id", s."device", s."startedAt", s."lastSeenAt", s."startedAt" + make_interval(secs => $2) AS "endsAt",
       p."id" AS "personId", p."name", p."email", (count(*) OVER ())::int AS "total"
     FROM "Session" s JOIN "Person" p ON p."id" = s."personId"
     WHERE s."endedAt" IS NULL AND s."startedAt" > claviger_now() - make_interval(secs => $2)
       AND ($1::uuid IS NULL OR p."id" = $1::uuid)
     ORDER BY s."startedAt" DESC, s."id" LIMIT ${most}`,
    [personId, sessionSeconds],
  )
  const sessions = rows.map(({ personId: id, name, email, ...row }) => ({
    id: row.id,
    device: row.device,
    person: { id, name, email },
    startedAt: row.startedAt.toISOString(),
    lastSeenAt: row.lastSeenAt.toISOString(),
    endsAt: row.endsAt.toISOString(),
    isThis: row.id === ownSessionId,
  }))
  return { sessions, total: rows[0]?.total ?? 0 }
}

export const listOwnSessions = ({ actor }: Permit<'keys.read'>): Promise<SessionList> =>
  listLive(actor.id, actor.sessionId)

export const listSessions = (
  { actor }: Permit<'people.read'>,
  personId: string | null,
): Promise<SessionList> => listLive(personId, actor.sessionId)

/**
 * Ends one session of one's own.
 * @throws AppError not_found for one of somebody else, or that is over.
 */
export const endOwnSession = (
  { actor }: Permit<'keys.read'>,
  { sessionId }: { sessionId: string },
) => endOne(actor, sessionId, actor.id)

/** Ends one session of anybody. @throws AppError not_found for one that is over. */
export const endSession = (
  { actor }: Permit<'people.manage'>,
  { sessionId }: { sessionId: string },
) => endOne(actor, sessionId, null)

async function endOne(actor: Actor, sessionId: string, personId: string | null): Promise<void> {
  await transaction(async (tx) => {
    const [ended] = await tx.query<{ personId: string; person: string }>(
      `UPDATE "Session" s SET "endedAt" = claviger_now(), "endedWhy" = 'ended'
       FROM "Person" p WHERE s."id" = $1::uuid AND p."id" = s."personId" AND s."endedAt" IS NULL
         AND ($2::uuid IS NULL OR p."id" = $2::uuid)
       RETURNING s."personId", p."email" AS "person"`,
      [sessionId, personId],
    )
    if (!ended) throw new AppError('not_found', 'This session is over already.')
    await appendAudit(tx, {
      event: 'session.ended',
      actor,
      data: { ...ended, sessionId },
    })
  })
}
