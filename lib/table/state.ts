import * as z from 'zod/mini'
import { columnOf, tokenProblem, type Sort, type TableDefinition } from './definition'
import {
  anyText,
  cleanValue,
  formatFilter,
  isGroup,
  limits,
  noFilter,
  parseFilter,
  tokensOf,
  wellFormed,
  type Filter,
  type Group,
  type Token,
} from './filter'

/** What a table shows: all of it stands in its URL. */
export type TableState = {
  filter: Filter
  sort: Sort
  /** From 1. */
  page: number
  pageSize: number
  columns: readonly string[]
  wrap: boolean
}
/**
 * What the URL said that this table does not understand, in words: a filter that was
 * left out must not go unseen.
 */
export type ParsedState = { state: TableState; problems: string[] }

const text = z.catch(
  z.pipe(
    z.transform((value) => (Array.isArray(value) ? value[0] : value)),
    z.optional(z.string()),
  ),
  undefined,
)
const rawSchema = z.object({
  filter: text,
  match: text,
  sort: text,
  page: text,
  size: text,
  columns: text,
  wrap: text,
  q: text,
})

/**
 * The one parser for every table's query string. Never throws: what it cannot
 * use it names in `problems`.
 */
export function parseTableState(
  definition: TableDefinition,
  search: Readonly<Record<string, unknown>>,
): ParsedState {
  const raw = rawSchema.parse(search)
  const { filter: said, problems } = readFilter(
    definition,
    raw.filter ?? '',
    raw.match === 'any' ? 'or' : 'and',
  )
  const filter = raw.q ? withText(said, raw.q) : said
  const sort = readSort(definition, raw.sort)
  if (raw.sort && !sort) problems.push(`The table cannot be sorted by "${raw.sort.slice(0, 80)}".`)
  const size = Number(raw.size)
  const columns = (raw.columns ?? '')
    .split(',')
    .map(decode)
    .filter((id) => columnOf(definition, id))
  return {
    state: {
      filter,
      sort: sort ?? definition.defaultSort,
      page: /^[1-9]\d{0,6}$/u.test(raw.page ?? '') ? Number(raw.page) : 1,
      pageSize: definition.pageSizes.includes(size) ? size : (definition.pageSizes[0] ?? 50),
      columns: columns.length > 0 ? [...new Set(columns)] : definition.defaultColumns,
      wrap: raw.wrap === '1',
    },
    problems,
  }
}

function readFilter(
  definition: TableDefinition,
  textOf: string,
  operation: 'and' | 'or',
): { filter: Filter; problems: string[] } {
  const { filter, left } = parseFilter(textOf, operation)
  const problems = left.map((piece) => `"${piece.slice(0, 80)}" is not a filter.`)
  if (textOf.length > limits.textLength)
    problems.push('The filter is too long; its end was left out.')
  let room: number = limits.tokens
  const keep = (token: Token) => {
    const problem = room > 0 ? tokenProblem(definition, token) : 'there are too many conditions'
    if (problem) problems.push(`A condition was left out: ${problem}.`)
    else room -= 1
    return !problem
  }
  const terms = filter.terms.flatMap((term): (Token | Group)[] => {
    if (!isGroup(term)) return keep(term) ? [term] : []
    const tokens = term.tokens.filter(keep)
    return tokens.length > 0 ? [{ ...term, tokens }] : []
  })
  return { filter: { operation, terms }, problems }
}

/** `?q=` is the short way to say "has this text", for links and for typing. */
function withText(filter: Filter, q: string): Filter {
  const value = cleanValue(q).trim()
  if (!value) return filter
  const token: Token = { property: anyText, operator: 'has', values: [value] }
  if (filter.operation === 'and' || filter.terms.length < 2)
    return { operation: 'and', terms: [...filter.terms, token] }
  const tokens = tokensOf(filter)
  return { operation: 'and', terms: [{ operation: 'or', tokens }, token] }
}

function readSort(definition: TableDefinition, textOf: string | undefined): Sort | null {
  if (!textOf) return null
  const descending = textOf.startsWith('-')
  const column = columnOf(definition, descending ? textOf.slice(1) : textOf)
  return column?.sortable ? { column: column.id, direction: descending ? 'desc' : 'asc' } : null
}

function decode(textOf: string): string {
  try {
    return decodeURIComponent(textOf)
  } catch {
    return textOf
  }
}

/**
 * The query string (without "?") that parses to this state; what is the
 * table's default is left out.
 */
export function formatTableState(definition: TableDefinition, state: TableState): string {
  const params: [string, string][] = []
  if (tokensOf(state.filter).length > 0) params.push(['filter', formatFilter(state.filter)])
  if (state.filter.operation === 'or' && state.filter.terms.length > 1)
    params.push(['match', 'any'])
  const { sort } = state
  if (
    sort.column !== definition.defaultSort.column ||
    sort.direction !== definition.defaultSort.direction
  ) {
    params.push(['sort', `${sort.direction === 'desc' ? '-' : ''}${sort.column}`])
  }
  if (state.page > 1) params.push(['page', String(state.page)])
  if (state.pageSize !== definition.pageSizes[0]) params.push(['size', String(state.pageSize)])
  if (state.columns.join() !== definition.defaultColumns.join())
    params.push([
      'columns',
      state.columns.map((id) => id.replaceAll(/[,%]/gu, encodeURIComponent)).join(','),
    ])
  if (state.wrap) params.push(['wrap', '1'])
  return params.map(([name, value]) => `${name}=${readable(value)}`).join('&')
}

/** As encodeURIComponent, but for what a query string may hold as it is. */
const readable = (value: string) =>
  encodeURIComponent(wellFormed(value)).replaceAll(
    /%(?:2C|3A|28|29|7C|7E|2F|40)/gu,
    decodeURIComponent,
  )

export const defaultState = (definition: TableDefinition): TableState =>
  parseTableState(definition, {}).state

/**
 * The address of a table narrowed to what all these conditions say: for the numbers that are links.
 */
export function tableHref(
  path: string,
  definition: TableDefinition,
  ...terms: Filter['terms']
): string {
  const query = formatTableState(definition, {
    ...defaultState(definition),
    filter: { ...noFilter, terms },
  })
  return query ? `${path}?${query}` : path
}
