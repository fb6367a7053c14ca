const steps: readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ['year', 365.25 * 86_400],
  ['month', 30.44 * 86_400],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
]
const words = new Intl.RelativeTimeFormat('en')

/** "3 days ago", "in 13 months". `now` in epoch ms. */
export function relativeTime(at: string, now: number): string {
  const seconds = (Date.parse(at) - now) / 1000
  if (Math.abs(seconds) < 31) return 'now' // the reader's clock goes by half minutes (moment.tsx)
  // Two of a unit before it is used: "13 months" says more than "last year", "30
  // hours" more than "yesterday".
  const [unit, size] = steps.find(([, each]) => Math.abs(seconds) >= 2 * each) ?? ['second', 1]
  return words.format(Math.round(seconds / size), unit)
}

/** "2026-11-21 23:05:09 UTC" */
export const utcTime = (at: string): string =>
  `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`
