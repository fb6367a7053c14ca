import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { migrateDatabase, wordsOfChanged } from './database.mjs'
import { lockMigrations, readMigrations } from './migrations.mjs'
import { makeTempDir } from './paths.mjs'

const dir = makeTempDir('own-migrations')
afterAll(() => rmSync(dir, { recursive: true, force: true }))
const write = (name: string, sql: string) => {
  mkdirSync(path.join(dir, name), { recursive: true })
  writeFileSync(path.join(dir, name, 'migration.sql'), sql)
}

const name = 'own_migrations'
const target = new URL(inject('clusterUrl'))
target.pathname = `/${name}`
const url = target.toString()
const admin = new pg.Client({ connectionString: inject('clusterUrl') })
await admin.connect()
afterAll(() => admin.end())

let client: pg.Client
beforeEach(async () => {
  rmSync(dir, { recursive: true, force: true })
  await admin.query(`CREATE DATABASE ${name}`)
  client = new pg.Client({ connectionString: url })
  await client.connect()
})
afterEach(async () => {
  await client.end()
  await admin.query(`DROP DATABASE ${name} WITH (FORCE)`)
})
const tables = async () => {
  const { rows } = await client.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables
     WHERE schemaname = 'public' AND tablename NOT LIKE '\\_%' ORDER BY 1`,
  )
  return rows.map((row) => row.name)
}
const noted = async () => {
  const { rows } = await client.query<{ migration_name: string }>(
    `SELECT migration_name FROM _prisma_migrations
     WHERE finished_at >= started_at ORDER BY started_at`,
  )
  return rows.map((row) => row.migration_name)
}

describe('migrations', () => {
  it('are applied in order of their names, each once, however many start at once', async () => {
    write('2_second', 'SELECT pg_sleep(0.2); ALTER TABLE one ADD COLUMN b int')
    write('1_first', 'CREATE TABLE one (a int)')
    const both = await Promise.all([migrateDatabase(url, dir), migrateDatabase(url, dir)])
    expect(both.map(({ applied }) => applied).toSorted((a, b) => a.length - b.length)).toEqual([
      [],
      ['1_first', '2_second'],
    ])
    expect(await noted()).toEqual(['1_first', '2_second'])
  })

  it('wait for whoever applies them, Prisma too, and not for ever', async () => {
    await client.query('SELECT pg_advisory_lock(72707369)') // as Prisma does
    const second = new pg.Client({ connectionString: url })
    await second.connect()
    await expect(lockMigrations(second, 1)).rejects.toThrow(
      'Another process has been migrating this database for 1 seconds.',
    )
    await second.end()
  })

  it('that fail leave nothing behind, say where, and go on once they are mended', async () => {
    write('1_first', 'CREATE TABLE one (a int)')
    write(
      '2_second',
      `CREATE TABLE two (a int);
       CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1; $$;
       ALTER TABLE nowhere ADD b int`,
    )
    write('3_third', 'CREATE TABLE three (a int)')
    await expect(migrateDatabase(url, dir)).rejects.toThrow(
      /^Migration 2_second failed and was undone.*: relation "nowhere" does not exist\.$/,
    )
    expect([await tables(), await noted()]).toEqual([['one'], ['1_first']])
    write('2_second', 'CREATE TABLE two (a int);\n\nCREATE TABEL x')
    await expect(migrateDatabase(url, dir)).rejects.toThrow('2_second failed at line 3 and was')
    write('2_second', 'CREATE TABLE two (a int)')
    expect((await migrateDatabase(url, dir)).applied).toEqual(['2_second', '3_third'])
    expect(await tables()).toEqual(['one', 'three', 'two'])
  })

  it('that are cut off leave nothing behind either', async () => {
    write('1_first', 'CREATE TABLE one (a int); SELECT pg_sleep(60)')
    const cut = expect(migrateDatabase(url, dir)).rejects.toThrow('1_first failed')
    const end = `SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity
      WHERE datname = '${name}' AND query LIKE '%pg_sleep(60)%' AND wait_event = 'PgSleep'`
    await expect.poll(async () => (await admin.query(end)).rowCount).toBe(1)
    await cut
    expect([await tables(), await noted()]).toEqual([[], []])
    write('1_first', 'CREATE TABLE one (a int)')
    expect((await migrateDatabase(url, dir)).applied).toEqual(['1_first'])
  })

  it('that were changed since are named and stop nothing', async () => {
    write('1_first', 'CREATE TABLE one (a int)')
    await migrateDatabase(url, dir)
    write('1_first', '-- Better words.\nCREATE TABLE one (a int)')
    write('2_second', 'CREATE TABLE two (a int)')
    const { applied, changed } = await migrateDatabase(url, dir)
    expect([applied, changed]).toEqual([['2_second'], ['1_first']])
    expect(wordsOfChanged(changed)).toMatch(
      /^1_first: the text differs from what this database ran/,
    )
    expect(wordsOfChanged([])).toBe('')
  })

  it('of which Prisma noted a failure stop everything, until that is noted as undone', async () => {
    write('1_first', 'CREATE TABLE one (a int)')
    write('2_second', 'CREATE TABLE two (a int)')
    await migrateDatabase(url, dir)
    await client.query(
      `UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = '2_second'`,
    )
    await expect(migrateDatabase(url, dir)).rejects.toThrow(/2_second of the database .* half-way/)
    await client.query(
      `DROP TABLE two;
       UPDATE _prisma_migrations SET rolled_back_at = now() WHERE migration_name = '2_second'`,
    )
    expect((await migrateDatabase(url, dir)).applied).toEqual(['2_second'])
  })
})

it('no migration of this build ends its transaction, or needs to be outside of one', () => {
  const words = /^\s*(BEGIN|START TRANSACTION|COMMIT|ROLLBACK|VACUUM)\b[^;]*;|CONCURRENTLY/im
  const withoutComments = (sql: string) =>
    sql.replace(/--.*$/gm, '').replace(/\$(\w*)\$[^]*?\$\1\$/g, '')
  expect(readMigrations().filter(({ sql }) => words.test(withoutComments(sql)))).toEqual([])
})
