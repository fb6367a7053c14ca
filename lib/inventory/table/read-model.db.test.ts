import { beforeAll, describe, expect, test } from 'vitest'
import { nobody, permitFor } from '@/lib/auth/test/permit'
import { fillAccountsSql, fillKeysSql } from '@/lib/bench/fill-keys'
import { randomState } from '@/lib/bench/random-state'
import type { Scope } from '@/lib/auth/permissions'
import { freshDatabase } from '@/lib/db/test/database'
import { keysTable } from './keys-table'
import { defaultState, parseTableState } from '@/lib/table/state'
import { sumPlaces } from './coverage'
import { listKeys } from './list-keys'
import { facetsStatement, onePassStatement, pageStatement, type Statement } from './query'
import { tidyKeyRows } from './tidy'

const { sql } = await freshDatabase()
const keys = 5_000
const everything = permitFor(nobody, 'keys.read')
const largest: Scope = { all: false, accountIds: ['100000000000'] }

type Plan = { 'Shared Hit Blocks': number; 'Shared Read Blocks': number }
async function explain({ text, values }: Statement) {
  const [row] = await sql.query<{ 'QUERY PLAN': { Plan: Plan }[] }>(
    `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`,
    values,
  )
  const plan = row?.['QUERY PLAN'][0]?.Plan
  if (!plan) throw new Error('no plan')
  return {
    blocks: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'],
    text: JSON.stringify(plan),
  }
}

function statementsOf(search: Record<string, string>, scope: Scope = { all: true }) {
  const { state } = parseTableState(keysTable, search)
  const { filter, sort } = { ...defaultState(keysTable), ...state }
  const question = { scope, filter, sort, limit: 50, offset: 0 }
  return { facets: facetsStatement(question), page: pageStatement(question) }
}

const pagesOf = async (relation: string) =>
  Number(
    (
      await sql.query<{ n: number }>(
        `SELECT relpages AS n FROM pg_class
    WHERE oid = $1::text::regclass`,
        [relation],
      )
    )[0]?.n,
  )

beforeAll(async () => {
  await sql.execute(fillAccountsSql)
  await sql.execute(fillKeysSql, [keys])
  // What another session still sees is left to the next VACUUM; the plans rest on all of it.
  for (let unseen = 1; unseen > 0; ) {
    await sql.execute('VACUUM ANALYZE')
    const [row] = await sql.query<{ unseen: number }>(
      `SELECT relpages - relallvisible AS unseen FROM pg_class
       WHERE oid = 'derived.key_row'::regclass`,
    )
    unseen = row?.unseen ?? 0
  }
}, 120_000)

