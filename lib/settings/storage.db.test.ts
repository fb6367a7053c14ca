import { afterEach, expect, test, vi } from 'vitest'
import { addPerson, permitFor } from '../changes/test/fixtures'
import { freshDatabase } from '../db/test/database'
import { readStorage } from './storage'

const { sql } = await freshDatabase()
const admin = await addPerson('Ada', 'admin')
const read = () => readStorage(permitFor(admin, 'settings.read'))
afterEach(() => vi.unstubAllEnvs())

test('the biggest tables come first, with the rows PostgreSQL knows of and how long they are kept', async () => {
  await sql.execute(
    `INSERT INTO "Sweep" ("accountId", "region", "kind", "status", "problem")
     SELECT n::text, 'eu-west-1', 'core', 'complete', repeat('x', 500) FROM generate_series(1, 20000) n`,
  )
  const sweepOf = async () => (await read()).tables.find(({ name }) => name === 'Sweep')
  const early = await sweepOf()
  expect(early?.rows, 'not counted is not none').not.toBe(0)
  await sql.execute('ANALYZE "Sweep"')
  vi.stubEnv('CLAVIGER_KEEP_SWEEPS_DAYS', '1')
  const { bytes, tables } = await read()
  expect(tables[0]).toMatchObject({
    what: 'Syncs',
    rows: 20_000,
    kept: '1 day; the last of each place stays',
  })
  expect(tables[0]?.bytes).toBeGreaterThan(10_000_000)
  expect(bytes).toBeGreaterThan(tables[0]?.bytes ?? 0)
  expect(tables.map((one) => one.bytes)).toEqual(
    tables.map((one) => one.bytes).toSorted((a, b) => b - a),
  )
})
