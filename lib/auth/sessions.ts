import 'server-only'
import { appendAudit } from '../audit/append'
import { sql, transaction, type Queryable } from '../db/client'
import { describeDevice } from './device'

/** Why a session is over, as it is stored. */
export type SessionEnd = 'signedOut' | 'ended' | 'endedAll' | 'disabled'

/** Rows are kept so long after their sign-in, for the question who was here. */
export const keptDays = 30

/** Begins a session in the transaction of its sign-in. The cookie gets the id and nothing else. */
export async function beginSession(
  tx: Queryable,
  { personId, userAgent }: { personId: string; userAgent: string | null },
): Promise<string> {
  const [row] = await tx.query<{ id: string }>(
    `INSERT INTO "Session" ("id", "personId", "device", "startedAt", "lastSeenAt")
     VALUES (gen_random_uuid(), $1::uuid, $2, claviger_now(), claviger_now()) RETURNING "id"`,
    [personId, describeDevice(userAgent)],
  )
  if (!row) throw new Error('the database began no session')
  return row.id
}

/**
 * Ends every session of a person that is not over, in the caller's transaction,
 * which writes the audit entry.
 */
export async function endAllSessions(
  tx: Queryable,
  personId: string,
  why: SessionEnd,
): Promise<number> {
  return tx.execute(
    `UPDATE "Session" SET "endedAt" = claviger_now(), "endedWhy" = $2
     WHERE "personId" = $1::uuid AND "endedAt" IS NULL`,
    [personId, why],
  )
}

/** Ends the session of whoever signs out; of one that is over already nothing is said. */
export async function signOut(sessionId: string): Promise<void> {
  await transaction(async (tx) => {
    const [ended] = await tx.query<{ id: string; name: string; email: string }>(
      `UPDATE "Session" s SET "endedAt" = claviger_now(), "endedWhy" = 'signedOut'
       FROM "Person" p WHERE s."id" = $1::uuid AND p."id" = s."personId" AND s."endedAt" IS NULL
       RETURNING p."id", p."name", p."email"`,
      [sessionId],
    )
    if (!ended) return
    await appendAudit(tx, { event: 'person.signedOut', actor: ended, data: { sessionId } })
  })
}

/** Forgets sessions that are long over. For the worker. */
export async function forgetOldSessions(): Promise<void> {
  await sql.execute(
    `DELETE FROM "Session" WHERE "startedAt" < claviger_now() - make_interval(days => ${keptDays})`,
  )
}
