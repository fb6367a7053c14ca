/** Which hours of a folder are whole: every event of them that the trail takes is here. */
import 'server-only'
import { sql, type Sql } from '@/lib/db/client'
import type { LogPlace, LogSource } from './places'
import { troubledStates } from './words'

/**
 * CloudTrail delivers an event within about 5 minutes on average, which AWS does not guarantee: an
 * hour is whole when all that was delivered in it and this long after it is here.
 */
const lateness = sql`interval '90 minutes'`

/** Whether a file (f), a digest or a gap has to do with an hour (h). */
const touches = sql`f."deliveredAt" >= h AND coalesce(f."since", f."deliveredAt")
  < h + interval '1 hour' + ${lateness}`

/**
 * Until when deliveries are known. Digests prove it, also of an hour in which nothing was delivered;
 * without them it is known of no hour but those around a file.
 */
const knownUntil = ({ validates }: LogSource): Sql =>
  validates ? sql`p."digestsUntil"` : sql`p."newestAt"`

const firstKnown = ({ validates, readFrom }: LogSource): Sql =>
  validates ? sql`greatest(p."digestsFrom", ${readFrom})` : sql`${readFrom}::timestamptz`

/** Of an hour without a file, nothing is known where no digest says that there was none. */
const isSeen = ({ validates }: LogSource): Sql =>
  validates
    ? sql`true`
    : sql`EXISTS (SELECT 1 FROM "TrailLogFile" f WHERE f."placeId" = p."id"
        AND f."state" = 'read' AND f."deliveredAt" >= h
        AND f."deliveredAt" < h + interval '1 hour' + ${lateness})`

/**
 * Writes the coverage of hours that are over since the last turn. Of a trail whose selectors leave
 * events of KMS out no hour is whole.
 */
export async function coverHours(source: LogSource, { id }: LogPlace): Promise<void> {
  await sql.execute(
    sql`WITH place AS (
       SELECT p.*, coalesce(p."coveredUntil",
           date_trunc('hour', ${firstKnown(source)} + interval '59 minutes 59 seconds', 'UTC'))
           AS "from",
         date_trunc('hour', least(${knownUntil(source)}, w."oldest") - ${lateness}, 'UTC') AS "to"
       FROM "TrailLogPlace" p, LATERAL (SELECT min(f."deliveredAt") AS "oldest"
         FROM "TrailLogFile" f WHERE f."placeId" = p."id" AND f."state" = 'waiting') w
       WHERE p."id" = ${id}),
     covered AS (
       INSERT INTO "TrailCoverage" AS c
         ("source", "accountId", "region", "hour", "isWhole", "changesAreWhole")
       SELECT ${source.trailArn}, p."accountId", p."region", h, w."isWhole", w."isWhole"
       FROM place p, generate_series(p."from", p."to" - interval '1 hour', interval '1 hour') h,
         LATERAL (SELECT NOT EXISTS (SELECT 1 FROM "TrailLogFile" f
             WHERE f."placeId" = p."id" AND f."state" = ANY(${troubledStates}) AND ${touches})
           AND NOT EXISTS (SELECT 1 FROM "AwsTrail" t
             WHERE t."arn" = ${source.trailArn} AND t."kms" <> 'all') AS "isWhole") w
       WHERE ${isSeen(source)}
       ON CONFLICT ("source", "accountId", "region", "hour") DO UPDATE
         SET "isWhole" = excluded."isWhole", "changesAreWhole" = excluded."changesAreWhole",
           "observedAt" = now()
         WHERE c."isWhole" <> excluded."isWhole")
     UPDATE "TrailLogPlace" p SET "coveredUntil" = place."to" FROM place
     WHERE p."id" = place."id" AND place."to" > place."from"`,
  )
}
