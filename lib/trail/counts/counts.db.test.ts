import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { nobody, permitFor } from '@/lib/auth/test/permit'
import { blocksOf } from '@/lib/db/test/blocks'
import { freshDatabase } from '@/lib/db/test/database'
import { statementsOf } from '@/lib/db/test/statements-of'
import { parseTableState } from '@/lib/table/state'
import { countFacets, readRows } from '@/lib/table-source/sql-source'
import { readTable } from '@/lib/table-source/source'
import type { Scope } from '@/lib/auth/permissions'
import { eventsFor, eventsSql, rollupsSql, shown } from '../events-sql'
import { eventsTable } from '../events-table'
import { forgetOldTrail } from '../forget'
import { eventsSource } from '../read'
import { recountHours } from '../recount'
import { eventFrom } from '../test/events'
import { readTrailChart } from '../usage/read-chart'
import { writeEvents } from '../write'
import { countableByDays, countsSql } from './counts-sql'

const { sql } = await freshDatabase()
const lasting = { name: 'lookup', importId: null }
const [own, other] = ['111122223333', '444455556666']
const one: Scope = { all: false, accountIds: [own] }
const everywhere: Scope = { all: true }
const permit = (scope: Scope) => permitFor(nobody, 'trail.read', scope)

const empty = () => sql.execute('TRUNCATE trail.event, trail.use, trail.dirty_hour')
beforeEach(async () => {
  await empty()
  await sql.execute(
    `UPDATE trail.horizon SET uses_from = '2013-11-01', changes_from = '2013-11-01'`,
  )
})
afterEach(() => vi.unstubAllEnvs())

/** Days from the end of August into November. */
const begun = Date.UTC(2026, 7, 29)
const timeOf = (hours: number) =>
  `${new Date(begun + hours * 3_600_000).toISOString().slice(0, 19)}Z`
type Made = {
  at: number
  shape: 'decrypt' | 's3' | 'denied' | 'createKey' | 'reEncrypt'
  account: string
}
const made = ({ at, shape, account }: Made, n: number) =>
  eventFrom(shape, {
    eventID: `event-${n}`,
    eventTime: timeOf(at),
    recipientAccountId: account,
    awsRegion: n % 3 === 0 ? 'eu-west-1' : 'us-west-2',
  })
const someEvents = fc.array(
  fc.record({
    at: fc.integer({ min: 0, max: 70 * 24 }),
    shape: fc.constantFrom('decrypt', 's3', 'denied', 'createKey', 'reEncrypt'),
    account: fc.constantFrom(own, other),
  }),
  { minLength: 1, maxLength: 40 },
)

/** Filters that counts answer, with and without days at the ends of months. */
const someFilter = fc
  .tuple(
    fc.constantFrom(
      '',
      'outcome.eq.denied',
      'access.eq.write',
      'via.ne.direct',
      `account.has.${own.slice(0, 4)}`,
      'or(operation.has.crypt,region.eq.eu-west-1)',
    ),
    fc.constantFrom('', 'time.ge.2020-01-01', 'time.gt.2026-09-10', 'time.eq.2026-09-30'),
    fc.constantFrom('', 'time.le.2026-09-30', 'time.lt.2026-10-15', 'time.le.2026-10-04'),
  )
  .map((parts) => parts.filter(Boolean).join())

async function countsAreEqual(filter: string, scope: Scope): Promise<void> {
  const { state } = parseTableState(eventsTable, { filter })
  expect(countableByDays(state.filter), filter).not.toBeNull()
  const answered = await readTable(eventsSource, permit(scope), { filter, size: '100' })
  for (const table of [eventsSql, rollupsSql]) {
    const { total, facets } = await countFacets(eventsTable, table, scope, state)
    expect({ total: answered.total, facets: answered.facets }, filter).toEqual({ total, facets })
  }
  expect(answered.rows, filter).toHaveLength(answered.total)
  const { counts } = await readTrailChart(permit(scope), state, 'operation')
  const drawn = counts?.series.map(({ id, counts: of }) => ({
    value: id,
    count: of.reduce<number>((sum, n) => sum + (n ?? 0), 0),
  }))
  expect(new Set(drawn), filter).toEqual(new Set(answered.facets.operation))
}

/** The sums of rollups, for each day and month: none is the answer. */
const countDifferences = (unit: 'day' | 'month') => `
  WITH kept AS (
    SELECT d.begins, d.events, d.is_use, c.account_id, c.region, c.operation, c.outcome, c.read_only,
      c.principal_kind, c.via, c.resource_kind
    FROM trail.${unit}_count d JOIN trail.combination c ON c.id = d.combination WHERE d.events <> 0),
  counted AS (
    SELECT date_trunc('${unit}', u.hour, 'UTC')::date AS begins, sum(u.events)::bigint AS events,
      u.is_use, u.account_id, u.region, u.operation, u.outcome, u.read_only, u.principal_kind,
      coalesce(u.via, 'direct') AS via, coalesce(u.resource_kind, 'none') AS resource_kind
    FROM trail.use u WHERE u.is_first_key GROUP BY 1, 3, 4, 5, 6, 7, 8, 9, 10, 11)
  SELECT count(*)::int AS n FROM (
    (SELECT * FROM kept EXCEPT SELECT * FROM counted)
    UNION ALL (SELECT * FROM counted EXCEPT SELECT * FROM kept)) d`
async function countsFollowRollups(): Promise<void> {
  for (const unit of ['day', 'month'] as const)
    expect(await sql.query(countDifferences(unit)), unit).toEqual([{ n: 0 }])
}

