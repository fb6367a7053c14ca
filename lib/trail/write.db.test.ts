import fc from 'fast-check'
import { beforeEach, expect, test } from 'vitest'
import { freshDatabase } from '../db/test/database'
import type { TrailEntry } from './event'
import { Ingest } from './ingest'
import { recountHours } from './recount'
import { takeRecord } from './record'
import { damagedText } from './test/damaged'
import { eventFrom, rollupDifferences } from './test/events'
import { keyArn, otherArn, shapes, type ShapeName } from './test/shapes'
import { importSource, writeEvents, writeSetAside, type Source } from './write'

const { sql, db } = await freshDatabase()
const lasting: Source = { name: 'lookup', importId: null }

beforeEach(async () => {
  await sql.execute('TRUNCATE trail.event, trail.use, trail.dirty_hour')
  await sql.execute('TRUNCATE "TrailSetAside", "TrailCoverage", "TrailImport" RESTART IDENTITY')
  await sql.execute(`UPDATE trail.horizon SET uses_from = '2013-11-01'`)
})
const countEvents = async () =>
  (await sql.query<{ n: number }>('SELECT count(*) AS n FROM trail.event'))[0]?.n
const differences = async () =>
  (await sql.query<{ differences: number }>(rollupDifferences))[0]?.differences

const kinds: readonly ShapeName[] = [
  'decrypt',
  'decryptFailed',
  'denied',
  's3',
  'foreign',
  'reEncrypt',
  'createGrant',
  'listAliases',
]
/** Events over two months, several accounts and hours, with few names so that rollups gather. */
const manyEvents = (count: number): TrailEntry[] =>
  Array.from({ length: count }, (_, n) =>
    eventFrom(kinds[n % kinds.length] ?? 'decrypt', {
      eventID: `event-${n}`,
      eventTime: new Date(Date.UTC(2026, 9, 31, 20) + (n % 97) * 240_000)
        .toISOString()
        .replace('.000', ''),
      recipientAccountId: n % 3 === 0 ? '444455556666' : '111122223333',
      awsRegion: n % 5 === 0 ? 'eu-west-1' : 'us-west-2',
    }),
  )

test('every shape is stored as it is, with its record as CloudTrail wrote it', async () => {
  const names = Object.keys(shapes) as ShapeName[]
  expect(
    await writeEvents(
      names.map((name) => eventFrom(name)),
      lasting,
    ),
  ).toEqual({
    stored: names.length,
    tooOld: 0,
  })
  const [row] = await sql.query<Record<string, unknown>>(
    `SELECT * FROM trail.event WHERE operation = 'CreateGrant'`,
  )
  expect(row).toMatchObject({
    account_id: '111122223333',
    key_arn: keyArn,
    outcome: 'success',
    imports: null,
    grant_facts: { grantee: 'EX_PRINCIPAL_ID', operations: ['Encrypt', 'RetireGrant'] },
  })
  expect(JSON.parse(String(row?.record))).toEqual(JSON.parse(JSON.stringify(shapes.createGrant)))
  await recountHours()
  expect(await differences()).toBe(0)
})

test('shuffled, doubled, late batches of several writers: each event once, rollups a recount', async () => {
  const events = manyEvents(240)
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.nat(events.length - 1), { maxLength: 60 }), { maxLength: 6 }),
      fc.shuffledSubarray(events, { minLength: events.length }),
      async (extra, shuffled) => {
        await sql.execute('TRUNCATE trail.event, trail.use, trail.dirty_hour')
        const batches = Array.from({ length: 8 }, (_, n) => shuffled.slice(n * 30, n * 30 + 30))
        const doubled = extra.map((some) => some.flatMap((at) => events[at] ?? []))
        const all = [...batches, ...doubled].map((batch) => writeEvents(batch, lasting))
        await Promise.all([...all, recountHours(), recountHours()])
        await recountHours()
        expect(await countEvents()).toBe(events.length)
        expect(await differences()).toBe(0)
      },
    ),
    { numRuns: 6 },
  )
})

test('writers that all need the same new months make each once', async () => {
  const inMonth = (month: number, n: number) =>
    eventFrom('decrypt', { eventID: `m-${month}-${n}`, eventTime: `2019-0${month}-03T00:00:00Z` })
  for (const month of [1, 2, 3, 4]) {
    const all = Array.from({ length: 8 }, (_, n) => writeEvents([inMonth(month, n)], lasting))
    await Promise.all(all)
  }
  expect(await countEvents()).toBe(32)
})

