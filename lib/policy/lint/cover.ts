import type { Located } from '../document'
import { compilePattern, isCatchAll, markWildcards, matchPattern, type Pattern } from '../match'

/**
 * Whether every text that `narrow` matches, `wide` matches too. May miss some that do;
 * never claims one that does not.
 */
export function covers(wide: string, narrow: string): boolean {
  if (wide === narrow) return true
  return (
    /[*?]/.test(wide) &&
    coversPattern({ text: wide, pattern: compilePattern(markWildcards(wide)) }, narrow)
  )
}

interface Wide {
  text: string
  pattern: Pattern
}

function coversPattern({ text, pattern }: Wide, narrow: string): boolean {
  if (isCatchAll(pattern)) return true
  // The wildcards of the narrow one are matched as the characters they are; a ? of the
  // wide one must not swallow a *.
  return !(text.includes('?') && narrow.includes('*')) && matchPattern(pattern, narrow)
}

/** Values that another value of the list already says. Of equal ones the first stays. */
export function findRedundant(
  values: readonly Located<string>[],
  wild: boolean,
  normalize = (text: string): string => text,
): [Located<string>, string][] {
  const found: [Located<string>, string][] = []
  const seen = new Set<string>()
  const distinct: Located<string>[] = []
  for (const value of values) {
    const text = normalize(value.value)
    if (seen.has(text)) found.push([value, value.value])
    else distinct.push(value)
    seen.add(text)
  }
  // A hostile list is all wildcards; people's have few.
  const wides = wild ? distinct.filter(({ value }) => /[*?]/.test(value)).slice(0, 40) : []
  const patterns = wides.map(({ value }) => ({
    value,
    text: normalize(value),
    pattern: compilePattern(markWildcards(normalize(value))),
  }))
  for (const value of distinct) {
    const text = normalize(value.value)
    const wide = patterns.find((one) => one.text !== text && coversPattern(one, text))
    if (wide) found.push([value, wide.value])
  }
  return found
}
