import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { columnOf, operatorsOf, propertyOf, tokenProblem } from './definition'
import { noneValue, unknownValue, type Filter, type Group, type Token } from './filter'
import { keysTable } from '@/lib/inventory/table/keys-table'
import { formatTableState, parseTableState, tableHref, type TableState } from './state'

const parseQuery = (query: string) =>
  parseTableState(keysTable, Object.fromEntries(new URLSearchParams(query)))

const text = fc
  .string({ minLength: 1, maxLength: 20, unit: 'grapheme' })
  .filter((value) => !/\p{Cc}|\p{Cs}/u.test(value))
const day = fc
  .integer({ min: 0, max: 20_000 })
  .map((n) => new Date(n * 86_400_000).toISOString().slice(0, 10))
const propertyId = fc.oneof(
  fc.constantFrom(...Object.keys(keysTable.properties), '*'),
  text.map((name) => `tag:${name}`),
)
const token: fc.Arbitrary<Token> = propertyId.chain((property) => {
  const found = propertyOf(keysTable, property)
  const kind = found?.kind ?? 'text'
  const value =
    kind === 'number'
      ? fc.integer({ min: -999, max: 99_999 }).map(String)
      : kind === 'date'
        ? day
        : text
  const special = fc.constantFrom(unknownValue, noneValue)
  return fc
    .constantFrom(...operatorsOf[kind])
    .chain((operator) =>
      fc
        .array(
          ['eq', 'ne'].includes(operator)
            ? fc.oneof({ weight: 4, arbitrary: value }, special)
            : value,
          { minLength: 1, maxLength: 3 },
        )
        .map((values) => ({ property, operator, values })),
    )
})
const operation = fc.constantFrom('and' as const, 'or' as const)
const group: fc.Arbitrary<Group> = fc.record({
  operation,
  tokens: fc.array(token, { minLength: 1, maxLength: 3 }),
})
const filter: fc.Arbitrary<Filter> = fc.record({
  operation,
  terms: fc.array(fc.oneof(token, group), { minLength: 2, maxLength: 5 }),
})
const columnId = fc.oneof(
  fc.constantFrom(...keysTable.columns.map((column) => column.id)),
  text.map((name) => `tag:${name}`),
)
const state: fc.Arbitrary<TableState> = fc.record({
  filter,
  sort: fc.record({
    column: columnId.filter((id) => columnOf(keysTable, id)?.sortable === true),
    direction: fc.constantFrom('asc' as const, 'desc' as const),
  }),
  page: fc.integer({ min: 1, max: 9_999_999 }),
  pageSize: fc.constantFrom(...keysTable.pageSizes),
  columns: fc.uniqueArray(columnId, { minLength: 1, maxLength: 6 }),
  wrap: fc.boolean(),
})

describe('the URL of a table', () => {
  test('says everything the table shows, and reads back as the same', () => {
    fc.assert(
      fc.property(state, (given) => {
        const read = parseQuery(formatTableState(keysTable, given))
        expect(read.problems).toEqual([])
        expect(read.state).toEqual(given)
      }),
      { numRuns: 500 },
    )
  })

  test('any query string is read without a throw, into a state this table can show', () => {
    const junk = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        'account.eq.',
        'or(',
        'a.eq.%E0%A4%A',
        'tag:.eq.x',
        '__proto__.eq.x',
        'created.lt.2026-02-31',
        'grants.gt.1e999',
      ),
    )
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom('filter', 'match', 'sort', 'page', 'size', 'columns', 'wrap', 'x'),
          fc.oneof(junk, fc.array(junk), fc.integer()),
        ),
        (search) => {
          const { state: read } = parseTableState(keysTable, search)
          expect(keysTable.pageSizes).toContain(read.pageSize)
          expect(read.page).toBeGreaterThan(0)
          expect(columnOf(keysTable, read.sort.column)?.sortable).toBe(true)
          for (const term of read.filter.terms)
            for (const each of 'tokens' in term ? term.tokens : [term])
              expect(tokenProblem(keysTable, each)).toBeNull()
          const again = parseQuery(formatTableState(keysTable, read))
          expect(again.problems).toEqual([])
        },
      ),
      { numRuns: 1000 },
    )
  })

  test('a condition the table does not understand is named, since without it more is shown than was meant', () => {
    const { state: read, problems } = parseQuery(
      'filter=state.eq.Enabled,colour.eq.blue,grants.gt.many,rubbish',
    )
    expect(read.filter.terms).toEqual([{ property: 'state', operator: 'eq', values: ['Enabled'] }])
    expect(problems.join(' ')).toMatch(/colour.*|rubbish/)
    expect(problems).toHaveLength(3)
  })

  test('stays readable', () => {
    expect(
      tableHref(
        '/keys',
        keysTable,
        {
          property: 'state',
          operator: 'eq',
          values: ['PendingDeletion', 'PendingReplicaDeletion'],
        },
        { property: 'tag:team', operator: 'eq', values: [noneValue] },
      ),
    ).toBe('/keys?filter=state.eq.PendingDeletion|PendingReplicaDeletion,tag:team.eq.~none')
  })
})
