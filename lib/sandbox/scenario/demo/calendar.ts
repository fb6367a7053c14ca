import { DAY, HOUR } from '../make'
import type { TrafficPlan } from '../plan'
import { randomFor, type Random } from '../random'

export const TRAIL_DAYS = 90

/** How much of its daily rate a shape has on a day of the week, Sunday first. */
const WEEK: Record<TrafficPlan['shape'], readonly number[]> = {
  steady: [0.9, 1, 1, 1, 1, 1, 0.95],
  office: [0.12, 1.1, 1.25, 1.2, 1.15, 1, 0.2],
  nightly: [0.7, 1, 1, 1, 1, 1.1, 0.8],
  weekly: [0, 6.5, 0, 0, 0, 0.5, 0],
}

/**
 * Hour of the day, UTC, fractional: offices from seven to seven with the middle heaviest,
 * batches after one at night.
 */
function drawHour(shape: TrafficPlan['shape'], random: Random): number {
  if (shape === 'office') return 6.5 + (random.next() + random.next()) * 5.75
  if (shape === 'nightly') return 1 + random.next() * random.next() * 2.5
  return shape === 'weekly' ? 4 + random.next() * 2 : random.next() * 24
}

/** How busy a minute is against the average of its day; for the metrics. */
export function weightAt(shape: TrafficPlan['shape'], at: number): number {
  const day = WEEK[shape][new Date(at).getUTCDay()] ?? 1
  const hour = (at % DAY) / HOUR
  if (shape === 'office')
    return hour < 6.5 || hour > 18
      ? 0.02
      : day * Math.max(0, 1 - Math.abs(hour - 12.25) / 5.75) * 4.15
  if (shape === 'nightly') return hour < 1 || hour > 3.5 ? 0 : day * (hour < 2 ? 15 : 6)
  return shape === 'weekly' ? (hour < 4 || hour > 6 ? 0 : day * 12) : day
}

/**
 * When somebody with this habit called in the last 90 days, oldest first: always the
 * same for a seed and a name.
 */
export function listTimes(seed: number, now: number, name: string, plan: TrafficPlan): number[] {
  const from = now - Math.min(plan.fromDaysAgo ?? TRAIL_DAYS, TRAIL_DAYS) * DAY
  const until = now - (plan.untilDaysAgo ?? 0) * DAY
  const times: number[] = []
  for (let day = TRAIL_DAYS; day >= 0; day -= 1) {
    const start = Math.floor(now / DAY) * DAY - day * DAY
    const random = randomFor(seed, `${name}/${day}`)
    const expected = plan.perDay * (WEEK[plan.shape][new Date(start).getUTCDay()] ?? 1)
    const count = Math.floor(expected + random.next())
    for (let i = 0; i < count; i += 1) {
      const at = Math.floor((start + drawHour(plan.shape, random) * HOUR) / 1000) * 1000
      if (at >= from && at < until) times.push(at)
    }
  }
  return times.sort((a, b) => a - b)
}
