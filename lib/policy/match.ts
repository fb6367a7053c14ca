import { splitArn } from './arn'

// Non-characters stand for the wildcards, so that a literal * (from `${*}` or from a variable's value) is not one.
const star = '\uFFFE'
const anyOne = '\uFFFF'

/** Text between the stars. One part: no star. */
export interface Pattern { parts: readonly string[], least: number }

/** `*` and `?` become wildcards; everything else stays. */
export function markWildcards(text: string): string {
  return text.replaceAll('*', star).replaceAll('?', anyOne)
}

export function compilePattern(marked: string): Pattern {
  const parts = marked.split(star)
  let least = 0
  for (const part of parts) least += part.length
  // Of several stars in a row one is enough.
  return { parts: parts.length > 2 ? parts.filter((part, index) => part !== '' || index === 0 || index === parts.length - 1) : parts, least }
}

/** Leftmost search of each part in turn: no backtracking, so hostile patterns cost what long texts cost. */
export function matchPattern({ parts, least }: Pattern, text: string): boolean {
  if (text.length < least) return false
  const first = parts[0] ?? ''
  if (parts.length === 1) return text.length === least && startsAt(text, first, 0)
  const last = parts[parts.length - 1] ?? ''
  const limit = text.length - last.length
  if (!startsAt(text, first, 0) || !startsAt(text, last, limit)) return false
  let at = first.length
  for (let i = 1; i < parts.length - 1; i++) {
    const part = parts[i] ?? ''
    at = findPart(text, part, at, limit)
    if (at < 0) return false
    at += part.length
  }
  return at <= limit
}

function findPart(text: string, part: string, from: number, limit: number): number {
  if (!part.includes(anyOne)) {
    const found = text.indexOf(part, from)
    return found >= 0 && found + part.length <= limit ? found : -1
  }
  for (let at = from; at + part.length <= limit; at++) if (startsAt(text, part, at)) return at
  return -1
}

function startsAt(text: string, part: string, at: number): boolean {
  if (text.startsWith(part, at)) return true
  if (!part.includes(anyOne)) return false
  for (let i = 0; i < part.length; i++) {
    const code = part.charCodeAt(i)
    if (code !== 0xFFFF && code !== text.charCodeAt(at + i)) return false
  }
  return at + part.length <= text.length
}

export function isCatchAll(pattern: Pattern): boolean {
  return pattern.least === 0 && pattern.parts.length > 1
}

/** One pattern for each of the six parts; null is the lone `*`. */
export type ArnPattern = readonly Pattern[] | null

/**
 * ARNs are compared part by part (IAM, "ARN condition operators" and "Resource"): a `*` does not reach over a colon, except at
 * the end of a pattern that has fewer than six parts, where it stands for all that follow.
 */
export function compileArn(marked: string): ArnPattern {
  if (marked === star) return null
  const parts = splitArn(marked)
  if (parts.length < 6 && parts[parts.length - 1]?.endsWith(star)) while (parts.length < 6) parts.push(star)
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
