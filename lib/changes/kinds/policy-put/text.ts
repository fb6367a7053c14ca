/** Texts of key policies, compared and measured. Pure. */
import { toCanonical } from '../hash'

/**
 * Tells whether two texts are one policy to KMS. It gives back what it was given, letter for letter
 * as far as seen; where it would lay it out anew, the same members in another order, or a list of
 * one in place of its item, are the same policy. Texts that are no JSON are the same when they are
 * equal.
 */
export function isSamePolicy(one: string, other: string): boolean {
  if (one === other) return true
  const [a, b] = [formOf(one), formOf(other)]
  return a !== null && a === b
}

function formOf(text: string): string | null {
  try {
    return toCanonical(unlist(JSON.parse(text)))
  } catch {
    return null
  }
}

function unlist(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 1 ? unlist(value[0]) : value.map(unlist)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, unlist(member)]))
}
