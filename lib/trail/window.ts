import 'server-only'
import { sql, type Queryable } from '../db/client'
import { plain, type Plain } from '../inventory/plain'

type Gap = { from: Date; until: Date; isPart: boolean }
type Read = {
  from: Date
  until: Date
  hours: number
  wholeHours: number
  partHours: number
  gapCount: number
  gaps: readonly Gap[]
}
/** What sources saw of an account and Region between two times. Times are ISO text. */
export type TrailWindow = Plain<Read>

/** The longest gaps that are named; the others are counted. */
const namedGaps = 10

const hourMs = 3_600_000
/**
 * Returns until when hours can be whole: CloudTrail delivers late, and digests come after the hour, so
 * that what is newer than two hours is not missing yet.
 */
export const settledUntil = (now: Date): Date =>
  new Date(Math.floor((now.getTime() - 2 * hourMs) / hourMs) * hourMs)

/**
 * Reads which hours of an account and Region some source saw whole, and which not. What is not whole
 * is a gap: of a part of an hour (`isPart`) some events are there, and nobody knows which are missing.
 */
export async function readTrailWindow(
  { accountId, region }: { accountId: string; region: string },
  from: Date,
  until: Date,
  source: Pick<Queryable, 'query'> = sql,
): Promise<TrailWindow> {
  const [row] = await source.query<Omit<Read, 'from' | 'until' | 'gaps'> & { gaps: Plain<Gap>[] }>(
    sql`WITH hours AS (
        SELECT h FROM generate_series(date_trunc('hour', ${from}::timestamptz, 'UTC'),
          ${until}::timestamptz - interval '1 microsecond', interval '1 hour') h),
      seen AS (
        SELECT hour, bool_or("isWhole") AS whole FROM "TrailCoverage"
        WHERE "accountId" = ${accountId} AND region = ${region}
          AND hour >= date_trunc('hour', ${from}::timestamptz, 'UTC') AND hour < ${until}
        GROUP BY hour),
      marked AS (
        SELECT h, CASE WHEN s.whole THEN 2 WHEN s.hour IS NOT NULL THEN 1 ELSE 0 END AS state
        FROM hours LEFT JOIN seen s ON s.hour = h),
      islands AS (
        SELECT h, state, h - row_number() OVER (PARTITION BY state ORDER BY h) * interval '1 hour' AS island
        FROM marked),
      gaps AS (
        SELECT min(h) AS first, max(h) + interval '1 hour' AS last, state = 1 AS part
        FROM islands WHERE state < 2 GROUP BY state, island),
      longest AS (SELECT * FROM gaps ORDER BY last - first DESC, first LIMIT ${namedGaps})
      SELECT count(*)::int AS hours, (count(*) FILTER (WHERE state = 2))::int AS "wholeHours",
        (count(*) FILTER (WHERE state = 1))::int AS "partHours",
        (SELECT count(*)::int FROM gaps) AS "gapCount",
        coalesce((SELECT json_agg(json_build_object('from', to_char(first AT TIME ZONE 'UTC',
          'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'until', to_char(last AT TIME ZONE 'UTC',
          'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'isPart', part) ORDER BY first) FROM longest), '[]') AS gaps
      FROM marked`,
  )
  const none = { hours: 0, wholeHours: 0, partHours: 0, gapCount: 0, gaps: [] }
  return { ...plain({ from, until }), ...(row ?? none) }
}
