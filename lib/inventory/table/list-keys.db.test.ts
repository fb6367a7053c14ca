import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { freshDatabase } from '@/lib/db/test/database'
import { keysTable } from '@/lib/inventory/table/keys-table'
import { defaultState, parseTableState } from '@/lib/table/state'
import { listKeys } from './list-keys'
import { arnOf, fleet, putFleet } from './test/fleet'
import { filter, scope } from './test/any-filter'
import { holds, speaksOfGone } from './test/naive-filter'
import { nobody, permitFor } from '@/lib/auth/test/permit'

const { sql } = await freshDatabase()

const everything = permitFor(nobody, 'keys.read')

beforeAll(putFleet)

const sortable = [
  ...keysTable.columns.filter((column) => column.sortable).map((column) => column.id),
  'tag:team',
  'tag:o\'; DROP TABLE "Key"',
]

const sort = fc.record({
  column: fc.constantFrom(...sortable),
  direction: fc.constantFrom('asc' as const, 'desc' as const),
})

describe('the table of keys', () => {
  test('shows and counts the keys that a naive reading of the filter gives, in every scope', async () => {
    await fc.assert(
      fc.asyncProperty(filter, scope, sort, async (given, within, order) => {
        const { rows, total, facets } = await listKeys(permitFor(nobody, 'keys.read', within), {
          filter: given,
          sort: order,
          page: 1,
          pageSize: 100,
        })
        const expected = fleet.filter(
          (key) =>
            holds(key, given) &&
            (speaksOfGone(given) || !key.gone) &&
            (within.all || within.accountIds.includes(key.accountId)),
        )
        expect(rows.map((row) => row.arn).sort()).toEqual(expected.map(arnOf).sort())
        expect(total).toBe(expected.length)
        for (const facet of keysTable.facets)
          expect(facets[facet]?.reduce((sum, { count }) => sum + count, 0)).toBe(total)
        const count = (value: string) =>
          facets.state?.find((one) => one.value === value)?.count ?? 0
        for (const state of ['Enabled', 'Disabled', 'unknown'])
          expect(count(state)).toBe(
            expected.filter((key) => (key.keyState ?? 'unknown') === state).length,
          )
      }),
      { numRuns: 300 },
    )
  }, 120_000)

  test('whatever a URL says, the statement is one that PostgreSQL takes', async () => {
    const nasty = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        `'; DROP TABLE "Key"; --`,
        '$1',
        '\\',
        '\u0000',
        '%_',
        '~none',
        '(or',
        'alias.has.',
      ),
    )
    const piece = fc
      .tuple(
        fc.oneof(fc.constantFrom(...Object.keys(keysTable.properties), '*', "tag:a'b"), nasty),
        fc.constantFrom('eq', 'ne', 'has', 'hasnt', 'starts', 'lt', 'ge', 'x'),
        nasty,
      )
      .map((parts) => parts.join('.'))
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 4 }),
        nasty,
        nasty,
        async (pieces, order, page) => {
          const { state } = parseTableState(keysTable, {
            filter: pieces.join(','),
            sort: order,
            page,
            match: 'any',
          })
          await listKeys(everything, state)
        },
      ),
      { numRuns: 200 },
    )
    expect(await sql.query('SELECT 1 FROM "Key" LIMIT 1')).toHaveLength(1)
  }, 120_000)

  test('pages neither repeat nor lose a key, and what is unknown stands last in both directions', async () => {
    for (const column of sortable) {
      for (const direction of ['asc', 'desc'] as const) {
        const seen: string[] = []
        for (let page = 1; page <= 5; page += 1)
          seen.push(
            ...(
              await listKeys(everything, {
                ...defaultState(keysTable),
                sort: { column, direction },
                page,
                pageSize: 13,
              })
            ).rows.map((row) => row.arn),
          )
        expect(new Set(seen).size).toBe(seen.length)
      }
    }
    for (const direction of ['asc', 'desc'] as const) {
      const { rows } = await listKeys(everything, {
        ...defaultState(keysTable),
        sort: { column: 'grants', direction },
        page: 1,
        pageSize: 100,
      })
      const known = rows.map((row) => row.grantCount !== null)
      expect(known.lastIndexOf(true)).toBeLessThan(
        known.includes(false) ? known.indexOf(false) : known.length,
      )
    }
  })

  test('follows every write to Key, in bulk and one by one', async () => {
    const arn = arnOf(fleet[0] ?? { accountId: '', region: '', keyId: '' })
    const total = async (text: string) =>
      (await listKeys(everything, parseTableState(keysTable, { filter: text }).state)).total
    await sql.execute(
      `UPDATE "Key" SET "keyState" = 'PendingDeletion', "goneAt" = NULL WHERE arn = $1`,
      [arn],
    )
    expect(await total('state.eq.PendingDeletion')).toBe(1)
    await sql.execute(
      `INSERT INTO "Key" (arn, "accountId", region, "keyId", "listedAt", "listedIn")
        SELECT arn, "accountId", region, "keyId", now(), 1 FROM "Key" WHERE arn = $1
      ON CONFLICT (arn) DO UPDATE SET "keyState" = 'Unavailable'`,
      [arn],
    )
    expect([await total('state.eq.PendingDeletion'), await total('state.eq.Unavailable')]).toEqual([
      0, 1,
    ])
    await sql.execute(`DELETE FROM "Key" WHERE arn = $1`, [arn])
    expect(await total('gone.eq.yes|no')).toBe(fleet.length - 1)
  })
})

