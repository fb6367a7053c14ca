import { beforeAll, expect, test } from 'vitest'
import { nobody, permitFor } from '@/lib/auth/test/permit'
import { blocksOf } from '@/lib/db/test/blocks'
import { freshDatabase } from '@/lib/db/test/database'
import { operatorsOf } from '@/lib/table/definition'
import { defaultState, parseTableState } from '@/lib/table/state'
import { readRows } from '@/lib/table-source/sql-source'
import { readTable } from '@/lib/table-source/source'
import type { Scope } from '@/lib/auth/permissions'
import { eventsSql, shown } from './events-sql'
import { eventsSource, getEvent } from './read'
import { recountHours } from './recount'
import { sentenceOf } from './sentence'
import { eventFrom } from './test/events'
import { keyArn, otherArn, shapes, type ShapeName } from './test/shapes'
import { writeEvents } from './write'

const { sql, db } = await freshDatabase()
const [own, other] = ['111122223333', '444455556666']
const one: Scope = { all: false, accountIds: [own] }
const everywhere: Scope = { all: true }
const lasting = { name: 'lookup', importId: null }

const read = (search: Record<string, string> = {}, scope: Scope = one) =>
  readTable(eventsSource, permitFor(nobody, 'trail.read', scope), search)

const names = Object.keys(shapes) as ShapeName[]
const sharedId = '33333333-0000-4000-8000-000000000002'

beforeAll(async () => {
  const events = names.flatMap((name) =>
    [0, 1, 2].map((n) =>
      eventFrom(name, {
        eventID: `${name}-${n}`,
        eventTime: `2026-0${n + 1}-05T0${n}:10:00Z`,
        recipientAccountId: n === 2 ? other : own,
      }),
    ),
  )
  // The caller's record of the call that the owner of the key saw as `foreign`.
  const callers = eventFrom('s3', {
    eventID: 'as the caller saw it',
    sharedEventID: sharedId,
    recipientAccountId: other,
    sourceIPAddress: '203.0.113.77',
  })
  await writeEvents([...events, callers], lasting)
  await recountHours()
})

test('a scope sees and counts its own records alone, every facet what its filter shows', async () => {
  const all = await read({ size: '100' })
  expect(all.total).toBe(names.length * 2)
  expect(all.rows).toHaveLength(names.length * 2)
  expect(all.rows.every(({ account }) => account === own)).toBe(true)
  expect((await read({}, everywhere)).total).toBe(names.length * 3 + 1)
  for (const [facet, counts] of Object.entries(all.facets)) {
    expect(
      counts.reduce((sum, { count }) => sum + count, 0),
      facet,
    ).toBe(all.total)
    for (const { value, count } of counts) {
      const found = await read({ filter: `${facet}.eq.${value}`, size: '100' })
      expect([value, found.total, found.rows.length]).toEqual([value, count, count])
    }
  }
})

test('what rollups count and what events count is the same', async () => {
  for (const filter of [
    'time.ge.2026-02-01',
    'key.has.1234',
    'outcome.ne.success',
    'via.eq.direct',
  ]) {
    const byRollups = await read({ filter, size: '100' })
    expect(byRollups.rows.length, filter).toBe(byRollups.total)
    const byEvents = await read({ filter: `${filter},ip.ne.nowhere`, size: '100' })
    expect(byEvents.facets, filter).toEqual(byRollups.facets)
  }
})

test('every column sorts without losing a row between pages, and every property filters', async () => {
  for (const { id, sortable } of eventsSource.definition.columns)
    for (const sign of sortable ? ['', '-'] : []) {
      const pages = await Promise.all(
        ['1', '2'].map((page) => read({ sort: `${sign}${id}`, page, size: '50' }, everywhere)),
      )
      const ids = pages.flatMap(({ rows }) => rows.map((row) => row.id))
      expect(new Set(ids).size, id).toBe(names.length * 3 + 1)
    }
  for (const [id, { kind, also }] of Object.entries(eventsSource.definition.properties))
    for (const operator of [...operatorsOf[kind], ...(also ?? [])]) {
      const value = { enum: 'x', text: 'x', number: '1', date: '2026-01-01', any: 'x' }[kind]
      expect((await read({ filter: `${id}.${operator}.${value}` })).problems).toEqual([])
    }
  const found = async (filter: string) => (await read({ filter })).total
  expect(await found(`key.eq.${encodeURIComponent(keyArn)}`)).toBeGreaterThan(10)
  expect(await found(`otherKey.eq.${encodeURIComponent(otherArn)}`)).toBe(2)
  expect(await found('event.eq.decrypt-1')).toBe(1)
  expect(await found('vpcEndpoint.starts.vpce')).toBe(2)
  expect(await found('keyExchange.eq.x25519mlkem768')).toBe(2)
  expect((await read({ q: 'demo-BUCKET' })).total).toBe(2)
})