test('a second key of an event has its own rollup', async () => {
  await writeEvents([eventFrom('reEncrypt')], lasting)
  await recountHours()
  expect(await sql.query('SELECT key_arn FROM trail.use ORDER BY 1')).toEqual([
    { key_arn: otherArn },
    { key_arn: keyArn },
  ])
})

test('a correction takes the place of its event, in whichever order they come', async () => {
  const event = eventFrom('s3')
  const correction = eventFrom('s3', {
    addendum: { reason: 'UPDATED_DATA' },
    sourceIPAddress: '198.51.100.7',
  })
  for (const order of [
    [event, correction],
    [correction, event],
  ]) {
    await sql.execute('TRUNCATE trail.event')
    for (const one of order) await writeEvents([one], lasting)
    expect(await sql.query('SELECT source_ip FROM trail.event')).toEqual([
      { source_ip: '198.51.100.7' },
    ])
  }
  await sql.execute('TRUNCATE trail.event')
  expect(await writeEvents([event, correction], lasting)).toEqual({ stored: 1, tooOld: 0 })
})

test('uses older than uses are kept are not taken in, changes and refusals are', async () => {
  await sql.execute(`UPDATE trail.horizon SET uses_from = '2023-01-01'`)
  expect(
    await writeEvents([eventFrom('decrypt'), eventFrom('denied'), eventFrom('createKey')], lasting),
  ).toEqual({ stored: 2, tooOld: 1 })
})

test('rollups of uses outlive their events, and a late change of that hour does not touch them', async () => {
  await writeEvents([eventFrom('decrypt'), eventFrom('denied')], lasting)
  await recountHours()
  await sql.execute(`UPDATE trail.horizon SET uses_from = '2023-01-01'`)
  await sql.execute('DELETE FROM trail.event WHERE is_use')
  await writeEvents([eventFrom('createKey')], lasting)
  await recountHours()
  expect(
    await sql.query('SELECT operation, outcome FROM trail.use ORDER BY operation, outcome'),
  ).toEqual([
    { operation: 'CreateKey', outcome: 'success' },
    { operation: 'Decrypt', outcome: 'denied' },
    { operation: 'Decrypt', outcome: 'success' },
  ])
})

test('an import counts what it brought; a source that stays takes it over', async () => {
  const { id } = await db.trailImport.create({ data: { what: 'here' } })
  await writeEvents([eventFrom('decrypt'), eventFrom('denied')], importSource(id))
  await writeEvents([eventFrom('decrypt')], importSource(id))
  expect(await db.trailImport.findUnique({ where: { id } })).toMatchObject({
    stored: 2,
    earliest: new Date('2022-07-27T22:58:24Z'),
  })
  expect(await db.trailCoverage.findMany()).toMatchObject([
    { source: `import:${id}`, region: 'us-west-2', isWhole: false },
  ])
  await writeEvents([eventFrom('decrypt')], lasting)
  expect(await sql.query('SELECT imports FROM trail.event ORDER BY is_use')).toEqual([
    { imports: [id] },
    { imports: null },
  ])
})

test('whatever a damaged record holds, a batch with it is stored or set aside whole', async () => {
  const texts = fc.sample(damagedText, { numRuns: 3_000, seed: 11 })
  const ingest = new Ingest(lasting, {})
  await ingest.take(texts, 'here')
  await ingest.flush()
  await recountHours()
  expect(await differences()).toBe(0)
  const taken = texts.map((text) => takeRecord(text))
  const ids = taken.flatMap((one) =>
    one.kind === 'event'
      ? [`${one.event.eventId} ${one.event.accountId} ${Date.parse(one.event.occurredAt)}`]
      : [],
  )
  expect(await countEvents()).toBeGreaterThanOrEqual(new Set(ids).size)
  const aside = texts.filter((_, at) => taken[at]?.kind === 'setAside')
  expect(await db.trailSetAside.count()).toBe(new Set(aside).size)
})

test('what is set aside is kept once, whatever is in it', async () => {
  const row = {
    reason: 'notJson' as const,
    detail: 'a\u0000b',
    origin: '/tmp/\ud800',
    record: 'x\u0000',
    digest: 'd',
  }
  await writeSetAside([row, row], lasting)
  await writeSetAside([row], lasting)
  expect(await db.trailSetAside.findMany()).toMatchObject([
    { record: 'x\ufffd', reason: 'notJson' },
  ])
})
