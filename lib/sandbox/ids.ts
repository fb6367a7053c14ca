import { randomUUID } from 'node:crypto'

/**
 * A UUID in one piece: randomUUID hands out a rope of twenty small strings, 600 bytes of them, and
 * the trail keeps two per record.
 */
export function makeUuid(): string {
  return Buffer.from(randomUUID(), 'latin1').toString('latin1')
}

const known = new Map<string, string>()

/**
 * One copy of a text that comes with every request and stays in every record (user
 * agents, names of operations).
 */
export function intern(text: string): string {
  const first = known.get(text)
  if (first !== undefined) return first
  if (known.size > 10_000) known.clear()
  known.set(text, text)
  return text
}
