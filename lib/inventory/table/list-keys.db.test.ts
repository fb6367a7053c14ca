import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Permission, Scope } from '@/lib/auth/permissions'
import type { Permit } from '@/lib/auth/permit'
import { freshDatabase } from '@/lib/db/test/database'
import { toDownload } from '@/lib/table/download'
import { isGroup, noneValue, unknownValue, type Filter, type Token } from '@/lib/table/filter'
import { keyFacets, keysTable } from '@/lib/table/keys'
import { defaultState, parseTableState } from '@/lib/table/state'
import { searchEverything } from '../search'
import { exportKeys } from './export-keys'
import { listKeys } from './list-keys'

const { sql } = await freshDatabase()

const permitFor = <P extends Permission>(scope: Scope) =>
  ({
    actor: { id: '00000000-0000-4000-8000-000000000001', email: '', name: 'test', assigned: [] },
    scope,
  }) as unknown as Permit<P>
const everything = permitFor<'keys.read'>({ all: true })

// ── A small random fleet, and what a person would say each key is ──────────────────────────────────────────────────────
const accounts = [
  { id: '111111111111', name: 'Payments' },
  { id: '222222222222', name: 'Data 100%' },
  { id: '333333333333', name: 'a_b' },
]
const day = (n: number) => new Date(Date.UTC(2026, 0, 1 + n)).toISOString()
type Made = {
  keyId: string
  accountId: string
  region: string
  keyState: string | null
  aliases: string[] | null
  description: string | null
  tags: Record<string, string> | null
  grantCount: number | null
  lastUsedAt: string | null
  lastUseAt: string | null
  owner: string | null
  rotation: string
  gone: boolean
  createdAt: string | null
}
const word = fc.constantFrom('prod', 'Orders', '100%', 'a_b', 'x\\y', 'ü', "o'hara", 'back up', '')
const made: fc.Arbitrary<Omit<Made, 'keyId'>> = fc.record({
  accountId: fc.constantFrom(...accounts.map(({ id }) => id)),
  region: fc.constantFrom('eu-west-1', 'us-east-1'),
  keyState: fc.constantFrom('Enabled', 'Disabled', null),
  aliases: fc.option(fc.uniqueArray(word.filter(Boolean), { maxLength: 3 })),
  description: fc.option(word),
  tags: fc.option(fc.dictionary(fc.constantFrom('team', 'env', 'Team'), word, { maxKeys: 3 })),
  grantCount: fc.option(fc.integer({ min: 0, max: 5 })),
  lastUsedAt: fc.option(fc.integer({ min: 0, max: 20 }).map(day)),
  lastUseAt: fc.option(fc.constant(day(30))),
  owner: fc.constant(null),
  rotation: fc.constantFrom('on', 'off', 'unknown'),
  gone: fc.boolean(),
  createdAt: fc.option(fc.integer({ min: 0, max: 20 }).map(day)),
})
const fleet: Made[] = fc.sample(made, { numRuns: 90, seed: 7 }).map((one, n) => ({
  ...one,
  keyId: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
  lastUsedAt: one.lastUseAt ? one.lastUsedAt : null,
  owner: one.tags?.team ?? null,
}))
const arnOf = (key: Pick<Made, 'accountId' | 'region' | 'keyId'>) =>
  `arn:aws:kms:${key.region}:${key.accountId}:key/${key.keyId}`

beforeAll(async () => {
  for (const { id, name } of accounts)
    await sql.execute(
      `INSERT INTO "Account" (id, name, source, path, "onlyRegions") VALUES ($1, $2, 'page', '{}', '{}')`,
      [id, name],
    )
  const rows = fleet.map((key) => ({
    ...key,
    arn: arnOf(key),
    aliases: (key.aliases ?? []).map((name) => `alias/${name}`),
    aliasesAt: key.aliases && day(30),
    tagsAt: key.tags && day(30),
    describedAt: key.keyState && day(30),
    listedAt: day(30),
    listedIn: 1,
    goneAt: key.gone ? day(31) : null,
    firstSeenAt: day(0),
    missedListings: 0,
    partition: 'aws',
    problems: {},
    searchText: '',
    usageTrackedSince: day(0),
  }))
  await sql.execute(
    `INSERT INTO "Key" SELECT * FROM jsonb_populate_recordset(null::"Key", $1::jsonb)`,
    [JSON.stringify(rows)],
  )
})

