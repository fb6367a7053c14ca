import 'server-only'
import { sql } from '../../db/client'
import { notify } from '../../notify/notify'
import { hrefOf } from '../scope/concerned'
import type { ExecutionContext } from '../kinds/execution-context'

/** What lasts shorter than this is not announced: who asked for it remembers. */
const shortestHours = 36
const aheadHours = 24

/**
 * Tells who asked, once, a day before something of theirs is undone: they can ask for more time.
 * Returns how many.
 */
export async function remindOfEnds(execution: ExecutionContext): Promise<number> {
  return execution.transaction(async (tx) => {
    const rows = await tx.query<{ requestId: string; title: string; requesterId: string }>(
      sql`WITH soon AS (
         SELECT c."id", r."requesterId" FROM "Change" c JOIN "Request" r ON r."id" = c."requestId"
         WHERE c."status" = 'applied' AND c."endNotedAt" IS NULL AND c."endAskedAt" IS NULL
           AND c."endsAt" > claviger_now()
           AND c."endsAt" <= claviger_now() + make_interval(hours => ${aheadHours})
             AND c."endsAt" - c."appliedAt" > make_interval(hours => ${shortestHours})
         ORDER BY c."id" LIMIT 100 FOR UPDATE OF c SKIP LOCKED)
       UPDATE "Change" c SET "endNotedAt" = claviger_now() FROM soon s WHERE c."id" = s."id"
       RETURNING c."requestId", c."title", s."requesterId"`,
    )
    for (const { requestId, title, requesterId } of rows) {
      await notify(tx, {
        event: 'change.endsSoon',
        requestId,
        title: `Ends within a day: ${title}`,
        body: 'It is undone at its end. To keep it longer, extend it by a new request.',
        href: hrefOf(requestId),
        to: [requesterId],
        needsAction: false,
      })
    }
    return rows.length
  })
}
