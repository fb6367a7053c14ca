/**
 * A database row as JSON carries it: times as ISO text, so that a page, a handler
 * and a download show the same.
 */
export type Plain<T> = T extends Date
  ? string
  : T extends bigint
    ? string
    : T extends readonly (infer U)[]
      ? Plain<U>[]
      : T extends object
        ? { [K in keyof T]: Plain<T[K]> }
        : T

export function plain<T>(value: T): Plain<T> {
  // the walk below does to values what the type above does to types
  return toPlain(value) as Plain<T>
}

function toPlain(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString()
  if (typeof value === 'bigint') return String(value)
  if (Array.isArray(value)) return value.map(toPlain)
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, toPlain(inner)]))
  }
  return value
}
