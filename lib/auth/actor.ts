import 'server-only'
import { db, sql, type Queryable } from '../db/client'
import type { Actor } from './permissions'
import { sessionSeconds } from './session-cookies'

/**
 * Coarse on purpose: most requests only read. Nobody waits for another request that notes the same.
 */
const noteSeen = `
  UPDATE "Session" SET "lastSeenAt" = claviger_now() WHERE "id" = (
    SELECT "id" FROM "Session"
    WHERE "id" = $1::uuid AND "endedAt" IS NULL AND "lastSeenAt" < claviger_now() - interval '5 minutes'
    FOR UPDATE SKIP LOCKED)`

const rolesHeld = `
  coalesce((
    SELECT jsonb_agg(jsonb_build_object('role', a."role", 'accountId', a."accountId"))
    FROM "Assignment" a WHERE a."personId" = p."id"), '[]')`

/**
 * The person of a session, with the roles they hold now, in one statement; null when the session
 * has ended or is too old, or its person is disabled.
 */
export async function findActor(sessionId: string): Promise<Actor | null> {
  const [actor] = await sql.query<Actor>(
    `WITH seen AS (${noteSeen})
     SELECT p."id", p."email", p."name", s."id" AS "sessionId", ${rolesHeld} AS "assigned"
     FROM "Session" s JOIN "Person" p ON p."id" = s."personId"
     WHERE s."id" = $1::uuid AND s."endedAt" IS NULL AND p."disabledAt" IS NULL
       AND s."startedAt" > claviger_now() - make_interval(secs => $2)`,
    [sessionId, sessionSeconds],
  )
  return actor ?? null
}

/**
 * Whom to ask for a permission: everyone who administers the whole
 * installation and is not disabled.
 */
export async function listAdministrators(): Promise<{ name: string; email: string }[]> {
  return db.person.findMany({
    where: { disabledAt: null, assignments: { some: { role: 'admin', accountId: null } } },
    select: { name: true, email: true },
    orderBy: { name: 'asc' },
    take: 5,
  })
}

/** Ids of everyone who administers the whole installation, for news that concerns all of them. */
export async function administratorIds(q: Queryable): Promise<string[]> {
  const rows = await q.query<{ id: string }>(
    `SELECT DISTINCT p."id" FROM "Person" p JOIN "Assignment" a ON a."personId" = p."id"
     WHERE p."disabledAt" IS NULL AND a."role" = 'admin' AND a."accountId" IS NULL`,
  )
  return rows.map(({ id }) => id)
}
