/**
 * Text that Postgres keeps as it is: no NUL, and no half of a letter that
 * UTF-16 writes in two. Pure.
 */

const odd = /\0|\p{Surrogate}/u
const allOdd = /\0|\p{Surrogate}/gu

/**
 * Where in something from outside stands text, or a name, that could not be kept; null: nowhere.
 */
export function findUnstorable(value: unknown): string[] | null {
  if (typeof value === 'string') return odd.test(value) ? [] : null
  if (typeof value !== 'object' || value === null) return null
  for (const [name, member] of Object.entries(value)) {
    if (odd.test(name)) return []
    const inside = findUnstorable(member)
    if (inside) return [name, ...inside]
  }
  return null
}

export const unstorableWords =
  'This holds a character that cannot be kept: a NUL, or half of an emoji. Take it out.'

/**
 * The same with U+FFFD in place of what cannot be kept, as after a cut
 * through the middle of an emoji.
 */
export const storableText = (text: string): string => text.replace(allOdd, '\ufffd')

/** JSON text that jsonb takes, whatever is in it. */
export const storableJson = (value: unknown): string =>
  JSON.stringify(value, (_, member: unknown) => {
    if (typeof member === 'string') return storableText(member)
    const isRecord = typeof member === 'object' && member !== null && !Array.isArray(member)
    return isRecord && Object.keys(member).some((name) => odd.test(name))
      ? Object.fromEntries(Object.entries(member).map(([name, one]) => [storableText(name), one]))
      : member
  })
