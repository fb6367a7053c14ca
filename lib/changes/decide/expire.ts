import 'server-only'
import { appendAudit } from '../../audit/append'
import { sql } from '../../db/client'
import { notify } from '../../notify/notify'
import { millisecondsTo } from '../../work/claim'
import { worker } from '../run/lease'
import { hrefOf } from '../scope/concerned'
import type { ExecutionContext } from '../kinds/execution-context'

type Expired = {
  id: string
  requestId: string
  title: string
  accountId: string | null
  keyArn: string | null
  requesterId: string
  words: string
}

/**
 * Expires changes that nobody answered in time, and approved ones that could not begin before their
 * end, by the database's clock. At most a hundred a call. Returns how many.
 */
export async function expireUnanswered(execution: ExecutionContext): Promise<number> {
  return execution.transaction(async (tx) => {
    const rows = await tx.query<Expired>(
      sql`WITH late AS (
         SELECT c."id", r."requesterId", CASE WHEN c."status" = 'open'
           THEN CASE WHEN r."answerBy" <= claviger_now() THEN 'Nobody answered in time.'
           ELSE 'Its end came before it was answered.' END
           ELSE 'Its end came before it could begin.' END AS "words"
         FROM "Change" c JOIN "Request" r ON r."id" = c."requestId"
         WHERE c."status" IN ('open', 'approved') AND (c."endsAt" <= claviger_now()
           OR c."status" = 'open' AND r."answerBy" <= claviger_now())
         ORDER BY c."id" LIMIT 100 FOR UPDATE OF c SKIP LOCKED)
       UPDATE "Change" c SET "status" = 'expired', "endedAt" = claviger_now(), "problem" = l."words"
       FROM late l WHERE c."id" = l."id"
       RETURNING c."id", c."requestId", c."title", c."accountId", c."keyArn", l."requesterId", l."words"`,
    )
    for (const { requestId, title, requesterId, words } of rows) {
      await notify(tx, {
        event: 'change.expired',
        requestId,
        title: `Expired: ${title}`,
        body: words,
        href: hrefOf(requestId),
        to: [requesterId],
        needsAction: false,
      })
    }
    for (const { id, requestId, accountId, keyArn, words } of rows) {
      await appendAudit(tx, {
        event: 'change.expired',
        actor: worker,
        accountId: accountId ?? undefined,
        keyArn: keyArn ?? undefined,
        requestId,
        data: { changeId: id, words },
      })
    }
    return rows.length
  })
}

/**
 * Returns in how many milliseconds the next change expires, if nobody answers or it cannot begin;
 * null: none does.
 */
export async function expiryDueMs(): Promise<number | null> {
  const [row] = await sql.query<{ due: number | null }>(
    sql`SELECT ${millisecondsTo('claviger_now()', sql`min("at")`)} AS "due" FROM (
       SELECT "endsAt" AS "at" FROM "Change" WHERE "status" IN ('open', 'approved')
       UNION ALL SELECT r."answerBy" FROM "Request" r
       WHERE r."id" IN (SELECT "requestId" FROM "Change" WHERE "status" = 'open')) d`,
  )
  return row?.due ?? null
}
