import 'server-only'
import type { Scope } from '../../auth/permissions'
import { sql, type Sql } from '../../db/client'
import { withinAccounts } from '../../db/scope'
import { endOf, startsOf, unitFor, type Span } from '../../table/over-time'

/** Returns which pieces of a span, as charts have them, no source saw anything of. */
export async function readUnseenPieces(
  span: Span,
  isThere: Sql,
): Promise<(start: string) => boolean> {
  const unit = unitFor(span)
  const starts = startsOf(unit, span)
  const ends = starts.map((start) => endOf(unit, new Date(start)))
  const unseen = await sql.query<{ start: Date }>(
    sql`SELECT p.start FROM unnest(${starts}::timestamptz[], ${ends}::timestamptz[]) p(start, ends)
     WHERE NOT EXISTS (SELECT FROM "TrailCoverage" c
       WHERE c."hour" >= p.start AND c."hour" < p.ends AND ${isThere})`,
  )
  const known = new Set(unseen.map(({ start }) => start.toISOString()))
  return (start) => known.has(start)
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