describe('what a page of keys reads', () => {
  test('is the narrow rows and what they share and never their texts, whatever the filter', async () => {
    const shared = ['key_row', 'key_facets', 'key_description', 'key_tags']
    const pages = await Promise.all(shared.map((name) => pagesOf(`derived.${name}`)))
    // By an index, each key on the way is looked at on its own: two blocks at most.
    const most = pages.reduce((sum, one) => sum + one, 0) + 2 * keys
    for (let round = 0; round < 60; round += 1) {
      const { state, what } = randomState(round, keys)
      for (const scope of [{ all: true }, largest] as const) {
        const question = { ...state, scope, limit: 50, offset: (state.page - 1) * 50 }
        const onePass = onePassStatement(question)
        const asked = onePass ? [onePass] : [facetsStatement(question), pageStatement(question)]
        for (const statement of asked) {
          const { blocks, text } = await explain(statement)
          expect(text, what).not.toContain('key_text')
          expect(blocks, what).toBeLessThanOrEqual(most)
        }
      }
    }
  }, 120_000)

  test('is no key for the counts of facets, and a few for a page in the order it opens with', async () => {
    const counted = await explain(statementsOf({ filter: 'state.eq.Enabled' }).facets)
    expect(counted.text).not.toContain('key_row')
    expect(counted.blocks).toBeLessThan(80)
    const byRegion = await explain(statementsOf({ filter: 'scope.eq.single', sort: 'region' }).page)
    expect(byRegion.blocks).toBeLessThan((await pagesOf('derived.key_row')) + 200)
    expect((await explain(statementsOf({}).page)).blocks).toBeLessThan(120)
    expect((await explain(statementsOf({ sort: 'keyId' }).page)).blocks).toBeLessThan(120)
    expect((await explain(statementsOf({ sort: '-keyId' }).page)).blocks).toBeLessThan(120)
    expect((await explain(statementsOf({ sort: '-alias' }).page)).blocks).toBeLessThan(120)
  })

  test('is every key once, and what keys share once, however many conditions ask for it', async () => {
    const filter =
      'or(region.eq.eu-west-1,state.ne.Enabled,account.has.pay,*.hasnt.prod,tag:env.eq.dev)'
    for (const [sort, byIndex] of [
      ['-deletion', 0],
      ['-grants', 0],
      ['tag:team', 0],
      ['manager', 1],
    ] as const) {
      const { state } = parseTableState(keysTable, { filter, sort })
      const question = { ...defaultState(keysTable), ...state, limit: 50, offset: 0 }
      const onePass = onePassStatement({ ...question, scope: { all: true } })
      const { text } = await explain(
        onePass ?? facetsStatement({ ...question, scope: { all: true } }),
      )
      const reads = (name: string) => text.split(`"Relation Name":"${name}"`).length - 1
      expect(reads('key_row'), sort).toBe(1 + byIndex)
      expect(reads('key_tags'), sort).toBe(sort === 'tag:team' ? 3 : 1)
      expect(text.match(/"CTE Name":"shared_f"/gu)?.length, sort).toBeGreaterThan(1)
      expect(text.match(/"Subplan Name":"CTE shared_f"/gu), sort).toHaveLength(1)
    }
  })

  test('is the last sweep of a place and not a week of them', async () => {
    await sql.execute(`INSERT INTO "AccountRegion" ("accountId", region, "optStatus")
      SELECT id, region, NULL FROM "Account", unnest('{eu-west-1,us-east-1}'::text[]) region`)
    // One that was swept before all others.
    await sql.execute(`INSERT INTO "Sweep" ("accountId", region, kind, status, "endedAt", "listedAt")
      SELECT id, 'sa-east-1', 'core', 'complete', '2026-01-01', now() FROM "Account" LIMIT 1`)
    await sql.execute(`INSERT INTO "Sweep" ("accountId", region, kind, status, "endedAt", "listedAt")
      SELECT "accountId", region, 'core', 'complete', now() - n * interval '15 minutes', now()
      FROM "AccountRegion", generate_series(300, 0, -1) n`)
    await sql.execute(`INSERT INTO "AccountRegion" ("accountId", region)
      SELECT "accountId", region FROM "Sweep" WHERE region = 'sa-east-1'`)
    await sql.execute('ANALYZE "Sweep"')
    const { blocks } = await explain(sumPlaces({ all: true }))
    expect(blocks).toBeLessThan(80 * 4)
    const [sum] = await sql.query<{ oldest: Date; unlisted: number; neverSwept: number }>(
      sumPlaces({ all: true }),
    )
    expect(sum).toMatchObject({ oldest: new Date('2026-01-01Z'), unlisted: 0, neverSwept: 0 })
  })
})

test('any text finds what one of the texts of a key says, "alias/" included', async () => {
  const texts = await sql.query<{ text: string }>(
    `SELECT search_text AS text FROM derived.key_text ORDER BY md5(search_text) LIMIT 20`,
  )
  const words = texts.flatMap(({ text }, n) => [
    text.slice((n * 7) % text.length, ((n * 7) % text.length) + 1 + (n % 12)),
    'alias/prod/orders'.slice(n % 8, (n % 8) + 1 + (n % 9)),
  ])
  const keyTexts = await sql.query<{ parts: string[] }>(
    `SELECT ARRAY(SELECT lower(part) FROM unnest(k.aliases || ARRAY[k."keyId", k.description,
         k."accountId", (SELECT a.name FROM "Account" a WHERE a.id = k."accountId"),
         (SELECT w.search_text FROM derived.key_tags w WHERE w.tags = k.tags)]) part
       WHERE part IS NOT NULL) AS parts
     FROM "Key" k`,
  )
  for (const word of new Set(words.map((one) => one.trim()).filter(Boolean))) {
    const found = keyTexts.filter(({ parts }) => parts.some((part) => part.includes(word)))
    const token = { property: '*', operator: 'has' as const, values: [word] }
    const { total } = await listKeys(everything, {
      ...defaultState(keysTable),
      filter: { operation: 'and', terms: [token] },
    })
    expect(total, word).toBe(found.length)
  }
})

