import 'server-only'
import type { Permit } from '../../auth/permit'
import type { Scope } from '../../auth/permissions'
import { withinAccounts } from '../../db/scope'
import type { Filter } from '../../table/filter'
import {
  endOf,
  layOut,
  startOf,
  unitFor,
  type CountAt,
  type CountsOverTime,
  type Span,
} from '../../table/over-time'
import { Params } from '../../table/sql'
import type { TableSql } from '../../table/statements'
import type { TableState } from '../../table/state'
import { whereOf } from '../../table-source/sql-source'
import {
  countableByDays,
  countsOverTimeSql,
  within,
  type CountableByDays,
} from '../counts/counts-sql'
import { rollupsSql, unknownToRollups } from '../events-sql'
import { rangeOf, type ChartDivision, type TrailChart } from './chart'
import { countWaitingHours, readUnseenPieces } from './coverage'
import { countBy, type Counted } from './over-time'

const expressions: Readonly<Record<ChartDivision, string>> = {
  outcome: 'r.outcome',
  operation: 'r.operation',
  account: 'r.account_id',
}

/**
 * Counts what the filter of the trail's table finds, over time. By the counts of days, or by rollups:
 * what they do not know, such as a source IP, would have to be counted event by event, and is not
 * drawn.
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
  const asked = askedSpan(filter)
  if (asked.from) return countSpan(scope, filter, by, { from: asked.from, to: asked.to })
  // Where nothing says when it begins, days are counted once, and say it.
  const byDays = countableByDays(filter)
  const counted = byDays
    ? countedOf([countsOverTimeSql(byDays.days, 'day'), 'day'], scope, byDays.rest, by)
    : countedOf([rollupsSql, 'hour'], scope, filter, by)
  const days = await countBy('day', counted)
  const span = spanOfDays(days, asked.to)
  const unit = unitFor(span)
  if (unit === 'hour') return countSpan(scope, filter, by, span)
  return layOut(unit, span, days, await readUnseen(scope, span))
}

async function countSpan(
  scope: Scope,
  filter: Filter,
  by: ChartDivision,
  span: Span,
): Promise<CountsOverTime> {
  const unit = unitFor(span)
  const byDays = countableByDays(filter)
  const counted =
    byDays && unit !== 'hour'
      ? countedByDays(scope, byDays, by, span)
      : countedByHours(scope, filter, by, span)
  return layOut(unit, span, await countBy(unit, counted), await readUnseen(scope, span))
}

function countedByDays(
  scope: Scope,
  { days, rest }: CountableByDays,
  by: ChartDivision,
  { from, to }: Span,
): Counted {
  const last = new Date(to.getTime() - 1)
  const ofSpan = { from: startOf('day', from), before: endOf('day', startOf('day', last)) }
  const unit = unitFor({ from, to }) === 'month' ? 'month' : 'day'
  return countedOf([countsOverTimeSql(within(days, ofSpan), unit), 'day'], scope, rest, by)
}

function countedByHours(scope: Scope, filter: Filter, by: ChartDivision, span: Span): Counted {
  const counted = countedOf([rollupsSql, 'hour'], scope, filter, by)
  const { params } = counted
  // Said as the partitions are made, so that only those of the span are opened.
  const where = `${counted.where} AND r.hour >= ${params.add(span.from, 'timestamptz')}
    AND r.hour < ${params.add(span.to, 'timestamptz')}`
  return { ...counted, where }
}

function countedOf(
  [table, begins]: readonly [TableSql, Counted['begins']],
  scope: Scope,
  filter: Filter,
  by: ChartDivision,
): Counted {
  const params = new Params()
  const where = whereOf(table, scope, filter, params)
  return { from: table.from, begins, where, series: expressions[by], params }
}

const hourMs = 3_600_000
const cloudTrailBegan = new Date('2013-11-01T00:00:00Z')
const earlier = (a: Date, b: Date) => (a < b ? a : b)
const later = (a: Date, b: Date) => (a > b ? a : b)

/** The days that a filter keeps to, as far as there can be events. */
function askedSpan(filter: Filter): { from: Date | null; to: Date } {
  const { from, to } = rangeOf(filter)
  const now = new Date(Date.now() + hourMs)
  return {
    from: from ? later(new Date(from), cloudTrailBegan) : null,
    to: to ? earlier(endOf('day', new Date(to)), now) : now,
  }
}

/** From the first to the last day that has a count. */
function spanOfDays(days: readonly CountAt[], before: Date): Span {
  const times = days.map(({ at }) => at.getTime()).sort((a, b) => a - b)
  const [first = 0, last] = [times[0], times.at(-1)]
  const to = last === undefined ? new Date(first) : endOf('day', new Date(last))
  return { from: new Date(first), to: earlier(to, before) }
}

const readUnseen = (scope: Scope, span: Span) =>
  readUnseenPieces(span, withinAccounts('c."accountId"', scope))
