import 'server-only'
import type { Queryable } from '../../db/client'
import { isOpen, nameBusinessHours, nextOpening } from './hours'
import { effectiveRuleSchema } from './schema'

/**
 * Lets approved changes whose rule wants business hours wait until they open next. Call it where
 * changes are claimed, under the lock of claims, so that none slips through; what has begun goes
 * on. Worked out here and not in SQL: Postgres does not know every time zone that Intl does, reads
 * some differently, and a claim that throws would stop all changes. Break-glass does not wait.
 */
export async function holdUntilOpen(tx: Queryable): Promise<number> {
  const due = await tx.query<{ id: string; rule: unknown; now: Date }>(
    `SELECT c."id", c."rule", claviger_now() AS "now" FROM "Change" c JOIN "Request" r ON r."id" = c."requestId"
     WHERE c."status" = 'approved' AND NOT r."breakGlass" AND jsonb_typeof(c."rule"->'businessHours') = 'object'
       AND (c."startsAt" IS NULL OR c."startsAt" <= claviger_now())
         AND (c."nextTryAt" IS NULL OR c."nextTryAt" <= claviger_now())`,
  )
  let held = 0
  for (const { id, rule, now } of due) {
    // a rule that was altered is found where approvals are looked at
    const businessHours = effectiveRuleSchema.safeParse(rule).data?.businessHours
    if (!businessHours || isOpen(businessHours, now)) continue
    held += await tx.execute(
      `UPDATE "Change" SET "nextTryAt" = $2::timestamptz, "problem" = $3
        WHERE "id" = $1::uuid AND "status" = 'approved'`,
      [
        id,
        nextOpening(businessHours, now),
        `It waits for business hours: ${nameBusinessHours(businessHours)}.`,
      ],
    )
  }
  return held
}
