/** When the console may act: on these ISO weekdays (1 is Monday), in this time zone. */
export type BusinessHours = { timeZone: string; days: number[]; from: string; to: string }

const minuteMs = 60_000
const dayMs = 86_400_000
const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  formats.set(timeZone, made)
  return made
}

/**
 * Returns what the clock on the wall shows, as if it were UTC, in milliseconds: comparable, and its
 * distance to `at` is the offset.
 */
function wallOf(timeZone: string, at: number): number {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  )
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0
  return (
    Date.UTC(
      part('year'),
      part('month') - 1,
      part('day'),
      part('hour'),
      part('minute'),
      part('second'),
    ) +
    (((at % 1_000) + 1_000) % 1_000)
  )
}
const offsetOf = (timeZone: string, at: number) => wallOf(timeZone, at) - at

const minutesOf = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3))

/**
 * Tells whether it is open: from `from` until just before `to`, by the clock on the wall of that
 * zone.
 */
export function isOpen(hours: BusinessHours, now: Date): boolean {
  const wall = wallOf(hours.timeZone, now.getTime())
  const minutes = (wall % dayMs) / minuteMs
  return (
    hours.days.includes(new Date(wall).getUTCDay() || 7) &&
    minutes >= minutesOf(hours.from) &&
    minutes < minutesOf(hours.to)
  )
}

/** The instant at which the zone's offset changes between two instants that have different ones. */
function findTransition(timeZone: string, before: number, after: number): number {
  const old = offsetOf(timeZone, before)
  let [low, high] = [before, after]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetOf(timeZone, middle) === old) low = middle
    else high = middle
  }
  return high
}

/**
 * Returns `now` itself when it is open, else the next instant that is. A wall clock enters the
 * hours when it reaches `from`, or when it is set (daylight saving): both are looked at, so an
 * opening that the clock skips is at the skip, and one it shows twice is twice.
 */
export function nextOpening(hours: BusinessHours, now: Date): Date {
  if (isOpen(hours, now)) return now
  const start = now.getTime()
  for (let day = 0; day < 40; day++) {
    // a week, and another for a day whose only opening the clock skipped;
    // zones have skipped whole days
    const from = start + day * dayMs
    const until = from + dayMs
    const offsets = [...new Set([offsetOf(hours.timeZone, from), offsetOf(hours.timeZone, until)])]
    const transitions = offsets.length === 1 ? [] : [findTransition(hours.timeZone, from, until)]
    const openings = offsets.flatMap((offset) =>
      [from, until].map((at) => {
        const wall = at + offset
        return wall - (wall % dayMs) + minutesOf(hours.from) * minuteMs - offset
      }),
    )
    const next = [...openings, ...transitions]
      .sort((a, b) => a - b)
      .find((at) => at >= from && at <= until && isOpen(hours, new Date(at)))
    if (next !== undefined) return new Date(next)
  }
  throw new Error(`these business hours never open: ${JSON.stringify(hours)}`)
}

const dayNames = ['', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
export const nameBusinessHours = ({ days, from, to, timeZone }: BusinessHours) =>
  `${[...days]
    .sort()
    .map((day) => dayNames[day])
    .join(', ')} ${from} to ${to} (${timeZone})`
