import { isGroup, noneValue, unknownValue, type Filter, type Operator, type Token } from './filter'

/**
 * Collects the values of a statement; `add` answers the placeholder. Nothing from a URL ever
 * stands in the text itself.
 */
export class Params {
  readonly values: unknown[] = []
  add(value: unknown, type?: string): string {
    this.values.push(value)
    return `$${this.values.length}${type ? `::${type}` : ''}`
  }
}

/**
 * How a property is looked up. `unknown` and `none` are conditions for "we do not know" and "we
 * know there is none"; an enum's expression is never null, because it spells "unknown" itself.
 */
export type SqlProperty = {
  unknown?: string
  none?: string | (() => string)
  /**
   * Puts a condition about another table where this one is asked: a subselect, which the planner
   * may look up, join or hash.
   */
  within?: (condition: string) => string
} & (
  | { kind: 'enum'; expression: string; contains?: (params: Params, pattern: string) => string }
  /**
   * Any of several in a list, such as a grant's operations. `conditionOf`: what a value means,
   * where the list itself is dear to make.
   */
  | { kind: 'list'; expression: string; conditionOf?: Readonly<Record<string, string>> }
  | { kind: 'text'; expression: string }
  /** A text that stands in pieces: the condition that it is like a pattern in lower case. */
  | { kind: 'pattern'; like: (params: Params, pattern: string) => string }
  /** Lines of lower-case text, each between line breaks. */
  | { kind: 'lines'; expression: string }
  | { kind: 'tag'; tags: string; name: string }
  | { kind: 'number'; expression: string }
  /**
   * Days since a time. `longSince` is what "more than" looks at, where the time itself may be
   * unknown but not the least.
   */
  | { kind: 'days'; since: string; longSince?: string }
  | { kind: 'date'; expression: string }
)

const negative: Partial<Record<Operator, Operator>> = { ne: 'eq', hasnt: 'has', startsnt: 'starts' }

/**
 * The condition a filter stands for; `true` when there is none. `find`
 * knows the table's properties.
 */
export function compileFilter(
  filter: Filter,
  find: (id: string) => SqlProperty | null,
  params: Params,
): string {
  const compile = (token: Token) => compileToken(token, find(token.property), params)
  return join(
    filter.operation,
    filter.terms.map((term) =>
      isGroup(term) ? join(term.operation, term.tokens.map(compile)) : compile(term),
    ),
  )
}

function join(operation: 'and' | 'or', conditions: readonly string[]): string {
  if (conditions.length === 0) return 'true'
  return conditions.length === 1
    ? (conditions[0] ?? 'true')
    : `(${conditions.join(` ${operation} `)})`
}

function compileToken(token: Token, property: SqlProperty | null, params: Params): string {
  if (!property) return 'true'
  const positive = negative[token.operator]
  const operator = positive ?? token.operator
  const known = property.kind === 'list' ? property.conditionOf : undefined
  if (known) {
    const any = join(
      'or',
      token.values.map((value) =>
        Object.hasOwn(known, value) ? `(${known[value]}) IS TRUE` : 'false',
      ),
    )
    return positive ? `NOT ${any}` : any
  }
  const isSpecial = (value: string) =>
    operator === 'eq' && (value === unknownValue || value === noneValue)
  const specials = token.values.filter(isSpecial)
  const values = token.values.filter((value) => !isSpecial(value))
  const conditions = specials.map((value) => specialOf(value, property))
  if (values.length > 0 || specials.length === 0) {
    const matches = compileValues(operator, values, property, params)
    conditions.push(property.within ? property.within(matches) : matches)
  }
  const condition = join('or', conditions)
  return positive ? `(${condition}) IS NOT TRUE` : condition
}

/** "Unknown" and "none" are said of the row itself, wherever the property is looked up. */
function specialOf(value: string, { unknown, none }: SqlProperty): string {
  if (value === unknownValue) return unknown ?? 'false'
  return (typeof none === 'function' ? none() : none) ?? 'false'
}

function compileValues(
  operator: Operator,
  values: readonly string[],
  property: SqlProperty,
  params: Params,
): string {
  if (operator === 'eq' && property.kind === 'enum')
    return `${property.expression} = ANY(${params.add(values, 'text[]')})`
  if (operator === 'eq' && property.kind === 'list')
    return `${property.expression} && ${params.add(values, 'text[]')}`
  return join(
    'or',
    values.map((value) => compileValue(operator, value, property, params)),
  )
}

