import { afterEach, expect, test, vi } from 'vitest'
import { freshDatabase } from '../db/test/database'
import { forgetOldTrail } from './forget'
import { makePartitionsAhead } from './partitions'
import { recountHours } from './recount'
import { eventFrom } from './test/events'
import { writeEvents } from './write'

const { sql } = await freshDatabase()
afterEach(() => vi.unstubAllEnvs())

const begun = Date.now()
const daysAgo = (days: number) =>
  `${new Date(begun - days * 86_400_000).toISOString().slice(0, 19)}Z`
const lasting = { name: 'lookup', importId: null }
const kept = () =>
  sql.query(`SELECT operation, is_use FROM trail.event ORDER BY occurred_at, operation`)

test('uses, changes and rollups go by months, each by its own setting', async () => {
  const of = (days: number, name: 'decrypt' | 'createKey') =>
    eventFrom(name, { eventID: `${name}-${days}`, eventTime: daysAgo(days) })
  await writeEvents(
    [100, 400, 900].flatMap((days) => [of(days, 'decrypt'), of(days, 'createKey')]),
    lasting,
  )
  vi.stubEnv('CLAVIGER_KEEP_TRAIL_USES_DAYS', '200')
  vi.stubEnv('CLAVIGER_KEEP_TRAIL_CHANGES_DAYS', '600')
  vi.stubEnv('CLAVIGER_KEEP_TRAIL_ROLLUPS_DAYS', '700')
  await forgetOldTrail()
  expect(await kept()).toEqual([
    { operation: 'CreateKey', is_use: false },
    { operation: 'CreateKey', is_use: false },
    { operation: 'Decrypt', is_use: true },
  ])
  const hours = 'SELECT count(*)::int AS n, count(DISTINCT hour)::int AS hours FROM trail.use'
  expect(await sql.query(hours), 'counted before their events went').toEqual([{ n: 4, hours: 2 }])
  const late = [of(400, 'decrypt'), of(100, 'decrypt')]
  expect(await writeEvents(late, lasting)).toEqual({ stored: 0, tooOld: 1 })
  await recountHours()
  expect(await sql.query(hours)).toEqual([{ n: 4, hours: 2 }])
})

test('the partitions of the next months are there before their events', async () => {
  await makePartitionsAhead()
  const [{ n } = { n: 0 }] = await sql.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM pg_class c
     JOIN generate_series(0, 2) m ON c.relname ~ ('^(use|event_use|event_change)' ||
       to_char(date_trunc('month', now() AT TIME ZONE 'UTC') + m * interval '1 month', '_YYYY_MM') || '$')
     WHERE c.relkind = 'r'`,
  )
  expect(n).toBe(9)
})
