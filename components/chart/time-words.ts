import { endOf, type TimeUnit } from '@/lib/table/over-time'

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')
const dayOf = (at: Date) => `${at.getUTCDate()} ${months[at.getUTCMonth()]}`
const hourOf = (at: Date) => `${String(at.getUTCHours()).padStart(2, '0')}:00`

/** A piece of time below an axis, short. */
export function tickWords(unit: TimeUnit, start: string): string {
  const at = new Date(start)
  if (unit === 'month') return `${months[at.getUTCMonth()]} ${at.getUTCFullYear()}`
  return unit === 'hour' ? `${dayOf(at)}\n${hourOf(at)}` : dayOf(at)
}

/** A piece of time by itself: which hour, day, week or month of UTC. */
export function timeWords(unit: TimeUnit, start: string): string {
  const at = new Date(start)
  const year = at.getUTCFullYear()
  if (unit === 'month') return `${months[at.getUTCMonth()]} ${year}`
  if (unit === 'day') return `${dayOf(at)} ${year}`
  const end = endOf(unit, at)
  if (unit === 'hour') return `${dayOf(at)} ${year}, ${hourOf(at)} to ${hourOf(end)} UTC`
  const last = new Date(end.getTime() - 1)
  return `${dayOf(at)} to ${dayOf(last)} ${last.getUTCFullYear()}`
}