function compileValue(
  operator: Operator,
  value: string,
  property: SqlProperty,
  params: Params,
): string {
  switch (property.kind) {
    case 'enum':
      return property.contains?.(params, like('has', value)) ?? 'false'
    case 'list':
      return 'false'
    case 'text':
      return compileText(operator, value, `lower(${property.expression})`, params)
    case 'pattern':
      return property.like(params, operator === 'eq' ? escapeLike(value) : like(operator, value))
    case 'lines':
      return `${property.expression} LIKE ${params.add(lines(operator, value))}`
    case 'tag':
      return compileTag(operator, value, property, params)
    case 'number':
      return `${property.expression} ${comparison(operator)} ${params.add(Number(value), 'float8')}`
    case 'days':
      return compileDays(operator, Number(value), property, params)
    case 'date':
      return compileDay(operator, value, property.expression, params)
  }
}

const comparison = (operator: Operator) =>
  ({ lt: '<', le: '<=', gt: '>', ge: '>=' })[operator as 'lt'] ?? '='

const escapeLike = (value: string) => value.toLowerCase().replaceAll(/[\\%_]/gu, String.raw`\$&`)
const like = (operator: Operator, value: string) =>
  operator === 'starts' ? `${escapeLike(value)}%` : `%${escapeLike(value)}%`
/** A pattern for text that was made lower case. */
export const containing = (value: string) => like('has', value)

function lines(operator: Operator, given: string): string {
  const value = escapeLike(given.replace(/^alias\//u, ''))
  return operator === 'eq'
    ? `%\n${value}\n%`
    : operator === 'starts'
      ? `%\n${value}%`
      : `%${value}%`
}

function compileText(
  operator: Operator,
  value: string,
  expression: string,
  params: Params,
): string {
  if (operator === 'eq') return `${expression} = ${params.add(value.toLowerCase())}`
  return `${expression} LIKE ${params.add(like(operator, value))}`
}

/**
 * A tag's value is compared as AWS keeps it, with its case; only "contains"
 * and "starts with" ignore it.
 */
function compileTag(
  operator: Operator,
  value: string,
  { tags, name }: { tags: string; name: string },
  params: Params,
): string {
  if (operator === 'eq')
    return `${tags} @> ${params.add(JSON.stringify({ [name]: value }), 'jsonb')}`
  return compileText(operator, value, `lower(${tags} ->> ${params.add(name, 'text')})`, params)
}

/** Days are UTC days: on, before, after, and with the day itself. */
function compileDay(operator: Operator, day: string, expression: string, params: Params): string {
  const start = `${params.add(`${day}T00:00:00Z`, 'timestamptz')}`
  const end = `(SELECT ${start} + interval '24 hours')`
  if (operator === 'lt') return `${expression} < ${start}`
  if (operator === 'le') return `${expression} < ${end}`
  if (operator === 'gt') return `${expression} >= ${end}`
  if (operator === 'ge') return `${expression} >= ${start}`
  return `(${expression} >= ${start} AND ${expression} < ${end})`
}

/** More days than any key is old; PostgreSQL's calendar ends not far beyond. */
const mostDays = 700_000

/**
 * An age compared by the moment it begins at, which is far cheaper than counting days row by row.
 * More and less go by the hours too: a key of 365 days and an hour is older than 365 days. "Is"
 * means the whole days that the column shows.
 */
function compileDays(
  operator: Operator,
  given: number,
  { since, longSince = since }: { since: string; longSince?: string },
  params: Params,
): string {
  const days = Math.max(-mostDays, Math.min(mostDays, given))
  // A subselect is worked out once, where the clock itself would be asked for every row.
  const before = (count: number) =>
    `(SELECT claviger_now() - ${params.add(count, 'float8')} * interval '24 hours')`
  if (operator === 'ge') return `${longSince} <= ${before(days)}`
  if (operator === 'gt') return `${longSince} < ${before(days)}`
  if (operator === 'lt') return `${since} > ${before(days)}`
  if (operator === 'le') return `${since} >= ${before(days)}`
  return Number.isInteger(days)
    ? `(${since} <= ${before(days)} AND ${since} > ${before(days + 1)})`
    : 'false'
}
