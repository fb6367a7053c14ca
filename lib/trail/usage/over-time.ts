import 'server-only'
import { sql } from '../../db/client'
import {
  layOut,
  unitFor,
  type CountAt,
  type CountsOverTime,
  type Span,
  type TimeUnit,
} from '../../table/over-time'
import type { Params } from '../../table/sql'

/** Series that are drawn by themselves; the others are drawn together. */
const mostSeries = 7

/**
 * Rollups or counts as `r`, the condition on them, and what each series counts, which is never null.
 * `begins` is what says when a row's piece of time begins: an hour, or a day of UTC.
 */
export type Counted = {
  from: string
  begins: 'hour' | 'day'
  where: string
  series: string
  params: Params
}

/** Of a piece of time as it is grouped by, which is far cheaper than to cut the time of each row. */
const timeOf = {
  hour: 'c.hour',
  day: `c.day::timestamp AT TIME ZONE 'UTC'`,
} as const satisfies Readonly<Record<Counted['begins'], string>>

/** Counts the events of rollups by pieces of time, those of the largest series apart. */
export function countBy(
  unit: TimeUnit,
  { from, begins, where, series, params }: Counted,
): Promise<CountAt[]> {
  return sql.query<CountAt>(
    `WITH counted AS MATERIALIZED (
        SELECT r.${begins}, ${series} AS series, sum(r.events)::bigint AS n
        FROM ${from} r WHERE ${where} GROUP BY 1, 2),
      ranked AS (
        SELECT series, row_number() OVER (ORDER BY sum(n) DESC, series) <= ${mostSeries} AS "isOwn"
        FROM counted GROUP BY series)
     SELECT date_trunc(${params.add(unit, 'text')}, ${timeOf[begins]}, 'UTC') AS at,
       CASE WHEN k."isOwn" THEN c.series END AS series, sum(c.n)::bigint AS n
     FROM counted c JOIN ranked k ON k.series = c.series GROUP BY 1, 2`,
    params.values,
  )
}

/** Counts the events of rollups over a span, which their condition keeps to. */
export async function countOverTime(
  counted: Counted,
  span: Span,
  isUnknown?: (start: string) => boolean,
): Promise<CountsOverTime> {
  const unit = unitFor(span)
  return layOut(unit, span, await countBy(unit, counted), isUnknown)
}
