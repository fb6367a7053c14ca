/** Reading what may have any shape: a record is another's text. Pure. */

export type Json = Readonly<Record<string, unknown>> | null

/** A value as an object with members; null for everything else. */
export const asObject = (value: unknown): Json => (isObject(value) ? value : null)

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A member's text; null where it is none, or empty. */
export function textOf(from: Json, name: string): string | null {
  if (from === null || !Object.hasOwn(from, name)) return null
  const value = from[name]
  return typeof value === 'string' && value !== '' ? value : null
}

/** A member that is an object; null where it is none. */
export const memberOf = (from: Json, name: string): Json =>
  from !== null && Object.hasOwn(from, name) ? asObject(from[name]) : null

/** The members of a list that are objects; none where it is no list. */
export function listOf(from: Json, name: string): readonly Json[] {
  const value = from !== null && Object.hasOwn(from, name) ? from[name] : null
  return Array.isArray(value) ? value.map(asObject) : []
}

/** The members of an object that are texts; null where there are none. */
export function textsOf(from: Json): Record<string, string> | null {
  if (from === null) return null
  const texts = Object.entries(from).filter((entry): entry is [string, string] => {
    const [, value] = entry
    return typeof value === 'string'
  })
  return texts.length === 0 ? null : Object.fromEntries(texts)
}
