import type { TrailWindow } from './window'

type Counted = Pick<TrailWindow, 'hours' | 'wholeHours' | 'partHours'>

/** Says how much of a window the trail saw. Pure. */
export function sayWindow({ hours, wholeHours, partHours }: Counted): string {
  if (hours === 0) return 'The window is empty.'
  if (wholeHours + partHours === 0) return `None of ${sayHours(hours)} was read.`
  const part = partHours > 0 ? `, some events of ${sayHours(partHours)}` : ''
  return wholeHours === 0
    ? `Some events of ${sayHours(partHours)} were read, of ${sayHours(hours)}.`
    : `Every event of ${sayHours(wholeHours)} was read${part}, of ${sayHours(hours)}.`
}

/** Hours as people count them: days where there are many. */
function sayHours(hours: number): string {
  if (hours < 48) return hours === 1 ? '1 hour' : `${hours} hours`
  const days = Math.floor(hours / 24)
  return `${days.toLocaleString('en')} days`
}
