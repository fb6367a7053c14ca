/**
 * What a condition key holds for this request; undefined when it is absent. Names in lower case.
 */
export type Lookup = (name: string) => string[] | undefined

const compiled = new Map<string, RegExp>()

/** IAM's wildcards: `*` any run, `?` one character. */
export function matchesGlob(pattern: string, text: string, ignoreCase = false): boolean {
  if (pattern === '*') return true
  if (!pattern.includes('*') && !pattern.includes('?')) {
    const plain = plainText(pattern)
    return ignoreCase ? plain.toLowerCase() === text.toLowerCase() : plain === text
  }
  return toRegExp(pattern, ignoreCase).test(text)
}

function toRegExp(pattern: string, ignoreCase: boolean): RegExp {
  const name = ignoreCase ? `i${pattern}` : `c${pattern}`
  const known = compiled.get(name)
  if (known) return known
  const source = pattern
    .split(/(\*+|\?)/)
    .map((part) => (part.startsWith('*') ? '[^]*' : part === '?' ? '[^]' : literal(part)))
    .join('')
  const made = new RegExp(`^${source}$`, ignoreCase ? 'i' : '')
  if (compiled.size > 20_000) compiled.clear()
  compiled.set(name, made)
  return made
}

function literal(text: string): string {
  return text
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll(wildStar, '\\*')
    .replaceAll(wildMark, '\\?')
}

// `${*}` and `${?}` are the characters themselves; they travel as private-use characters to
// stay apart from wildcards.
const wildStar = '\uE000'
const wildMark = '\uE001'

/** Fills policy variables; null when one has no value, and then nothing matches. */
export function fillVariables(text: string, lookup: Lookup): string | null {
  if (!text.includes('${')) return text
  let missing = false
  const filled = text.replace(/\$\{([^}]*)\}/g, (whole, inside: string) => {
    if (inside === '*') return wildStar
    if (inside === '?') return wildMark
    if (inside === '$') return '$'
    const [, name = '', fallback] = /^\s*([^,\s]+)\s*(?:,\s*'([^']*)')?\s*$/.exec(inside) ?? []
    const values = lookup(name.toLowerCase())
    const value = values?.length === 1 ? values[0] : fallback
    if (value === undefined) missing = true
    return value === undefined ? whole : value.replaceAll('*', wildStar).replaceAll('?', wildMark)
  })
  return missing ? null : filled
}

/** The text of a filled pattern where no wildcards count (StringEquals and its like). */
export function plainText(filled: string): string {
  return filled.includes(wildStar) || filled.includes(wildMark)
    ? filled.replaceAll(wildStar, '*').replaceAll(wildMark, '?')
    : filled
}

/** ArnLike: six colon-separated parts, each matched on its own. */
export function matchesArn(pattern: string, arn: string): boolean {
  const [want, have] = [splitArn(pattern), splitArn(arn)]
  if (want.length < 6 || have.length < 6) return pattern === '*'
  return want.every((part, index) => matchesGlob(part, have[index] ?? ''))
}

function splitArn(arn: string): string[] {
  const parts = arn.split(':')
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')]
}