test('whatever comes late, at once or is undone, the table counts the events that are there', async () => {
  const asked = fc.array(someFilter, { minLength: 2, maxLength: 3 })
  await fc.assert(
    fc.asyncProperty(someEvents, asked, fc.nat(2), async (some, filters, goes) => {
      await empty()
      const events = some.map(made)
      const half = Math.ceil(events.length / 2)
      await writeEvents(events.slice(half), lasting)
      await recountHours()
      // Late arrivals, which several processes count.
      await writeEvents(events.slice(0, half), lasting)
      await Promise.all([recountHours(), recountHours(), recountHours()])
      for (const filter of filters) await countsAreEqual(filter, everywhere)
      await countsFollowRollups()
      // As the undo of an import does it.
      await sql.execute(
        `WITH gone AS (DELETE FROM trail.event WHERE abs(hashtext(event_id)) % 3 = ${goes}
           RETURNING account_id, region, occurred_at)
         INSERT INTO trail.dirty_hour (account_id, region, hour)
         SELECT DISTINCT account_id, region, date_trunc('hour', occurred_at, 'UTC') FROM gone`,
      )
      await recountHours()
      for (const filter of filters) await countsAreEqual(filter, one)
      await countsFollowRollups()
    }),
    { numRuns: 5 },
  )
})

test('what is behind the horizon is not counted, and goes with its rollups', async () => {
  const daysAgo = (days: number) =>
    `${new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 19)}Z`
  const of = (days: number, shape: 'decrypt' | 'createKey') =>
    eventFrom(shape, { eventID: `${shape}-${days}`, eventTime: daysAgo(days) })
  await writeEvents(
    [100, 400, 900].flatMap((days) => [of(days, 'decrypt'), of(days, 'createKey')]),
    lasting,
  )
  await recountHours()
  const forgets = async (uses: string, changes: string, rollups: string) => {
    vi.stubEnv('CLAVIGER_KEEP_TRAIL_USES_DAYS', uses)
    vi.stubEnv('CLAVIGER_KEEP_TRAIL_CHANGES_DAYS', changes)
    vi.stubEnv('CLAVIGER_KEEP_TRAIL_ROLLUPS_DAYS', rollups)
    await forgetOldTrail()
    await countsFollowRollups()
  }
  await forgets('200', '600', '1000')
  for (const filter of ['', `time.ge.${daysAgo(950).slice(0, 10)}`, 'operation.eq.Decrypt'])
    await countsAreEqual(filter, everywhere)
  expect((await readTable(eventsSource, permit(everywhere), {})).total).toBe(3)
  await forgets('200', '600', '700')
  expect(await sql.query('SELECT 1 FROM trail.day_count WHERE events > 0')).toHaveLength(4)
  await countsAreEqual('', everywhere)
})

test('a filter that asks for more than days and what is counted is left to rollups and events', () => {
  const isCountable = (filter: string) =>
    countableByDays(parseTableState(eventsTable, { filter }).state.filter) !== null
  expect(isCountable('key.has.1234')).toBe(false)
  expect(isCountable('or(time.ge.2026-01-01,outcome.eq.denied)')).toBe(false)
  expect(isCountable('time.eq.2026-01-01|2026-01-03')).toBe(false)
  expect(isCountable('time.eq.~none')).toBe(false)
  expect(isCountable('time.ge.0001-01-01,time.le.9999-12-31,outcome.eq.denied')).toBe(true)
})

test('what is counted and charted costs its days and not its events; refusals are found at once', async () => {
  await sql.query(
    `SELECT trail.make_partition(parent, month) FROM unnest('{event_use,event_change}'::text[]) parent,
       unnest('{2026-09-01,2026-10-01}'::date[]) month`,
  )
  await sql.execute(
    `INSERT INTO trail.event (event_id, account_id, region, event_source, operation, read_only, is_use,
       outcome, key_arn, principal_kind, principal, record, occurred_at)
     SELECT 'many-' || n, '${own}', 'us-west-2', 'kms.amazonaws.com', 'Decrypt', true,
       n % 400 <> 0, CASE n % 400 WHEN 0 THEN 'denied' ELSE 'success' END, 'key-' || n % 4000,
       'role', 'role-' || n % 300, 'x', '2026-09-01'::timestamptz + n * interval '5 minutes'
     FROM generate_series(1, 12000) n`,
  )
  await sql.execute(
    `INSERT INTO trail.dirty_hour (account_id, region, hour)
     SELECT DISTINCT account_id, region, date_trunc('hour', occurred_at, 'UTC') FROM trail.event`,
  )
  await recountHours()
  await sql.execute('ANALYZE trail.event, trail.use, trail.day_count, trail.month_count')
  const stateOf = (filter: string) => parseTableState(eventsTable, { filter }).state
  const denied = { ...stateOf('outcome.eq.denied'), pageSize: 20 }
  const refusals = () => readRows(eventsFor(denied.filter), shown, one, denied)
  expect(await refusals()).toHaveLength(20)
  expect(await blocksOf(refusals)).toBeLessThan(50)
  expect(await blocksOf(() => readTrailChart(permit(one), denied, 'operation'))).toBeLessThan(100)
  for (const filter of ['', 'outcome.eq.success,time.ge.2026-09-05']) {
    const { issued } = await statementsOf(() =>
      readTable(eventsSource, permit(one), { filter, size: '10' }),
    )
    expect(issued.filter(({ text }) => text.includes('trail.use'))).toEqual([])
    const byDays = countableByDays(stateOf(filter).filter)
    if (!byDays) throw new Error(filter)
    const counted = () =>
      countFacets(eventsTable, countsSql(byDays.days), one, { filter: byDays.rest })
    expect(await blocksOf(counted)).toBeLessThan(50)
  }
})
