import { isGroup, type Filter, type Token } from '../../table/filter'
import { endOf, type CountsOverTime, type TimeUnit } from '../../table/over-time'

/** What the chart of the trail can be divided by. */
export const chartDivisions = ['outcome', 'operation', 'account'] as const
export type ChartDivision = (typeof chartDivisions)[number]

export type TrailChart = {
  /** null: totals do not know what the filter speaks of. */
  counts: CountsOverTime | null
  /** The properties of the filter that totals do not know. */
  unknown: readonly string[]
  /** Hours that wait to be counted again. */
  waitingHours: number
}

/** Days of UTC, as 2026-11-30; both are in it. Absent: without such an end. */
export type DayRange = { from?: string; to?: string }

const isTime = (term: Filter['terms'][number]): term is Token =>
  !isGroup(term) && term.property === 'time'

/** Returns the days that a filter keeps to. */
export function rangeOf({ operation, terms }: Filter): DayRange {
  if (operation === 'or' && terms.length > 1) return {}
  const days = (operator: Token['operator']) =>
    terms
      .filter(isTime)
      .filter((token) => token.operator === operator && token.values.length === 1)
      .flatMap(({ values }) => values)
      .sort()
  const [from, to] = [[...days('ge'), ...days('eq')].at(-1), [...days('le'), ...days('eq')][0]]
  return { ...(from && { from }), ...(to && { to }) }
}

/** Returns the filter with other days; null where it cannot be said, of a filter of any of several. */
export function withRange(filter: Filter, { from, to }: DayRange): Filter | null {
  const others = filter.operation === 'and' ? filter.terms : anyOf(filter)
  if (!others) return null
  const time = (operator: 'ge' | 'le', day: string | undefined): Token[] =>
    day ? [{ property: 'time', operator, values: [day] }] : []
  return {
    operation: 'and',
    terms: [...others.filter((term) => !isTime(term)), ...time('ge', from), ...time('le', to)],
  }
}

/** A filter of any of several conditions as one condition among others. */
function anyOf({ terms }: Filter): Filter['terms'] | null {
  if (terms.length < 2) return terms
  const tokens = terms.flatMap((term) => (isGroup(term) ? [] : [term]))
  return tokens.length === terms.length ? [{ operation: 'or', tokens }] : null
}

/**
 * Returns the filter of what one bar counts; null where no filter says it: of an hour, since the
 * trail is filtered by days, and of what is left of several series.
 */
export function narrowTo(
  filter: Filter,
  by: ChartDivision,
  id: string | null,
  unit: TimeUnit,
  start: string,
): Filter | null {
  const from = start.slice(0, 10)
  if (id === null || unit === 'hour') return null
  const range = rangeOf(filter)
  const last = new Date(endOf(unit, new Date(start)).getTime() - 1).toISOString().slice(0, 10)
  const narrowed = withRange(filter, {
    // A week or month can begin before what is asked for, or end after it.
    from: range.from && range.from > from ? range.from : from,
    to: range.to && range.to < last ? range.to : last,
  })
  return (
    narrowed && {
      ...narrowed,
      terms: [...narrowed.terms, { property: by, operator: 'eq', values: [id] }],
    }
  )
}
