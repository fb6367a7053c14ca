import 'server-only'
import type { Tx } from '@/lib/db/client'
import type { Tally } from './tally'

type Place = { accountId: string; region: string }

/**
 * Keeps two sweeps of one place from ending at the same moment: both write rows of the other's
 * APIs. Taken before the first of the functions below.
 */
export async function lockCoverage(tx: Tx, { accountId, region }: Place): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0)) IS NULL AS "free"', [
    `coverage ${accountId} ${region}`,
  ])
}

/**
 * Stores what each API gave a sweep. What it gave for which key is counted by `countMissedKeys`.
 */
export async function writeCoverage(tx: Tx, place: Place, tally: Tally): Promise<void> {
  const rows = [...tally.apis].map(([api, counts]) => {
    const status = tally.statusOf(api)
    const { calls, denied, throttled } = counts
    return {
      ...place,
      api,
      status,
      detail: status === 'ok' ? null : counts.detail,
      calls,
      denied,
      throttled,
    }
  })
  await tx.execute(
    `INSERT INTO "Coverage" ("accountId", "region", "api", "status", "detail", "calls", "denied",
      "throttled", "observedAt")
     SELECT r."accountId", r."region", r."api", r."status", r."detail", r."calls", r."denied",
       r."throttled", clock_timestamp()
     FROM jsonb_populate_recordset(null::"Coverage", $1::jsonb) r
     ON CONFLICT ("accountId", "region", "api")
     DO UPDATE SET "status" = excluded."status", "detail" = excluded."detail",
       "calls" = excluded."calls", "denied" = excluded."denied", "throttled" = excluded."throttled",
       "observedAt" = excluded."observedAt"`,
    [JSON.stringify(rows)],
  )
  // Only a refusal of the role itself is noted, never its success: any other answer is the proof
  // that it works again.
  const isAnswered = [...tally.apis.values()].some((counts) => counts.ok > 0)
  if (isAnswered && !tally.apis.has('sts:AssumeRole')) {
    await tx.execute(
      `DELETE FROM "Coverage" WHERE "accountId" = $1 AND "region" = $2 AND "api" = 'sts:AssumeRole'`,
      [place.accountId, place.region],
    )
  }
}

/**
 * Counts, for each API of the place, the keys that it does not tell about, from the problems stored
 * beside the keys: a sweep does not ask again what hides from it, so its own calls do not know. An
 * API that answers, yet not for all, is partial. A key whose state or type gives no answer misses
 * nothing.
 */
export async function countMissedKeys(tx: Tx, { accountId, region }: Place): Promise<void> {
  await tx.execute(
    `WITH missed AS (
       SELECT p.value->>'api' AS api, max((p.value->>'code') || ': ' || (p.value->>'message')) AS detail,
         count(DISTINCT k."arn") FILTER (WHERE p.value->>'kind' = 'denied') AS denied,
         count(DISTINCT k."arn") FILTER (WHERE p.value->>'kind' <> 'denied') AS failed
       FROM "Key" k, jsonb_each(k."problems") p
       WHERE k."accountId" = $1 AND k."region" = $2 AND k."goneAt" IS NULL AND k."problems" <> '{}'
         AND p.value->>'kind' = ANY($3)
       GROUP BY 1),
     fresh AS (
       SELECT c."api", coalesce(m.denied, 0) AS denied, coalesce(m.failed, 0) AS failed, m.detail,
         CASE
           WHEN c."status" = 'ok' AND m.api IS NOT NULL THEN 'partial'
           WHEN c."status" = 'partial' AND m.api IS NULL AND c."keysDenied" + c."keysFailed" > 0 THEN 'ok'
           ELSE c."status" END AS status
       FROM "Coverage" c LEFT JOIN missed m ON m.api = c."api" WHERE c."accountId" = $1 AND c."region" = $2)
     UPDATE "Coverage" c SET "keysDenied" = f.denied, "keysFailed" = f.failed, "status" = f.status,
       "detail" = CASE WHEN f.status <> 'ok' THEN coalesce(c."detail", f.detail) END
     FROM fresh f WHERE c."accountId" = $1 AND c."region" = $2 AND c."api" = f."api"
       AND (c."keysDenied", c."keysFailed", c."status") IS DISTINCT FROM (f.denied, f.failed, f.status)`,
    [accountId, region, missingKinds],
  )
}

/**
 * Kinds of a key's problem that leave something unknown which a permission or a working API would
 * tell.
 */
export const missingKinds = [
  'denied',
  'throttled',
  'unavailable',
  'validation',
  'unexpected',
] as const
