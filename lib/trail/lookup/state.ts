import 'server-only'
import type { AwsProblem } from '../../aws/errors'
import { raw, sql, type Sql } from '../../db/client'
import { env } from '../../env'

// How far LookupEvents was read at a place (trail.lookup): lib/trail/README.md, "LookupEvents".

export type Place = { accountId: string; region: string }
/** From a moment, and up to another one, which is none of it. */
export type Span = { from: Date; to: Date }
/** What was read whole: changes alone, or every event, and so changes too. */
export type What = 'changes' | 'events'

export const nameOfSource = ({ accountId, region }: Place): string =>
  `lookup:${accountId}:${region}`

/**
 * How long after a call its event might still come. "CloudTrail typically delivers events within an
 * average of about 5 minutes of an API call. This time is not guaranteed." What is newer counts as
 * not read, and is read again. Page:
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/how-cloudtrail-works.html
 */
export const lateMs = 20 * 60_000
/** LookupEvents has the last 90 days. */
const keptDays = 90
const dayMs = 86_400_000

/** The time that is read: as far back as it is there and wanted, up to what is settled. */
export function spanOf(what: What, nowMs: number): Span {
  const { CLAVIGER_TRAIL_LOOKUP_DAYS: wanted, CLAVIGER_KEEP_TRAIL_USES_DAYS: kept } = env()
  const days = Math.min(wanted, keptDays, what === 'events' ? kept : keptDays)
  // What is at the very end of the window might be gone by the time it is asked for.
  const slackMs = days === keptDays ? 60_000 : 0
  return {
    from: new Date(Math.floor((nowMs - days * dayMs + slackMs) / 1_000) * 1_000),
    to: new Date(Math.floor((nowMs - lateMs) / 1_000) * 1_000),
  }
}

const isPlace = ({ accountId, region }: Place): Sql =>
  sql`l.account_id = ${accountId} AND l.region = ${region}`

/** Makes the row of a place, and notes in it what other sources have read whole. */
export async function openPlace(place: Place): Promise<void> {
  const { accountId, region } = place
  await sql.execute(
    sql`WITH others AS MATERIALIZED (
        SELECT c."isWhole", range_agg(tstzrange(c.hour, c.hour + interval '1 hour')) AS time
        FROM "TrailCoverage" c WHERE c."accountId" = ${accountId} AND c.region = ${region}
          AND c.source <> ${nameOfSource(place)} AND (c."isWhole" OR c."changesAreWhole")
          AND c.hour > now() - interval '${raw(String(keptDays))} days'
        GROUP BY c."isWhole"),
      summed AS (
        SELECT coalesce(range_agg(o.time), '{}') AS changes,
          coalesce(range_agg(o.time) FILTER (WHERE o."isWhole"), '{}') AS events
        FROM others o)
     INSERT INTO trail.lookup (account_id, region, others_changes, others_events)
     SELECT ${accountId}, ${region}, changes, events FROM summed
     ON CONFLICT (account_id, region) DO UPDATE
       SET others_changes = excluded.others_changes, others_events = excluded.others_events`,
  )
}

const columns = {
  changes: ['changes_read', 'others_changes'],
  events: ['events_read', 'others_events'],
} as const

/** SQL of the time that no source has read at the place of a row (l) of trail.lookup. */
export function unread(what: What, { from, to }: Span): Sql {
  const [own, others] = columns[what].map((column) => raw(`l.${column}`))
  return sql`(tstzmultirange(tstzrange(${from}::timestamptz, ${to}::timestamptz))
    - ${own} - ${others})`
}

/** What is newer than this at the end of what is settled is left to the poll, which comes to it. */
const leftToPoll = '10 minutes'

/** Finds the newest time at a place that no source has read. */
export async function newestGap(place: Place, what: What, within: Span): Promise<Span | null> {
  if (within.from >= within.to) return null
  const [gap] = await sql.query<Span>(
    sql`SELECT lower(r) AS "from", upper(r) AS "to"
     FROM trail.lookup l, unnest(${unread(what, within)}::tstzmultirange) r
     WHERE ${isPlace(place)} AND (upper(r) < ${within.to}::timestamptz
       OR upper(r) - lower(r) > interval '${raw(leftToPoll)}')
     ORDER BY r DESC LIMIT 1`,
  )
  return gap ?? null
}

