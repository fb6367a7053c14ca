import fc from 'fast-check'
import { shapes, type ShapeName } from './shapes'

/** Every place in a record, as a path to it. */
function pathsOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  const inside = Object.entries(value).flatMap(([name, one]) => pathsOf(one, [...path, name]))
  return [path, ...inside]
}

function put(record: unknown, [name, ...rest]: readonly string[], value: unknown): unknown {
  if (name === undefined) return value
  const from = typeof record === 'object' && record !== null ? record : {}
  const copy: Record<string, unknown> = { ...from }
  copy[name] = put(copy[name], rest, value)
  return Array.isArray(record) ? Object.values(copy) : copy
}

/** A record of a published shape in which one or two places hold something else, or which is cut. */
export const damagedText = fc
  .record({
    name: fc.constantFrom(...Object.keys(shapes)),
    at: fc.nat(),
    value: fc.oneof(
      fc.anything({ withNullPrototype: false, maxDepth: 3 }),
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom(undefined, '\u0000', '\ud800', '__proto__', 'x'.repeat(4_000), [[[]]], 1e308),
    ),
    twice: fc.nat(),
    cut: fc.option(fc.nat(), { freq: 3 }),
  })
  .map(({ name, at, value, twice, cut }) => {
    const record = shapes[name as ShapeName]
    const paths = pathsOf(record)
    const place = (n: number) => paths[n % paths.length] ?? []
    const damaged = put(put(record, place(at), value), place(twice), value)
    const text = stringify(damaged)
    return cut === null ? text : text.slice(0, cut % (text.length + 1))
  })

function stringify(value: unknown): string {
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    return '{'
  }
}
