import 'server-only'
import type { Permit } from '../../auth/permit'
import type { Scope } from '../../auth/permissions'
import { sql } from '../../db/client'
import { withinAccounts } from '../../db/scope'
import type { Filter } from '../../table/filter'
import {
  endOf,
  layOut,
  startsOf,
  unitFor,
  type CountsOverTime,
  type Span,
} from '../../table/over-time'
import { Params } from '../../table/sql'
import type { TableState } from '../../table/state'
import { whereOf } from '../../table-source/sql-source'
import { rollupsSql, unknownToRollups } from '../events-sql'
import { rangeOf, type ChartDivision, type TrailChart } from './chart'
import { countWaitingHours } from './coverage'
import { countOverTime } from './over-time'

const expressions: Readonly<Record<ChartDivision, string>> = {
  outcome: 'r.outcome',
  operation: 'r.operation',
  account: 'r.account_id',
}

/**
 * Counts what the filter of the trail's table finds, over time. By rollups alone: what they do not
 * know, such as a source IP, would have to be counted event by event, and is not drawn.
 */
export async function readTrailChart(
  { scope }: Permit<'trail.read'>,
  { filter }: Pick<TableState, 'filter'>,
  by: ChartDivision,
): Promise<TrailChart> {
  const unknown = unknownToRollups(filter)
  const [counts, waitingHours] = await Promise.all([
    unknown.length > 0 ? null : countFiltered(scope, filter, by),
    countWaitingHours(scope),
  ])
  return { counts, unknown, waitingHours }
}

async function countFiltered(
  scope: Scope,
  filter: Filter,
  by: ChartDivision,
): Promise<CountsOverTime> {
  const span = await spanOfFound(scope, filter)
  if (!span) return layOut('day', { from: new Date(0), to: new Date(0) }, [])
  const params = new Params()
  const where = whereOf(rollupsSql, scope, filter, params)
  const isUnknown = await readUnseen(scope, span)
  return countOverTime(
    { from: rollupsSql.from, where, series: expressions[by], params },
    span,
    isUnknown,
  )
}

const hourMs = 3_600_000
const cloudTrailBegan = new Date('2013-11-01T00:00:00Z')
const earlier = (a: Date, b: Date) => (a < b ? a : b)
const later = (a: Date, b: Date) => (a > b ? a : b)

/** What is asked for; where it has no beginning, from the first to the last hour that is found. */
async function spanOfFound(scope: Scope, filter: Filter): Promise<Span | null> {
  const { from, to } = rangeOf(filter)
  const now = new Date(Date.now() + hourMs)
  const end = to ? earlier(endOf('day', new Date(to)), now) : null
  if (from) return { from: later(new Date(from), cloudTrailBegan), to: end ?? now }
  const params = new Params()
  const where = whereOf(rollupsSql, scope, filter, params)
  const [row] = await sql.query<{ first: Date | null; last: Date | null }>(
    `SELECT min(r.hour) AS first, max(r.hour) AS last FROM ${rollupsSql.from} r WHERE ${where}`,
    params.values,
  )
  if (!row?.first || !row.last) return null
  return { from: row.first, to: end ?? new Date(row.last.getTime() + hourMs) }
}

/** Finds the pieces of a span of which no source in scope saw anything. */
async function readUnseen(scope: Scope, span: Span): Promise<(start: string) => boolean> {
  const unit = unitFor(span)
  const starts = startsOf(unit, span)
  const ends = starts.map((start) => endOf(unit, new Date(start)))
  const unseen = await sql.query<{ start: Date }>(
    sql`SELECT p.start FROM unnest(${starts}::timestamptz[], ${ends}::timestamptz[]) p(start, ends)
     WHERE NOT EXISTS (SELECT FROM "TrailCoverage" c
       WHERE c."hour" >= p.start AND c."hour" < p.ends AND ${withinAccounts('c."accountId"', scope)})`,
  )
  const known = new Set(unseen.map(({ start }) => start.toISOString()))
  return (start) => known.has(start)
}