/**
 * Notes that a time was read whole, once what was read is stored; and the hours that are whole with
 * it. Said twice it changes nothing.
 */
export async function noteRead(place: Place, what: What, { from, to }: Span): Promise<void> {
  if (from >= to) return
  const read = sql`tstzmultirange(tstzrange(${from}::timestamptz, ${to}::timestamptz))`
  const kept = raw(`tstzmultirange(tstzrange(now() - interval '${keptDays + 1} days', NULL))`)
  await sql.execute(
    sql`WITH l AS (
        UPDATE trail.lookup l SET changes_read = (l.changes_read + ${read}) * ${kept},
          events_read = CASE WHEN ${what === 'events'} THEN (l.events_read + ${read}) * ${kept}
            ELSE l.events_read END
        WHERE ${isPlace(place)}
        RETURNING l.account_id, l.region, l.changes_read, l.events_read)
     INSERT INTO "TrailCoverage" AS c
       ("source", "accountId", "region", "hour", "isWhole", "changesAreWhole")
     SELECT ${nameOfSource(place)}, l.account_id, l.region, h.hour,
       l.events_read @> tstzrange(h.hour, h.hour + interval '1 hour'), true
     FROM l, generate_series(date_trunc('hour', ${from}::timestamptz, 'UTC'),
       ${to}::timestamptz, interval '1 hour') h(hour)
     WHERE l.changes_read @> tstzrange(h.hour, h.hour + interval '1 hour')
     ON CONFLICT ("source", "accountId", "region", "hour") DO UPDATE
       SET "isWhole" = c."isWhole" OR excluded."isWhole", "changesAreWhole" = true,
         "observedAt" = now()
       WHERE excluded."isWhole" AND NOT c."isWhole" OR NOT c."changesAreWhole"`,
  )
}

/**
 * A reading of changes by the names of operations, as far as it is: which names are done, and up to
 * where in time the one under way is still to be read.
 */
export type Step = { from: string; to: string; done: string[]; name?: string; upTo?: string }

export async function readStep(place: Place): Promise<Step | null> {
  const [row] = await sql.query<{ step: Step | null }>(
    sql`SELECT step FROM trail.lookup l WHERE ${isPlace(place)}`,
  )
  return row?.step ?? null
}

export async function writeStep(place: Place, step: Step | null): Promise<void> {
  const json = step && JSON.stringify(step)
  await sql.execute(sql`UPDATE trail.lookup l SET step = ${json}::jsonb WHERE ${isPlace(place)}`)
}

/** Notes how fast it goes: seconds of the trail a second, and events a minute of the trail. */
export async function noteSpeed(
  place: Place,
  { speed, rate }: { speed: number | null; rate: number | null },
): Promise<void> {
  await sql.execute(
    sql`UPDATE trail.lookup l SET speed = coalesce(${speed}::real, l.speed),
       rate = coalesce(${rate}::real, l.rate) WHERE ${isPlace(place)}`,
  )
}

export type StoredProblem = Pick<AwsProblem, 'kind' | 'code' | 'message' | 'api'> & { at: string }

/** Notes what failed, and when to poll again; null: nothing does. */
export async function noteProblem(
  place: Place,
  problem: StoredProblem | null,
  pollAgainMs: number | null = null,
): Promise<void> {
  const json = problem && JSON.stringify(problem)
  await sql.execute(
    sql`UPDATE trail.lookup l SET problem = ${json}::jsonb, poll_at = CASE
         WHEN ${pollAgainMs}::float8 IS NULL THEN l.poll_at
         ELSE now() + ${pollAgainMs}::float8 * interval '1 millisecond' END
     WHERE ${isPlace(place)} AND (l.problem IS NOT NULL OR ${json}::jsonb IS NOT NULL)`,
  )
}

export const toStored = (problem: AwsProblem, nowMs: number): StoredProblem => ({
  kind: problem.kind,
  code: problem.code,
  message: problem.message,
  api: problem.api,
  at: new Date(nowMs).toISOString(),
})
