import 'server-only'
import { sql } from '../../db/client'
import type { Scope } from '../../auth/permissions'
import { withinAccounts } from '../../db/scope'
import { unitFor, type Span } from '../../table/over-time'

/** How much of a period the trail has of an account and Region. An hour that no source saw is unknown. */
export type PeriodCoverage = {
  hours: number
  /** Hours of which every event is here, and of which some are. */
  whole: number
  partial: number
  /** The first and the last hour that a source saw at all; null: none. */
  first: string | null
  last: string | null
  sources: readonly string[]
}

type Place = { accountId: string; region: string }
type Seen = { at: Date; whole: number; partial: number; first: Date; last: Date; sources: string[] }

/** `isUnknown`: whether no source saw anything of the piece of time that begins then. */
export type Covered = { coverage: PeriodCoverage; isUnknown(start: string): boolean }

export async function readCoverage({ accountId, region }: Place, span: Span): Promise<Covered> {
  const unit = unitFor(span)
  const seen = await sql.query<Seen>(
    sql`SELECT date_trunc(${unit}, h.hour, 'UTC') AS at, count(*) FILTER (WHERE h.whole)::int AS whole,
       count(*) FILTER (WHERE NOT h.whole)::int AS partial, min(h.hour) AS first, max(h.hour) AS last,
       (array_agg(DISTINCT h.source))[1:5] AS sources
     FROM (SELECT "hour" AS hour, bool_or("isWhole") AS whole, min("source") AS source
       FROM "TrailCoverage" WHERE "accountId" = ${accountId} AND "region" = ${region}
         AND "hour" >= ${span.from} AND "hour" < ${span.to} GROUP BY 1) h
     GROUP BY 1 ORDER BY 1`,
  )
  const starts = new Set(seen.map(({ at }) => at.toISOString()))
  const total = (part: 'whole' | 'partial') => seen.reduce((sum, row) => sum + row[part], 0)
  return {
    coverage: {
      hours: Math.round((span.to.getTime() - span.from.getTime()) / 3_600_000),
      whole: total('whole'),
      partial: total('partial'),
      first: seen[0]?.first.toISOString() ?? null,
      last: seen.at(-1)?.last.toISOString() ?? null,
      sources: [...new Set(seen.flatMap(({ sources }) => sources))].sort(),
    },
    isUnknown: (start) => !starts.has(start),
  }
}

/** Hours that were written to and are counted again later; at most so many are looked at. */
const mostMarks = 2_000

/** How many hours of these accounts wait to be counted: totals lag behind by them. */
export async function countWaitingHours(scope: Scope): Promise<number> {
  const [row] = await sql.query<{ hours: number }>(
    sql`SELECT count(DISTINCT (m.account_id, m.region, m.hour))::int AS hours
     FROM (SELECT d.account_id, d.region, d.hour FROM trail.dirty_hour d
       WHERE ${withinAccounts('d.account_id', scope)} LIMIT ${mostMarks}) m`,
  )
  return row?.hours ?? 0
}