test('of a call between accounts, each sees the record that AWS gave it, and no more', async () => {
  const permit = (scope: Scope) => permitFor(nobody, 'trail.read', scope)
  const asOwner = await getEvent(permit(one), { account: own, event: 'foreign-0' })
  expect(asOwner.event).toMatchObject({ principal: other, session: 'job', shared: sharedId })
  expect(asOwner.others, 'the other record is of an account out of scope').toEqual([])
  expect(JSON.stringify(asOwner)).not.toContain('203.0.113.77')
  const both = await getEvent(permit(everywhere), { account: own, event: 'foreign-0' })
  expect(both.others).toContainEqual({ account: other, event: 'as the caller saw it' })
  await expect(
    getEvent(permit(one), { account: other, event: 'as the caller saw it' }),
  ).rejects.toMatchObject({ code: 'not_found' })
  expect((await read({ q: '203.0.113.77' })).total).toBe(0)
})

test('an event is said in a sentence', async () => {
  const permit = permitFor(nobody, 'trail.read', one)
  const said = async (event: string) =>
    sentenceOf((await getEvent(permit, { account: own, event })).event)
  expect(await said('s3-0')).toBe(
    'Role App (session i-0example) called Decrypt on key 1234abcd-12ab-34cd-56ef-1234567890ab ' +
      'for S3 bucket arn:aws:s3:::demo-bucket through s3.amazonaws.com.',
  )
  expect(await said('denied-0')).toMatch(/^User Alice called Decrypt on key .* and was denied\.$/)
  expect(await said('permissionSet-0')).toMatch(/^Permission set KeyAdmins \(session ann@/)
})

test('a download holds what the filter finds, in scope, and is refused beyond its bound', async () => {
  const pieces = await eventsSource.download?.rows(
    permitFor(nobody, 'keys.export', one),
    defaultState(eventsSource.definition),
    'csv',
  )
  let text = ''
  for await (const piece of pieces ?? []) text += piece
  expect(text.trimEnd().split('\r\n')).toHaveLength(names.length * 2 + 1)
  expect(text).not.toContain(`${other}/`)
  const [entry] = await db.auditEntry.findMany({ where: { event: 'table.exported' } })
  expect(JSON.parse(entry?.body ?? '{}')).toMatchObject({ data: { table: 'trail' } })

  await sql.execute(`UPDATE trail.month_count SET events = 200000`)
  await expect(
    eventsSource.download?.rows(
      permitFor(nobody, 'keys.export', one),
      defaultState(eventsSource.definition),
      'csv',
    ),
  ).rejects.toThrow(/at most 100,000 events/)
})

test('the newest events of a key or an account cost a few blocks, however many there are', async () => {
  const columns = `event_id, account_id, region, event_source, operation, read_only, is_use, outcome,
    key_arn, principal_kind, principal, record, occurred_at`
  await sql.execute(
    `INSERT INTO trail.event (${columns})
     SELECT 'many-' || n, '${own}', 'eu-west-1', 'kms.amazonaws.com', 'Decrypt', true, true, 'success',
       'arn:aws:kms:eu-west-1:${own}:key/' || (n % 50), 'role', 'role-' || n % 20, repeat('x', 600),
       '2026-01-02'::timestamptz + n * interval '60 seconds'
     FROM generate_series(1, 40000) n`,
  )
  await recountHours()
  await sql.execute('ANALYZE trail.event')
  const newest = (filter: string) =>
    blocksOf(() => {
      const { state } = parseTableState(eventsSource.definition, filter ? { filter } : {})
      return readRows(eventsSql, shown, one, state)
    })
  const hot = encodeURIComponent(`arn:aws:kms:eu-west-1:${own}:key/7`)
  expect(await newest('')).toBeLessThan(500)
  expect(await newest(`key.eq.${hot}`)).toBeLessThan(500)
  expect(await newest(`account.eq.${own}`)).toBeLessThan(500)
})
