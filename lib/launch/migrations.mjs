// Prisma's migrations without Prisma: its folders of SQL, applied in order and noted in its own
// table, so that its tools see what we applied and we what they did. Why not its engine:
// lib/db/engine/README.md.
import { createHash, randomUUID } from 'node:crypto'
import * as fs from 'node:fs'
import path from 'node:path'
import { rootDir } from './paths.mjs'
import { Refusal } from './refusal.mjs'

export const migrationsDir = path.join(rootDir, 'prisma/migrations')

/** The advisory lock that Prisma takes too: neither migrates beside the other. */
const lockId = 72707369

/** PostgreSQL's lock_not_available. */
const lockTimeout = '55P03'

/** As Prisma makes it. */
const createTable = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id varchar(36) PRIMARY KEY NOT NULL,
  checksum varchar(64) NOT NULL,
  finished_at timestamptz,
  migration_name varchar(255) NOT NULL,
  logs text,
  rolled_back_at timestamptz,
  started_at timestamptz NOT NULL DEFAULT now(),
  applied_steps_count integer NOT NULL DEFAULT 0
)`

/**
 * @typedef {{ name: string, sql: string, checksum: string }} Migration
 * @typedef {{ query: (text: string, values?: unknown[]) => Promise<{ rows: any[] }> }} Client
 */

/** Returns the migrations of a build, in the order they are applied in. @returns {Migration[]} */
export function readMigrations(dir = migrationsDir) {
  return fs
    .readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => {
      const file = path.join(dir, name, 'migration.sql')
      if (!fs.existsSync(file))
        throw new Refusal(
          `${path.relative(rootDir, file)} is missing. Get the files of this build.`,
        )
      const sql = fs.readFileSync(file, 'utf8')
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/**
 * Returns how a database stands to this build, by names: `missing` from it, `unknown` to this
 * build, `failed` when an earlier build or Prisma applied it, `changed` in its text since it was
 * applied.
 * @param {Client} client
 */
export async function compareMigrations(client, dir = migrationsDir) {
  const ours = readMigrations(dir)
  const {
    rows: [{ there }],
  } = await client.query(`SELECT to_regclass('_prisma_migrations') IS NOT NULL AS there`)
  const { rows } = there
    ? await client.query(
        `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished
         FROM _prisma_migrations WHERE rolled_back_at IS NULL`,
      )
    : { rows: [] }
  const applied = new Map(rows.filter((row) => row.finished).map((row) => [row.name, row.checksum]))
  const known = new Set(ours.map(({ name }) => name))
  return {
    missing: ours.filter(({ name }) => !applied.has(name)).map(({ name }) => name),
    unknown: [...applied.keys()].filter((name) => !known.has(name)).sort(),
    failed: rows.filter((row) => !row.finished && !applied.has(row.name)).map((row) => row.name),
    changed: ours
      .filter(({ name, checksum }) => applied.has(name) && applied.get(name) !== checksum)
      .map(({ name }) => name),
  }
}

/**
 * Waits until nobody else migrates this database; held until the connection ends.
 * @param {Client} client
 */
export async function lockMigrations(client, patienceSeconds = 600) {
  try {
    await client.query(`SET lock_timeout = '${patienceSeconds}s'`)
    await client.query(`SELECT pg_advisory_lock(${lockId})`)
    await client.query('RESET lock_timeout')
  } catch (error) {
    if (error.code !== lockTimeout) throw error
    throw new Refusal(
      `Another process has been migrating this database for ${patienceSeconds} seconds.
      Look what it waits for in pg_stat_activity, then start again.`,
      { cause: error },
    )
  }
}

/**
 * Applies one migration after another, each in a transaction with the note that it was applied:
 * whatever stops it, a database has all of a migration or nothing.
 * @param {Client} client that holds the lock @param {string[]} names
 * @throws {Refusal} in PostgreSQL's words, with the line, when one fails
 */
export async function applyMigrations(client, names, dir = migrationsDir) {
  if (names.length === 0) return
  await client.query(createTable)
  const wanted = readMigrations(dir).filter(({ name }) => names.includes(name))
  for (const migration of wanted) await applyMigration(client, migration)
}

/** @param {Client} client @param {Migration} migration */
async function applyMigration(client, { name, sql, checksum }) {
  try {
    await client.query('BEGIN')
    await client.query(sql)
    await client.query(
      `INSERT INTO _prisma_migrations
         (id, checksum, migration_name, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, clock_timestamp(), 1)`,
      [randomUUID(), checksum, name],
    )
    await client.query('COMMIT')
  } catch (error) {
    // Where this fails the connection is gone, and the transaction with it.
    await client.query('ROLLBACK').catch(() => {})
    const line = error.position ? ` at line ${lineAt(sql, Number(error.position))}` : ''
    throw new Refusal(
      `Migration ${name} failed${line} and was undone,
      so that the database is as it was before it: ${error.message}.`,
      { cause: error },
    )
  }
}

/** @param {string} text @param {number} position counted from 1 */
const lineAt = (text, position) => text.slice(0, position - 1).split('\n').length
