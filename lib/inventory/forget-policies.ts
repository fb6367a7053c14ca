import 'server-only'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql, transaction, type Sql } from '../db/client'
import { daysAgo } from '../db/forget'
import { env } from '../env'

/** Versions that are looked at by one statement. */
const window = 2_000
const pauseMs = 20
/** SQLSTATE of a lock that was not to be had in time. */
const lockNotAvailable = '55P03'

/**
 * A condition on a policy version (v): long over, another came after it on its key, and neither a
 * change nor a draft cites its text.
 */
const isForgettable = (days: number): Sql => sql`v."lastSeenAt" < ${daysAgo(days)}
  AND EXISTS (SELECT 1 FROM "PolicyVersion" n WHERE n."keyArn" = v."keyArn"
    AND (n."firstSeenAt", n."id") > (v."firstSeenAt", v."id"))
  AND NOT EXISTS (SELECT 1 FROM "Key" k WHERE k."arn" = v."keyArn" AND k."policyHash" = v."hash")
  AND NOT EXISTS (SELECT 1 FROM "PolicyDraft" d WHERE d."keyArn" = v."keyArn"
    AND d."baseHash" = v."hash")
  AND NOT EXISTS (SELECT 1 FROM "Change" c WHERE c."keyArn" = v."keyArn"
    AND v."hash" IN (c."baseline"->>'policyHash', c."outcome"->>'policyHash',
      c."undoOutcome"->>'policyHash'))`

/**
 * Forgets key policies of the past, and texts that were only theirs. Looks at all versions, a few at
 * a time; stops where keys are being written without a pause, since the next run comes.
 */
export async function forgetOldPolicies(stop?: AbortSignal): Promise<void> {
  const isOld = isForgettable(env().CLAVIGER_KEEP_POLICIES_DAYS)
  for (let after: number | null = 0; after !== null && !stop?.aborted; await sleep(pauseMs)) {
    const [looked]: { last: number | null; old: number[] }[] = await sql.query(
      sql`WITH looked AS (SELECT * FROM "PolicyVersion" WHERE "id" > ${after}
         ORDER BY "id" LIMIT ${window})
       SELECT (SELECT max("id") FROM looked) AS "last",
         ARRAY(SELECT v."id"::float8 FROM looked v WHERE ${isOld}) AS "old"`,
    )
    after = looked?.last ?? null
    if (looked && looked.old.length > 0 && !(await forgetVersions(looked.old, isOld))) return
  }
}

/**
 * Texts are locked against writers first: one that finds its text here already, and has not written
 * yet which key has it, would be left without it. False: they are being written.
 */
async function forgetVersions(ids: readonly number[], isOld: Sql): Promise<boolean> {
  try {
    await transaction(async (tx) => {
      await tx.execute(`SET LOCAL lock_timeout = '200ms'`)
      await tx.execute('LOCK TABLE "PolicyDocument" IN SHARE ROW EXCLUSIVE MODE')
      const gone = await tx.query<{ hash: string }>(
        sql`DELETE FROM "PolicyVersion" v WHERE v."id" = ANY(${ids}::int8[]) AND ${isOld}
         RETURNING v."hash"`,
      )
      await tx.execute(
        sql`DELETE FROM "PolicyDocument" p WHERE p."hash" = ANY(${gone.map(({ hash }) => hash)})
         AND NOT EXISTS (SELECT 1 FROM "PolicyVersion" v WHERE v."hash" = p."hash")
         AND NOT EXISTS (SELECT 1 FROM "PolicyDraft" d WHERE d."baseHash" = p."hash")`,
      )
    })
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === lockNotAvailable) return false
    throw error
  }
}
