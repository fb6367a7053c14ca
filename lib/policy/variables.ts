/** A piece of a policy string: text, a wildcard that was written as such, or a variable. */
export type Piece =
  | { kind: 'text'; text: string }
  | { kind: 'variable'; key: string; fallback: string | null }

export interface VariableFault {
  code: string
  message: string
  start: number
  end: number
}

/**
 * Splits a value at its policy variables (IAM, "Variables and tags"):
 * `${aws:username}`, `${aws:PrincipalTag/team, 'none'}`. `${*}`, `${?}` and `${$}` are the
 * characters themselves and come back as text pieces of their own, so that a `*` in a text piece
 * that stands between two offsets of the source is a wildcard and one from
 * `${*}` is not: see `literal`.
 */
export function splitVariables(value: string): {
  pieces: (Piece & { literal?: boolean })[]
  faults: VariableFault[]
} {
  const pieces: (Piece & { literal?: boolean })[] = []
  const faults: VariableFault[] = []
  let from = 0
  for (;;) {
    const start = value.indexOf('${', from)
    if (start < 0) break
    const end = value.indexOf('}', start)
    if (end < 0) {
      faults.push({
        code: 'MISSING_BRACE_IN_VARIABLE',
        message: 'The variable has no closing brace.',
        start,
        end: value.length,
      })
      break
    }
    if (start > from) pieces.push({ kind: 'text', text: value.slice(from, start) })
    const inner = value.slice(start + 2, end)
    if (inner === '*' || inner === '?' || inner === '$')
      pieces.push({ kind: 'text', text: inner, literal: true })
    else pieces.push(readVariable(inner, start, end + 1, faults))
    from = end + 1
  }
  if (from < value.length) pieces.push({ kind: 'text', text: value.slice(from) })
  return { pieces, faults }
}

function readVariable(inner: string, start: number, end: number, faults: VariableFault[]): Piece {
  const comma = inner.indexOf(',')
  const key = (comma < 0 ? inner : inner.slice(0, comma)).trim()
  const fault = (code: string, message: string): void => {
    faults.push({ code, message, start, end })
  }
  if (key === '') fault('EMPTY_VARIABLE', 'The variable is empty: ${} names no condition key.')
  else if (/\s/.test(comma < 0 ? inner : inner.slice(0, comma)))
    fault('UNSUPPORTED_SPACE_IN_VARIABLE', 'A variable must not contain spaces.')
  if (comma < 0) return { kind: 'variable', key, fallback: null }
  const written = inner.slice(comma + 1).trim()
  const quoted = written.length >= 2 && written.startsWith("'") && written.endsWith("'")
  if (!quoted)
    fault('MISSING_QUOTE_IN_VARIABLE', 'The default value of a variable stands in single quotes.')
  return { kind: 'variable', key, fallback: quoted ? written.slice(1, -1) : null }
}
