// The filter of a table as every part of the console means it: the table's own URL,
// its reader, its token field.

const operators = [
  'eq',
  'ne',
  'has',
  'hasnt',
  'starts',
  'startsnt',
  'lt',
  'le',
  'gt',
  'ge',
] as const
export type Operator = (typeof operators)[number]

/** Property of a token that looks in every text. */
export const anyText = '*'
/** Values that every kind but `enum` knows: "we do not know", and "we know there is none". */
export const unknownValue = '(unknown)'
export const noneValue = '(none)'

/** A condition that holds for all but what it names, so also for what is unknown. */
export const isNegative = (operator: Operator): boolean =>
  operator === 'ne' || operator === 'hasnt' || operator === 'startsnt'

/**
 * One condition. Several values mean any of them. A negative one holds for what is unknown
 * too: it is everything but.
 */
export type Token = { property: string; operator: Operator; values: readonly string[] }
export type Operation = 'and' | 'or'
export type Group = { operation: Operation; tokens: readonly Token[] }
/** One level of nesting, as the token field draws it. */
export type Filter = { operation: Operation; terms: readonly (Token | Group)[] }

export const noFilter: Filter = { operation: 'and', terms: [] }
export const isGroup = (term: Token | Group): term is Group => 'tokens' in term
export const tokensOf = (filter: Filter): readonly Token[] =>
  filter.terms.flatMap((term) => (isGroup(term) ? term.tokens : [term]))

export const limits = { textLength: 6000, tokens: 40, values: 50, valueLength: 256 } as const

/**
 * `keyState.eq.Enabled|Disabled,or(tag:team.has.pay,tag:team.eq.~none)`; the
 * outer operation is not in it.
 */
export function formatFilter(filter: Filter): string {
  return filter.terms
    .map((term) =>
      isGroup(term)
        ? `${term.operation}(${term.tokens.map(formatToken).join(',')})`
        : formatToken(term),
    )
    .join(',')
}

const formatToken = ({ property, operator, values }: Token) =>
  `${escape(property)}.${operator}.${values.map(escape).join('|')}`

/** Percent-escapes what the grammar itself uses; everything else stays readable. */
function escape(text: string): string {
  if (text === unknownValue || text === noneValue) return `~${text.slice(1, -1)}`
  return wellFormed(text).replaceAll(/[%.,|()~]/gu, (char) => `%${char.charCodeAt(0).toString(16)}`)
}

function unescape(text: string): string | null {
  if (text === '~unknown') return unknownValue
  if (text === '~none') return noneValue
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

/**
 * Every piece that reads as a token, and the pieces that do not. Knows the grammar only, not
 * which properties a table has.
 */
export function parseFilter(
  text: string,
  operation: Operation,
): { filter: Filter; left: string[] } {
  const terms: (Token | Group)[] = []
  const left: string[] = []
  const take = (pieces: readonly string[]): Token[] =>
    pieces.flatMap((piece) => {
      const token = parseToken(piece)
      if (!token) left.push(piece)
      return token ?? []
    })
  for (const piece of splitTerms(text.slice(0, limits.textLength))) {
    const group = /^(and|or)\((.*)\)$/su.exec(piece)
    const tokens = take(group ? (group[2] ?? '').split(',').filter(Boolean) : [piece])
    if (!group) terms.push(...tokens)
    else if (tokens.length > 0) terms.push({ operation: group[1] === 'or' ? 'or' : 'and', tokens })
  }
  return { filter: { operation, terms }, left }
}

/** Commas outside of parentheses. */
function splitTerms(text: string): string[] {
  return text.match(/(?:and|or)\([^()]*\)|[^,]+/gu) ?? []
}

function parseToken(piece: string): Token | null {
  const match = /^([^.]+)\.([a-z]+)\.(.*)$/su.exec(piece)
  const operator = operators.find((name) => name === match?.[2])
  const property = unescape(match?.[1] ?? '')
  const values = (match?.[3] ?? '').split('|').slice(0, limits.values).map(unescape)
  if (!match || !operator || !property || property.length > limits.valueLength) return null
  const known = values.filter((value): value is string => value !== null).map(cleanValue)
  return known.length === values.length
    ? { property: cleanValue(property), operator, values: known }
    : null
}

/** Half a surrogate pair fits neither a URL nor a database. */
export const wellFormed = (text: string) => text.replaceAll(/\p{Cs}/gu, '\ufffd')

/** What PostgreSQL cannot store and nobody means: control characters. */
export const cleanValue = (text: string) =>
  wellFormed(text.replaceAll(/\p{Cc}/gu, ' ').slice(0, limits.valueLength))
