/**
 * Shortens in the middle, never the end: the end of an ARN or id is what tells two of them apart.
 */
export function shorten(text: string, most = 40): string {
  if (text.length <= most) return text
  const tail = Math.ceil((most - 1) * 0.6)
  return `${text.slice(0, most - 1 - tail)}…${text.slice(-tail)}`
}
