const two = (large: number, largeName: string, small: number, smallName: string) =>
  `${large} ${largeName}${large === 1 ? '' : 's'}${small > 0 ? ` ${small} ${smallName}` : ''}`

/** How long until, in two units: "6 days 23 h", "4 h 10 min", "45 s". Null when it is over. */
export function countdownWords(milliseconds: number): string | null {
  const seconds = Math.ceil(milliseconds / 1_000)
  if (seconds <= 0) return null
  const [minutes, hours, days] = [
    Math.floor(seconds / 60),
    Math.floor(seconds / 3_600),
    Math.floor(seconds / 86_400),
  ]
  if (days >= 1) return two(days, 'day', hours % 24, 'h')
  if (hours >= 1) return `${hours} h${minutes % 60 > 0 ? ` ${minutes % 60} min` : ''}`
  if (minutes >= 1) return `${minutes} min${seconds % 60 > 0 ? ` ${seconds % 60} s` : ''}`
  return `${seconds} s`
}