test('a key of a year and an hour is older than 365 days, and the column still says 365', async () => {
  const total = async (text: string) =>
    (await listKeys(everything, parseTableState(keysTable, { filter: text }).state)).total
  const ages = { young: '364 days 23 hours', year: '365 days 1 hour', old: '366 days 1 hour' }
  const before = {
    gt: await total('ageDays.gt.365'),
    lt: await total('ageDays.lt.365'),
    eq: await total('ageDays.eq.365'),
  }
  for (const [keyId, age] of Object.entries(ages)) {
    await sql.execute(
      `INSERT INTO "Key" (arn, "accountId", region, "keyId", "listedAt", "listedIn", "createdAt")
       VALUES ($1, '111111111111', 'eu-west-1', $2, now(), 1, now() - $3::interval)`,
      [arnOf({ accountId: '111111111111', region: 'eu-west-1', keyId }), keyId, age],
    )
  }
  expect(await total('ageDays.gt.365')).toBe(before.gt + 2)
  expect(await total('ageDays.lt.365')).toBe(before.lt + 1)
  expect(await total('ageDays.eq.365')).toBe(before.eq + 1)
  await sql.execute(`DELETE FROM "Key" WHERE "keyId" = ANY($1::text[])`, [Object.keys(ages)])
})

test('an ARN is found whole, by its beginning and by any part, though no row holds it', async () => {
  // The first is deleted above.
  const arns = fleet.slice(1).flatMap((key) => (key.gone ? [] : arnOf(key)))
  const whole = arns.at(-1) ?? ''
  const pieces = [
    whole,
    whole.slice(0, 30),
    whole.slice(4, 40),
    whole.slice(-14),
    'key/0',
    '/',
    '%',
  ]
  for (const piece of [...pieces, 'arn:aws-cn:', `${whole}/`, 'eu-west-1:2', '4000-8000'])
    for (const operator of ['eq', 'ne', 'has', 'hasnt', 'starts', 'startsnt'] as const) {
      const holds = (arn: string) =>
        operator.startsWith('has')
          ? arn.includes(piece)
          : operator.startsWith('starts')
            ? arn.startsWith(piece)
            : arn === piece
      const isNegated = ['ne', 'hasnt', 'startsnt'].includes(operator)
      const { rows } = await listKeys(everything, {
        ...defaultState(keysTable),
        filter: { operation: 'and', terms: [{ property: 'arn', operator, values: [piece] }] },
        pageSize: 100,
      })
      expect(rows.map(({ arn }) => arn).sort(), `${operator} ${piece}`).toEqual(
        arns.filter((arn) => holds(arn) !== isNegated).sort(),
      )
    }
})
