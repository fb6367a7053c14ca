import 'server-only'
import { isGroup, tokensOf, type Filter, type Operator, type Token } from '../../table/filter'
import { endOf, startOf } from '../../table/over-time'
import type { TableSql } from '../../table/statements'
import { combinationFields, eventsSql } from '../events-sql'

/** Whole days of UTC: from the first on, and before the last. null: without such an end. */
type Days = { from: Date | null; before: Date | null }

/** A filter that counts by day and month answer: which days, and what else it asks for. */
export type CountableByDays = { days: Days; rest: Filter }

const dayAfter = (day: Date) => endOf('day', day)
const daysOf: Partial<Record<Operator, (day: Date) => Partial<Days>>> = {
  ge: (day) => ({ from: day }),
  gt: (day) => ({ from: dayAfter(day) }),
  le: (day) => ({ before: dayAfter(day) }),
  lt: (day) => ({ before: day }),
  eq: (day) => ({ from: day, before: dayAfter(day) }),
}

const isTime = (term: Filter['terms'][number]): term is Token =>
  !isGroup(term) && term.property === 'time'

/** Returns null for a filter that asks for more than counts are divided by. */
export function countableByDays({ operation, terms }: Filter): CountableByDays | null {
  if (operation === 'or' && terms.length > 1) return null
  const rest: Filter = { operation, terms: terms.filter((term) => !isTime(term)) }
  if (tokensOf(rest).some(({ property }) => !Object.hasOwn(combinationFields, property)))
    return null
  let days: Days = { from: null, before: null }
  for (const { operator, values } of terms.filter(isTime)) {
    const [value = '', another] = values
    const day = new Date(`${value}T00:00:00Z`)
    const asked = daysOf[operator]?.(day)
    if (!asked || another !== undefined || Number.isNaN(day.getTime())) return null
    days = within(days, { from: null, before: null, ...asked })
  }
  return { days, rest }
}

/** The days that are in both. */
export const within = (one: Days, other: Days): Days => ({
  from: pick(Math.max, one.from, other.from),
  before: pick(Math.min, one.before, other.before),
})

function pick(of: (...times: number[]) => number, one: Date | null, other: Date | null) {
  return one && other ? new Date(of(one.getTime(), other.getTime())) : (one ?? other)
}

/** Counts what is there of these days, by months as far as they are whole. */
export const countsSql = (days: Days): TableSql => ({
  ...eventsSql,
  // Summed before they are joined with what they are counts of.
  from: `(SELECT c.*, n.events FROM (
      SELECT d.combination, sum(d.events) AS events FROM (${inMonths(days)}) d GROUP BY 1) n
    JOIN trail.combination c ON c.id = n.combination WHERE n.events > 0)`,
  fields: combinationFields,
  counted: 'sum(r.events)::int',
})

/** The same by the day that each count begins at: days alone, or months as far as they are whole. */
export const countsOverTimeSql = (days: Days, unit: 'day' | 'month'): TableSql => ({
  ...countsSql(days),
  from: `(SELECT c.*, d.begins AS day, d.events
    FROM (${unit === 'day' ? heldOf('day_count', days) : inMonths(days)}) d
    JOIN trail.combination c ON c.id = d.combination WHERE d.events > 0)`,
})

function inMonths({ from, before }: Days): string {
  const [first, last] = [from && firstMonthOf(from), before && startOf('month', before)]
  if (from && before && first && last && first >= last) return heldOf('day_count', { from, before })
  return [
    heldOf('month_count', { from: first, before: last }),
    ...(from && first && from < first ? [heldOf('day_count', { from, before: first })] : []),
    ...(last && before && last < before ? [heldOf('day_count', { from: last, before })] : []),
  ].join(' UNION ALL ')
}

function firstMonthOf(day: Date): Date {
  const start = startOf('month', day)
  return start < day ? endOf('month', start) : start
}

/**
 * Events that were dropped are not counted: the horizon stands where a month begins, so that no
 * month is cut in two.
 */
function heldOf(table: 'day_count' | 'month_count', { from, before }: Days): string {
  const horizon = (column: string) =>
    `(SELECT (${column} AT TIME ZONE 'UTC')::date FROM trail.horizon)`
  return `SELECT d.combination, d.begins, d.events FROM trail.${table} d
    WHERE d.begins >= CASE WHEN d.is_use THEN ${horizon('uses_from')}
        ELSE ${horizon('changes_from')} END
      ${from ? `AND d.begins >= ${literal(from)}` : ''}
      ${before ? `AND d.begins < ${literal(before)}` : ''}`
}

const [earliest, latest] = [new Date('2000-01-01'), new Date('2200-01-01')]

/** Made from a time, so that nothing of a URL stands in a statement. */
function literal(day: Date): string {
  const known = day < earliest ? earliest : day > latest ? latest : day
  return `date '${known.toISOString().slice(0, 10)}'`
}
