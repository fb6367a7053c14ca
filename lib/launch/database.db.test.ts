import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { freshDatabase } from '../db/test/database'
import pg from 'pg'
import { checkVersion, inspectDatabase, migrateDatabase } from './database.mjs'
import { compareMigrations } from './migrations.mjs'
import { makeTempDir, rootDir } from './paths.mjs'

const { sql, url } = await freshDatabase()
const temporary = makeTempDir('migrations')
afterAll(() => rmSync(temporary, { recursive: true, force: true }))

const at = (change: (target: URL) => void) => {
  const target = new URL(url)
  change(target)
  return target.toString()
}

test('a migrated database needs nothing', async () => {
  expect(await inspectDatabase(url)).toEqual({ missing: [], changed: [] })
  expect(await migrateDatabase(url)).toEqual({ applied: [], changed: [] })
})

test('a database that lacks migrations gets them, an empty one all of them', async () => {
  await sql.execute('CREATE DATABASE empty_one')
  const empty = at((target) => {
    target.pathname = '/empty_one'
  })
  const { missing } = await inspectDatabase(empty)
  expect(missing.length).toBeGreaterThan(0)
  expect(await migrateDatabase(empty)).toEqual({ applied: missing, changed: [] })
  expect(await inspectDatabase(empty)).toEqual({ missing: [], changed: [] })
  await sql.execute('DROP DATABASE empty_one WITH (FORCE)')
})

test('an older build refuses a newer schema in one line, and changes nothing', async () => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  cpSync(path.join(rootDir, 'prisma/migrations'), temporary, { recursive: true })
  mkdirSync(path.join(temporary, '99990101000000_later'))
  await expect(compareMigrations(client, temporary)).rejects.toThrow('migration.sql is missing')
  writeFileSync(path.join(temporary, '99990101000000_later/migration.sql'), 'SELECT 1')
  expect(await compareMigrations(client, temporary)).toEqual({
    missing: ['99990101000000_later'],
    unknown: [],
    failed: [],
    changed: [],
  })
  await client.end()

  await sql.execute(
    `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
      VALUES ('x', 'x', '99990101000000_later', now(), 1)`,
  )
  for (const use of [inspectDatabase, migrateDatabase])
    await expect(use(url)).rejects.toThrow(
      /migrated by a newer build \(99990101000000_later\).*Start that build or a newer one/,
    )
  await sql.execute(`UPDATE _prisma_migrations SET finished_at = NULL WHERE id = 'x'`)
  await expect(migrateDatabase(url)).rejects.toThrow('99990101000000_later of the database')
  await sql.execute(`DELETE FROM _prisma_migrations WHERE id = 'x'`)
})

test.each([
  [
    'wrong password',
    (target: URL) => {
      target.password = 'hunter2'
    },
    'the password is wrong',
  ],
  [
    'no such database',
    (target: URL) => {
      target.pathname = '/nowhere'
    },
    'that database does not exist',
  ],
  [
    'nobody there',
    (target: URL) => {
      target.port = '1'
    },
    'ECONNREFUSED',
  ],
])('%s: one line, without the password', async (_, change, words) => {
  const target = at(change)
  const error = await inspectDatabase(target).catch((reason: unknown) => reason)
  const line = error instanceof Error ? error.message : ''
  expect(line).toContain(words)
  expect(line).toContain('Check DATABASE_URL')
  expect(line).not.toContain(new URL(target).password)
  expect(line).not.toContain('\n')
})

test('a PostgreSQL too old is refused, the oldest that will do is not', async () => {
  const serverOf = (version: string) => ({
    query: async () => ({ rows: [{ server_version_num: version }] }),
  })
  await expect(checkVersion(serverOf('140012'), url)).rejects.toThrow(
    'is version 14; Claviger needs 15 or newer',
  )
  await expect(checkVersion(serverOf('150000'), url)).resolves.toBeUndefined()
})