test('a page in the order of a facet is the same as by looking at every key', async () => {
  await sql.execute(`UPDATE "Key" SET "goneAt" = now() WHERE right("keyId", 1) = 'a'`)
  const orders = keysTable.facets.flatMap((facet) => [facet, `-${facet}`])
  for (const [at, sort] of orders.entries()) {
    const filter = [
      '',
      'state.eq.Enabled',
      'gone.eq.yes|no',
      'or(gone.eq.yes,usage.ne.SIGN_VERIFY)',
      'grants.ge.1,state.eq.Enabled',
    ]
    const search = { sort, filter: filter[at % filter.length] ?? '' }
    const { state } = parseTableState(keysTable, search)
    const { column, direction } = state.sort ?? { column: '', direction: 'asc' }
    const value = column === 'account' ? 'a.name' : `NULLIF(f.${column}, 'unknown')`
    const expected = await sql.query<{ id: number; kept: boolean }>(
      `SELECT r.id, CASE $1 WHEN '' THEN NOT r.gone
           WHEN 'state.eq.Enabled' THEN f.state = 'Enabled' AND NOT r.gone
           WHEN 'gone.eq.yes|no' THEN true
           WHEN 'grants.ge.1,state.eq.Enabled'
             THEN r.grant_count >= 1 AND f.state = 'Enabled' AND NOT r.gone
           ELSE r.gone OR f.usage <> 'SIGN_VERIFY' END AS kept
         FROM derived.key_row r JOIN derived.key_facets f ON f.id = r.facets
         LEFT JOIN "Account" a ON a.id = f.account
         ORDER BY ${value} COLLATE "C" ${direction} NULLS LAST, f.id, r.gone, r.id`,
      [search.filter],
    )
    const ids = expected.filter(({ kept }) => kept).map(({ id }) => id)
    for (const offset of [0, 37, Math.floor(ids.length / 2), ids.length - 20, ids.length]) {
      const question = {
        ...defaultState(keysTable),
        ...state,
        scope: { all: true },
        offset,
      } as const
      const { text, values } = pageStatement({ ...question, limit: 50 })
      const page = await sql.query<{ id: number }>(text, values)
      expect(
        page.map(({ id }) => id),
        `${sort} ${search.filter} ${offset}`,
      ).toEqual(ids.slice(offset, offset + 50))
    }
  }
})

test('one pass over the keys gives the counts and the page that two statements give', async () => {
  const sums = ({ facets, counts }: { facets: string | null; counts: string | null }) => {
    const sum = new Map<string, number>()
    const numbers = (counts ?? '').split(',').map(Number)
    for (const [at, id] of (facets ?? '').split(',').entries())
      sum.set(id, (sum.get(id) ?? 0) + (numbers[at] ?? 0))
    return [...sum].sort(([a], [b]) => Number(a) - Number(b))
  }
  type Counts = { facets: string | null; counts: string | null }
  for (let round = 1000; round < 1040; round += 1) {
    const { state, what } = randomState(round, keys / 10)
    for (const scope of [{ all: true }, largest] as const) {
      const question = { ...state, scope, limit: 50, offset: (state.page - 1) * 50 }
      const onePass = onePassStatement(question)
      if (!onePass) continue
      const [counted, page] = [facetsStatement(question), pageStatement(question)]
      const [one] = await sql.query<Counts & { ids: unknown[] }>(onePass.text, onePass.values)
      const [apart] = await sql.query<Counts>(counted.text, counted.values)
      const ids = await sql.query<{ id: number }>(page.text, page.values)
      expect(one && sums(one), what).toEqual(apart && sums(apart))
      expect(one?.ids.map(Number), what).toEqual(ids.map(({ id }) => id))
    }
  }
})

test('numbers that were never given leave every condition as it is', async () => {
  await sql.execute(`SELECT nextval(pg_get_serial_sequence('derived.' || name, 'id'))
    FROM unnest('{key_facets,key_tags,key_description}'::text[]) name, generate_series(1, 500)`)
  await sql.execute(`INSERT INTO "Key" (arn, "accountId", region, "keyId", "listedAt", "listedIn",
      description, tags)
    SELECT 'arn:aws:kms:sa-east-1:' || id || ':key/gap', id, 'sa-east-1', 'gap', now(), 1,
      'behind a gap', '{"behind":"a gap"}' FROM "Account" ORDER BY id LIMIT 1`)
  const total = async (filter: string) =>
    (await listKeys(everything, parseTableState(keysTable, { filter }).state)).total
  const all = await total('')
  for (const only of ['region.eq.sa-east-1', 'description.has.a gap', 'tag:behind.eq.a gap']) {
    const [property = '', operator = '', value = ''] = only.split('.')
    const other = { eq: 'ne', has: 'hasnt' }[operator] ?? ''
    // Beside a condition on keys, which are then asked one by one.
    expect(await total(`keyId.has.a,${only}`), only).toBe(1)
    expect(await total(`or(${only},keyId.eq.none)`), only).toBe(1)
    expect(await total(`or(${[property, other, value].join('.')},keyId.eq.none)`), only).toBe(
      all - 1,
    )
  }
})

