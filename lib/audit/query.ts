import 'server-only'
import { isGroup, tokensOf, type Filter, type Operator, type Token } from '@/lib/table/filter'
import { compileFilter, Params, type SqlProperty } from '@/lib/table/sql'
import { account } from '@/lib/table/statements'
import { isRenamedLike, storedNamesOf } from './event-names'

const text = (expression: string): SqlProperty => ({
  kind: 'text',
  expression,
  none: `${expression} IS NULL`,
})
const exact = (expression: string): SqlProperty => ({ kind: 'enum', expression })
/** Text of an entry, or the name that its event has now, is like the pattern. */
const orRenamed = (expression: string) => (params: Params, pattern: string) => {
  const like = params.add(pattern)
  return `(lower(${expression}) LIKE ${like} OR ${isRenamedLike('e."event"', like)})`
}

/** `=key` is `key` asked for by its exact value, which the column's index answers. */
const properties: Readonly<Record<string, SqlProperty>> = {
  event: {
    kind: 'enum',
    expression: 'e."event"',
    contains: orRenamed('e."event"'),
  },
  person: {
    kind: 'enum',
    expression: 'e."actorId"',
    contains: (params, pattern) => `lower(e."actor") LIKE ${params.add(pattern)}`,
  },
  by: exact(`CASE WHEN e."actorId" IS NULL THEN 'console' ELSE 'person' END`),
  account: account('e."accountId"'),
  key: text('e."keyArn"'),
  '=key': exact('e."keyArn"'),
  request: text('e."requestId"'),
  '=request': exact('e."requestId"'),
  at: { kind: 'date', expression: 'e."at"' },
  '*': {
    kind: 'enum',
    expression: 'e."event"',
    contains: orRenamed('e."body"'),
  },
}
const find = (id: string) => (Object.hasOwn(properties, id) ? (properties[id] ?? null) : null)

const isSpecial = (token: Token) => token.values.some((value) => value.startsWith('('))
function sharpen(token: Token): Token {
  if (token.operator !== 'eq' && token.operator !== 'ne') return token
  if (token.property === 'event') return { ...token, values: token.values.flatMap(storedNamesOf) }
  return (token.property === 'key' || token.property === 'request') && !isSpecial(token)
    ? { ...token, property: `=${token.property}` }
    : token
}

/** The filter as a condition on "AuditEntry" e. */
export function conditionOf(filter: Filter, params: Params): string {
  const terms = filter.terms.map((term) =>
    isGroup(term) ? { ...term, tokens: term.tokens.map(sharpen) } : sharpen(term),
  )
  return compileFilter({ ...filter, terms }, find, params)
}

const indexed = new Set(['event', 'person', 'account', 'key', 'request'])
const holdsAlone = (filter: Filter) =>
  filter.operation === 'and' || filter.terms.length < 2
    ? filter.terms.filter((term): term is Token => !isGroup(term))
    : []

/**
 * Must every entry be looked at for this filter? Then a page looks through so many of
 * them and says how far it came.
 */
export function isScan(filter: Filter): boolean {
  return (
    tokensOf(filter).length > 0 &&
    !holdsAlone(filter).some(
      ({ property, operator }) => operator === 'eq' && indexed.has(property),
    ) &&
    tokensOf(filter).some(({ property }) => property !== 'at')
  )
}

/** Days (YYYY-MM-DD) that bound what the filter allows; null where it names none. */
export type Days = { first: string | null; last: string | null }

/** The first and the last day that the filter allows, with a day's error at most. */
export function daysOf(filter: Filter): Days {
  const days = (...operators: Operator[]) =>
    holdsAlone(filter)
      .filter(({ property, operator }) => property === 'at' && operators.includes(operator))
      .flatMap(({ values }) => (values.length === 1 ? values : []))
      .filter((day) => /^\d{4}-\d{2}-\d{2}$/u.test(day))
      .toSorted()
  return {
    first: days('gt', 'ge', 'eq').at(-1) ?? null,
    last: days('lt', 'le', 'eq')[0] ?? null,
  }
}
