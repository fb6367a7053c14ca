/** Counts over time, as charts and their tables show them. Days, weeks and months are UTC's. Pure. */

export type TimeUnit = 'hour' | 'day' | 'week' | 'month'

/** A span of time: `from` is in it, `to` is not. */
export type Span = { from: Date; to: Date }

export type CountsOverTime = {
  unit: TimeUnit
  /** Where each piece of time begins, oldest first: all of the span, with or without counts. */
  starts: readonly string[]
  series: readonly SeriesOverTime[]
}

type SeriesOverTime = {
  /** null: what is left of the others together. */
  id: string | null
  /** One for each start; null: unknown, which is drawn as a gap and never as zero. */
  counts: readonly (number | null)[]
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** The longest span of each unit: what fits the width of a page as bars. */
const longest: readonly (readonly [unit: TimeUnit, days: number])[] = [
  ['hour', 8],
  ['day', 120],
  ['week', 800],
]

/** Returns the unit that divides a span into as many pieces as can be told apart. */
export function unitFor({ from, to }: Span): TimeUnit {
  const days = (to.getTime() - from.getTime()) / dayMs
  return longest.find(([, most]) => days <= most)?.[0] ?? 'month'
}

/** Returns where the piece of time begins that a moment lies in, as PostgreSQL's date_trunc does. */
export function startOf(unit: TimeUnit, at: Date): Date {
  if (unit === 'hour') return new Date(Math.floor(at.getTime() / hourMs) * hourMs)
  const day = new Date(Math.floor(at.getTime() / dayMs) * dayMs)
  if (unit === 'day') return day
  if (unit === 'month') return new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth()))
  const sinceMonday = (day.getUTCDay() + 6) % 7
  return new Date(day.getTime() - sinceMonday * dayMs)
}

/** Returns where the piece of time ends that begins at `start`. */
export function endOf(unit: TimeUnit, start: Date): Date {
  const at = start.getTime()
  if (unit === 'hour') return new Date(at + hourMs)
  if (unit === 'day') return new Date(at + dayMs)
  if (unit === 'week') return new Date(at + 7 * dayMs)
  return new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1))
}

/** Returns where each piece of a span begins; the first can begin before the span does. */
export function startsOf(unit: TimeUnit, { from, to }: Span): string[] {
  const starts: string[] = []
  for (let at = startOf(unit, from); at < to; at = endOf(unit, at)) starts.push(at.toISOString())
  return starts
}

/** A count as a statement gives it, of a piece of time that begins then or of a part of one. */
export type CountAt = { at: Date; series: string | null; n: number }

/**
 * Lays counts out over a span, the largest series first and the rest of them last. `isUnknown`: what
 * is no zero where nothing was counted.
 */
export function layOut(
  unit: TimeUnit,
  span: Span,
  counts: readonly CountAt[],
  isUnknown: (start: string) => boolean = () => false,
): CountsOverTime {
  const starts = startsOf(unit, span)
  const bySeries = new Map<string | null, Map<string, number>>()
  for (const { at, series, n } of counts) {
    const own = bySeries.get(series) ?? new Map<string, number>()
    const start = startOf(unit, at).toISOString()
    bySeries.set(series, own.set(start, (own.get(start) ?? 0) + n))
  }
  const sum = (own: ReadonlyMap<string, number>) => [...own.values()].reduce((a, b) => a + b, 0)
  const series = [...bySeries]
    .sort(([a, one], [b, other]) =>
      a === null || b === null ? Number(a === null) - Number(b === null) : sum(other) - sum(one),
    )
    .map(([id, own]) => ({
      id,
      counts: starts.map((start) => own.get(start) ?? (isUnknown(start) ? null : 0)),
    }))
  return { unit, starts, series }
}