// ── The same filter, said naively ──────────────────────────────────────────────────────────────────────────────────────
type Fact = { texts: string[] } | { number: number } | 'unknown' | 'none'
const textFact = (text: string | null): Fact =>
  text === null ? 'unknown' : text === '' ? 'none' : { texts: [text] }

function factOf(key: Made, property: string): Fact {
  if (property.startsWith('tag:')) {
    const value = key.tags?.[property.slice(4)]
    return key.tags === null ? 'unknown' : value === undefined ? 'none' : { texts: [value] }
  }
  switch (property) {
    case 'account':
      return { texts: [key.accountId] }
    case 'region':
      return { texts: [key.region] }
    case 'state':
      return { texts: [key.keyState ?? 'unknown'] }
    case 'rotation':
      return { texts: [key.rotation] }
    case 'gone':
      return { texts: [key.gone ? 'yes' : 'no'] }
    case 'alias':
      return key.aliases === null
        ? 'unknown'
        : key.aliases.length === 0
          ? 'none'
          : { texts: key.aliases }
    case 'description':
      return textFact(key.description)
    case 'owner':
      return key.tags === null ? 'unknown' : textFact(key.owner ?? '')
    case 'grants':
      return key.grantCount === null ? 'unknown' : { number: key.grantCount }
    case 'lastUse':
      return key.lastUsedAt
        ? { number: Date.parse(key.lastUsedAt) }
        : key.lastUseAt
          ? 'none'
          : 'unknown'
    case 'ageDays':
      return key.createdAt
        ? { number: (Date.now() - Date.parse(key.createdAt)) / 86_400_000 }
        : 'unknown'
    case 'created':
      return key.createdAt ? { number: Date.parse(key.createdAt) } : 'unknown'
    default:
      throw new Error(property)
  }
}

function matches(key: Made, { property, operator, values }: Token): boolean {
  const fact = factOf(key, property)
  const negated = { ne: 'eq', hasnt: 'has', startsnt: 'starts' }[operator as 'ne']
  if (negated) return !matches(key, { property, operator: negated as 'eq', values })
  const isDay = property === 'lastUse' || property === 'created'
  return values.some((value) => {
    if (
      operator === 'eq' &&
      keysTable.properties[property]?.kind !== 'enum' &&
      (value === unknownValue || value === noneValue)
    )
      return fact === value.slice(1, -1)
    if (typeof fact === 'string') return false
    if ('number' in fact) {
      const from = isDay ? Date.parse(value) : Number(value)
      const to = isDay ? from + 86_400_000 : from
      if (operator === 'lt') return fact.number < from
      if (operator === 'le') return isDay ? fact.number < to : fact.number <= from
      if (operator === 'gt') return isDay ? fact.number >= to : fact.number > from
      if (operator === 'ge') return fact.number >= from
      // An age is said in whole days, and compared with the hours.
      if (property === 'ageDays') return Math.floor(fact.number) === from
      return isDay ? fact.number >= from && fact.number < to : fact.number === from
    }
    if (property === 'account' && operator === 'has')
      return accounts.some(
        ({ id, name }) =>
          id === key.accountId && `${id}\n${name}`.toLowerCase().includes(value.toLowerCase()),
      )
    const exact = keysTable.properties[property]?.kind === 'enum' || property.startsWith('tag:')
    return fact.texts.some((text) =>
      operator === 'eq'
        ? exact
          ? text === value
          : text.toLowerCase() === value.toLowerCase()
        : operator === 'has'
          ? text.toLowerCase().includes(value.toLowerCase())
          : text.toLowerCase().startsWith(value.toLowerCase()),
    )
  })
}

