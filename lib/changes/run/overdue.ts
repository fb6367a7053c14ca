import 'server-only'
import { canBeOverdue, overdueAfterSeconds } from '../../change-status'
import { sql } from '../../db/client'
import { withinAccounts } from '../../db/scope'
import type { Scope } from '../../auth/permissions'
import { notify } from '../../notify/notify'
import { hrefOf, listConcerned } from '../scope/concerned'
import type { ExecutionContext } from '../kinds/execution-context'

/** A condition on a change (c): in force past its end, by the database's clock. */
export const isOverdue = sql`(c."status" = ANY(${canBeOverdue}::"ChangeStatus"[])
  AND c."endsAt" < claviger_now() - make_interval(secs => ${overdueAfterSeconds}))`

/** Counts the changes of these accounts that are overdue. */
export async function countOverdue(scope: Scope): Promise<number> {
  const [row] = await sql.query<{ total: number }>(
    sql`SELECT count(*) AS "total" FROM "Change" c
     WHERE ${isOverdue} AND ${withinAccounts('c."accountId"', scope)}`,
  )
  return row?.total ?? 0
}

type Late = { id: string; requestId: string; title: string; requesterId: string }

/**
 * A condition on a change (c): nobody is undoing it right now, nor was told already that it failed.
 */
const isUntold = sql`(c."leaseUntil" IS NULL OR c."leaseUntil" < claviger_now()) AND NOT EXISTS (
  SELECT 1 FROM "AuditEntry" a WHERE a."requestId" = c."requestId"::text AND a."event" = 'change.revertFailed'
    AND a."body"::jsonb->'data'->>'changeId' = c."id"::text)`

/**
 * Who finds an overdue change, and so why it was not undone: without a worker nothing is; a worker
 * takes up what it can.
 */
const finders = {
  silence: {
    which: isUntold,
    body: 'It should have been undone and is not: no worker is running.',
  },
  worker: {
    which: sql`${isUntold} AND c."status" = 'applied'`,
    body:
      'It should have been undone and is not: the worker has not come to it. It waits while another change of ' +
      'the same key, or many others, are under way.',
  },
}

/**
 * Tells who asked and who approved, once, that a change is past its end and still in
 * force. Returns how many changes.
 */
export async function noteOverdue(
  execution: ExecutionContext,
  finder: keyof typeof finders,
): Promise<number> {
  const { which, body } = finders[finder]
  return execution.transaction(async (tx) => {
    const rows = await tx.query<Late>(
      sql`WITH late AS (
         SELECT c."id", r."requesterId" FROM "Change" c JOIN "Request" r ON r."id" = c."requestId"
         WHERE ${isOverdue} AND ${which} AND c."overdueNotedAt" IS NULL ORDER BY c."id"
         LIMIT 100 FOR UPDATE OF c SKIP LOCKED)
       UPDATE "Change" c SET "overdueNotedAt" = claviger_now() FROM late l WHERE c."id" = l."id"
       RETURNING c."id", c."requestId", c."title", l."requesterId"`,
    )
    for (const { id, requestId, title, requesterId } of rows) {
      await notify(tx, {
        event: 'change.overdue',
        requestId,
        title: `Past its end, still in force: ${title}`,
        body,
        href: hrefOf(requestId),
        to: await listConcerned(tx, { id, request: { requesterId } }),
        needsAction: true,
      })
    }
    return rows.length
  })
}
