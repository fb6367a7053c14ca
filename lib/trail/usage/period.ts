import { startOf, unitFor, type Span } from '../../table/over-time'

/** The periods that people choose from, in days. */
export const periods = [7, 30, 90, 365] as const
export type PeriodDays = (typeof periods)[number]

/** Returns the period of a number in an address; the usual one for what is none. */
export const toPeriod = (text: string | undefined): PeriodDays =>
  periods.find((days) => String(days) === text) ?? 30

export const periodWords: Readonly<Record<PeriodDays, string>> = {
  7: '7 days',
  30: '30 days',
  90: '90 days',
  365: 'A year',
}

const dayMs = 86_400_000

/**
 * Returns the last days until now. It begins with a day or a week, as the filter of the trail can
 * say it.
 */
export function spanOf(days: PeriodDays, now: Date): Span {
  const to = new Date(Math.floor(now.getTime() / 3_600_000 + 1) * 3_600_000)
  const from = new Date(to.getTime() - days * dayMs)
  const unit = unitFor({ from, to })
  return { from: startOf(unit === 'hour' ? 'day' : unit, from), to }
}
