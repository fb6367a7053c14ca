/** Values as JSON has them, which is all that forms send. Pure. */

/** Deeper than anything a form sends; deeper still would overflow who walks through it. */
const deepest = 100

/**
 * Where in an action's input stands something that JSON does not have (a function, a promise, a
 * file, a date, a number without a value) or that is nested beyond reason; null: nowhere. It looks
 * at no member of what it refuses: a temporary client reference throws when one does. `undefined`
 * stands for a member left out.
 */
export function findNotPlain(value: unknown, depth = 0): string[] | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'string' || typeof value === 'boolean') return null
  if (typeof value === 'number') return Number.isFinite(value) ? null : []
  if (typeof value !== 'object' || depth > deepest) return []
  const prototype: unknown = Object.getPrototypeOf(value)
  const isList = Array.isArray(value)
  if (!isList && prototype !== Object.prototype && prototype !== null) return []
  for (const [name, member] of Object.entries(value)) {
    const inside = findNotPlain(member, depth + 1)
    if (inside) return [name, ...inside]
  }
  return null
}

export const notPlainWords = 'This is no plain text, number, list or set of fields.'
