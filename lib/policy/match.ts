import { splitArn } from '../kms/arn'

// Non-characters stand for the wildcards, so that a literal * (from `${*}` or from a
// variable's value) is not one.
const star = '\uFFFE'
const anyOne = '\uFFFF'

/**
 * Text between two stars. Where it has question marks, `runs` are what
 * stands between them, and where.
 */
interface Part {
  length: number
  runs: readonly { at: number; text: string }[]
}

/** One part: no star. */
export interface Pattern {
  parts: readonly Part[]
  least: number
}

/** `*` and `?` become wildcards; everything else stays. */
export function markWildcards(text: string): string {
  return text.replaceAll('*', star).replaceAll('?', anyOne)
}

export function compilePattern(marked: string): Pattern {
  const texts = marked.split(star)
  // Of several stars in a row one is enough.
  const parts = texts
    .filter((text, index) => text !== '' || index === 0 || index === texts.length - 1)
    .map(compilePart)
  return { parts, least: marked.length - (texts.length - 1) }
}

function compilePart(text: string): Part {
  if (!text.includes(anyOne))
    return { length: text.length, runs: text === '' ? [] : [{ at: 0, text }] }
  const runs: { at: number; text: string }[] = []
  let at = 0
  for (const run of text.split(anyOne)) {
    if (run !== '') runs.push({ at, text: run })
    at += run.length + 1
  }
  return { length: text.length, runs }
}

/**
 * Leftmost search of each part in turn: no backtracking, so hostile patterns
 * cost what long texts cost.
 */
export function matchPattern({ parts, least }: Pattern, text: string): boolean {
  const [first] = parts
  const last = parts[parts.length - 1]
  if (!first || !last || text.length < least) return false
  if (parts.length === 1) return text.length === least && standsAt(text, first, 0)
  const limit = text.length - last.length
  if (!standsAt(text, first, 0) || !standsAt(text, last, limit)) return false
  let at = first.length
  for (let i = 1; i < parts.length - 1; i++) {
    const part = parts[i]
    if (!part) return false
    at = findPart(text, part, at, limit)
    if (at < 0) return false
    at += part.length
  }
  return at <= limit
}

function standsAt(text: string, part: Part, at: number): boolean {
  for (const run of part.runs) if (!text.startsWith(run.text, at + run.at)) return false
  return true
}

/**
 * Leftmost place at which all runs stand, or -1. A run that is missing moves the
 * search on to where it next is.
 */
function findPart(text: string, part: Part, from: number, limit: number): number {
  let at = from
  let settled = 0
  // The run that failed last is asked first: it is the one that is rare.
  for (let next = 0; settled < part.runs.length; next = (next + 1) % part.runs.length) {
    const run = part.runs[next]
    if (!run) break
    const found = text.indexOf(run.text, at + run.at)
    if (found < 0) return -1
    settled = found === at + run.at ? settled + 1 : 1
    at = found - run.at
    if (at + part.length > limit) return -1
  }
  return at + part.length <= limit ? at : -1
}

export function isCatchAll(pattern: Pattern): boolean {
  return pattern.least === 0 && pattern.parts.length > 1
}

/** One pattern for each of the six parts; null is the lone `*`. */
export type ArnPattern = readonly Pattern[] | null

/**
 * ARNs are compared part by part (IAM, "ARN condition operators" and "Resource"): a `*` does
 * not reach over a colon, except at the end of a pattern that has fewer than six parts, where
 * it stands for all that follow.
 */
export function compileArn(marked: string): ArnPattern {
  if (marked === star) return null
  const parts = splitArn(marked)
  if (parts.length < 6 && parts[parts.length - 1]?.endsWith(star))
    while (parts.length < 6) parts.push(star)
  return parts.map(compilePattern)
}

/** `parts` as splitArn gives them. */
export function matchArn(pattern: ArnPattern, parts: readonly string[]): boolean {
  if (pattern === null) return true
  if (pattern.length !== 6 || parts.length !== 6) return false
  // The last parts differ most often.
  for (let i = 5; i >= 0; i--) {
    const part = pattern[i]
    if (!part || !matchPattern(part, parts[i] ?? '')) return false
  }
  return true
}

/**
 * A Resource. `loose`: of fewer than six parts, with a `*` at the end of one. IAM, "Resource": such
 * a `*` "can expand to match beyond the colon boundaries"; how far, AWS leaves open, so what only
 * `loose` matches is not certain.
 */
export interface ResourcePattern {
  arn: ArnPattern
  loose: Pattern | null
}

export function compileResource(marked: string): ResourcePattern {
  const segments = marked.split(':')
  const expands =
    marked !== star && segments.length < 6 && segments.some((segment) => segment.endsWith(star))
  return { arn: compileArn(marked), loose: expands ? compilePattern(marked) : null }
}

/** Whether a text that goes on after `text` could match. May say so of some that cannot. */
export function couldBegin({ parts }: Pattern, text: string): boolean {
  const [first] = parts
  return first !== undefined && (first.length > text.length || standsAt(text, first, 0))
}