test('keys by alias from the end are those of a sort, page by page', async () => {
  const expected = await sql.query<{ id: number }>(
    `SELECT id FROM derived.key_row WHERE NOT gone
     ORDER BY NULLIF(alias, '') COLLATE "C" DESC NULLS LAST, id`,
  )
  const ids = expected.map(({ id }) => id)
  const { state } = parseTableState(keysTable, { sort: '-alias' })
  const question = { ...defaultState(keysTable), ...state, scope: { all: true } } as const
  for (const offset of [0, 950, Math.floor(ids.length * 0.76), ids.length - 10, ids.length]) {
    const { text, values } = pageStatement({ ...question, limit: 50, offset })
    const page = await sql.query<{ id: number }>(text, values)
    expect(
      page.map(({ id }) => id),
      String(offset),
    ).toEqual(ids.slice(offset, offset + 50))
  }
})

/** Keys by combination that are not counted as they are. */
const miscounted = () =>
  sql.query(`SELECT facets, gone, k.n AS kept, r.n AS real
    FROM (SELECT facets, gone, sum(n) AS n FROM derived.key_count GROUP BY facets, gone) k
    FULL JOIN (SELECT facets, gone, count(*) AS n FROM derived.key_row GROUP BY facets, gone) r
      USING (facets, gone) WHERE coalesce(k.n, 0) <> coalesce(r.n, 0)`)

test('keys are counted right while several change them and the counts are folded', async () => {
  // Keys of its own for each, of combinations that they share.
  const change = (n: number) => [
    `UPDATE "Key" SET "keyState" = CASE "keyState" WHEN 'Enabled' THEN 'Disabled' ELSE 'Enabled' END
      WHERE right("keyId", 1) = to_hex(${n})`,
    `UPDATE "Key" SET "goneAt" = CASE WHEN "goneAt" IS NULL THEN now() END
      WHERE right("keyId", 1) = to_hex(${n + 8})`,
    `UPDATE "Key" SET description = 'of round ${n}' WHERE right("keyId", 1) = to_hex(${n})`,
    `DELETE FROM "Key" WHERE right("keyId", 1) = to_hex(${n}) AND "keyId" < '4'`,
    'SELECT derived.fold_key_counts()',
  ]
  await Promise.all(
    Array.from({ length: 8 }, async (_, n) => {
      for (const statement of change(n)) await sql.execute(statement)
    }),
  )
  expect(await miscounted()).toEqual([])
  await tidyKeyRows()
  expect(await miscounted()).toEqual([])
  const [rows] = await sql.query<{ n: number; distinct: number }>(
    `SELECT count(*) AS n, count(DISTINCT (facets, gone)) AS distinct FROM derived.key_count`,
  )
  expect(rows?.n).toBe(rows?.distinct)
})

/** Which transaction wrote each row: another one after any write. */
const writers = () =>
  sql.query(`SELECT 'row' AS what, id, xmin::text FROM derived.key_row
    UNION ALL SELECT 'text', id, xmin::text FROM derived.key_text
    UNION ALL SELECT 'description', id, xmin::text FROM derived.key_description
    UNION ALL SELECT 'tags', id, xmin::text FROM derived.key_tags ORDER BY 1, 2`)

test('a sweep that finds every key unchanged writes nothing into the read model', async () => {
  const before = await writers()
  await sql.execute(`UPDATE "Key" SET "listedAt" = now(), tags = tags, description = description`)
  expect(await writers()).toEqual(before)
})

test('words that no key has any more are removed, and those of others stay', async () => {
  const countWords = async () =>
    (
      await sql.query<{ words: number; used: number }>(
        `SELECT (SELECT count(*) FROM derived.key_tags) AS words,
           (SELECT count(DISTINCT tags) FROM derived.key_row) AS used`,
      )
    )[0]
  const [one] = await sql.query<{ arn: string }>(
    `SELECT arn FROM "Key" WHERE tags ? 'team' AND "goneAt" IS NULL LIMIT 1`,
  )
  for (const value of ['once', 'twice'])
    await sql.execute(
      `UPDATE "Key" SET tags = jsonb_build_object('only', $2::text) WHERE arn = $1`,
      [one?.arn, value],
    )
  const before = await countWords()
  await tidyKeyRows()
  const after = await countWords()
  expect(before?.words).toBeGreaterThan(before?.used ?? 0)
  expect(after).toEqual({ words: before?.used, used: before?.used })
  const { total } = await listKeys(
    everything,
    parseTableState(keysTable, { filter: 'tag:only.eq.twice' }).state,
  )
  expect(total).toBe(1)
})