const holds = (key: Made, { operation, terms }: Filter): boolean => {
  const each = terms.map((term) =>
    isGroup(term)
      ? term.operation === 'or'
        ? term.tokens.some((t) => matches(key, t))
        : term.tokens.every((t) => matches(key, t))
      : matches(key, term),
  )
  return operation === 'or' && each.length > 0 ? each.some(Boolean) : each.every(Boolean)
}
const speaksOfGone = (filter: Filter) => JSON.stringify(filter).includes('"gone"')

/** Age in days of the youngest key of the fleet. */
const youngest = Math.floor((Date.now() - Date.parse(day(20))) / 86_400_000)
const textual = fc.oneof(word.filter(Boolean), fc.constantFrom('%', '_', '\\', 'PROD', 'or', 'u'))
const token: fc.Arbitrary<Token> = fc.oneof(
  fc.record({
    property: fc.constantFrom('alias', 'description', 'owner', 'tag:team', 'tag:Team', 'tag:none'),
    operator: fc.constantFrom(
      'eq' as const,
      'ne' as const,
      'has' as const,
      'hasnt' as const,
      'starts' as const,
      'startsnt' as const,
    ),
    values: fc.array(textual, { minLength: 1, maxLength: 2 }),
  }),
  fc
    .record({
      property: fc.constantFrom(
        'alias',
        'description',
        'owner',
        'tag:team',
        'grants',
        'lastUse',
        'created',
      ),
      operator: fc.constantFrom('eq' as const, 'ne' as const),
      values: fc.constantFrom([unknownValue], [noneValue]),
    })
    .filter(
      ({ property, values }) =>
        !(['grants', 'created'].includes(property) && values[0] === noneValue),
    ),
  fc.record({
    property: fc.constant('grants'),
    operator: fc.constantFrom(
      'eq' as const,
      'ne' as const,
      'lt' as const,
      'le' as const,
      'gt' as const,
      'ge' as const,
    ),
    values: fc.array(fc.integer({ min: -1, max: 6 }).map(String), { minLength: 1, maxLength: 2 }),
  }),
  fc.record({
    property: fc.constant('ageDays'),
    operator: fc.constantFrom(
      'eq' as const,
      'ne' as const,
      'lt' as const,
      'le' as const,
      'gt' as const,
      'ge' as const,
    ),
    values: fc.array(
      fc.integer({ min: -3, max: 45 }).map((n) => String(youngest + n / 2)),
      { minLength: 1, maxLength: 1 },
    ),
  }),
  fc.record({
    property: fc.constantFrom('lastUse', 'created'),
    operator: fc.constantFrom(
      'eq' as const,
      'ne' as const,
      'lt' as const,
      'le' as const,
      'gt' as const,
      'ge' as const,
    ),
    values: fc.array(
      fc.integer({ min: 0, max: 21 }).map((n) => day(n).slice(0, 10)),
      { minLength: 1, maxLength: 2 },
    ),
  }),
  fc.record({
    property: fc.constantFrom('state', 'rotation', 'account', 'region', 'gone'),
    operator: fc.constantFrom('eq' as const, 'ne' as const),
    values: fc.array(
      fc.constantFrom(
        'Enabled',
        'Disabled',
        'unknown',
        'on',
        'off',
        'yes',
        'no',
        '111111111111',
        'eu-west-1',
      ),
      { minLength: 1, maxLength: 3 },
    ),
  }),
  fc.record({
    property: fc.constant('account'),
    operator: fc.constantFrom('has' as const, 'hasnt' as const),
    values: fc.array(fc.constantFrom('pay', '100%', '_', '1111', 'zz'), {
      minLength: 1,
      maxLength: 2,
    }),
  }),
)
const operation = fc.constantFrom('and' as const, 'or' as const)
const filter: fc.Arbitrary<Filter> = fc.record({
  operation,
  terms: fc.array(
    fc.oneof(
      token,
      fc.record({ operation, tokens: fc.array(token, { minLength: 1, maxLength: 3 }) }),
    ),
    { maxLength: 4 },
  ),
})
const scope: fc.Arbitrary<Scope> = fc.oneof(
  fc.constant({ all: true } as const),
  fc
    .subarray(accounts.map(({ id }) => id))
    .map((accountIds) => ({ all: false as const, accountIds })),
)
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
  test('shows exactly the keys a naive reading of the filter gives, in every scope, under any order, and counts them', async () => {
    await fc.assert(
      fc.asyncProperty(filter, scope, sort, async (given, within, order) => {
        const { rows, total, facets } = await listKeys(permitFor<'keys.read'>(within), {
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
        for (const facet of keyFacets)
          expect(facets[facet].reduce((sum, { count }) => sum + count, 0)).toBe(total)
        const count = (value: string) => facets.state.find((one) => one.value === value)?.count ?? 0
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
      `INSERT INTO "Key" (arn, "accountId", region, "keyId", "listedAt", "listedIn") SELECT arn, "accountId", region, "keyId", now(), 1 FROM "Key" WHERE arn = $1
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

describe('quick search', () => {
  test('finds nothing of an account outside of the scope', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          textual,
          fc.constantFrom('1', '11', '1111', 'arn:aws:kms', 'pay', 'alias/', '0000'),
        ),
        scope,
        async (text, within) => {
          const found = await searchEverything(permitFor<'keys.read'>(within), text)
          if (within.all) return
          expect(found.keys.every((key) => within.accountIds.includes(key.accountId))).toBe(true)
          expect(found.accounts.every((account) => within.accountIds.includes(account.id))).toBe(
            true,
          )
        },
      ),
      { numRuns: 80 },
    )
  })

  test('finds a key by its id, its ARN, its alias, a tag, its account', async () => {
    const key = fleet.find((one) => one.aliases?.includes('Orders') && one.tags?.team)
    if (!key) throw new Error('the sample has such a key')
    for (const text of [key.keyId, arnOf(key), key.keyId.slice(-9)])
      expect((await searchEverything(everything, text)).keys.map((one) => one.arn)).toContain(
        arnOf(key),
      )
    const byAlias = (await searchEverything(everything, 'alias/ord')).keys
    expect(byAlias[0]?.aliases[0]).toBe('alias/Orders')
    expect(byAlias.every((one) => one.aliases.includes('alias/Orders'))).toBe(true)
    expect((await searchEverything(everything, 'payments')).accounts).toEqual([accounts[0]])
  })
})

test('an export holds exactly the keys of the scope and filter, and an audit entry that says so', async () => {
  const state = parseTableState(keysTable, {
    filter: 'region.eq.eu-west-1',
    columns: 'alias,tag:team,grants',
  }).state
  const within: Scope = { all: false, accountIds: ['111111111111', '222222222222'] }
  const text = await toDownload(
    await exportKeys(permitFor<'keys.export'>(within), state, 'json'),
    'keys',
    'json',
  ).text()
  const listed = await listKeys(permitFor<'keys.read'>(within), { ...state, pageSize: 100 })
  const exported: { arn: string }[] = JSON.parse(text)
  expect(exported.map((row) => row.arn)).toEqual(listed.rows.map((row) => row.arn))
  const csv = await toDownload(
    await exportKeys(permitFor<'keys.export'>(within), state, 'csv'),
    'keys',
    'csv',
  ).text()
  expect(csv.trimEnd().split('\r\n')).toHaveLength(listed.total + 1)
  const entries = await sql.query<{ event: string }>(
    `SELECT event FROM "AuditEntry" WHERE event = 'keys.exported'`,
  )
  expect(entries).toHaveLength(2)
})
