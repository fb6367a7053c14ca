import * as fs from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { rootDir } from './paths.mjs'
import { Refusal } from './refusal.mjs'
import { runTool, tailOf, typescript } from './run-tool.mjs'

const migrationsDir = path.join(rootDir, 'prisma/migrations')
const oldestMajor = 15

/** @param {string} url without its password, for a message */
function describe(url) {
  const { hostname, port, pathname } = new URL(url)
  return `${hostname}:${port || 5432}${pathname}`
}

/** Connects, or says in one line why that cannot be. @param {string} url */
async function connect(url) {
  const target = new URL(url)
  target.searchParams.delete('schema') // Prisma's own parameter
  const client = new pg.Client({
    connectionString: target.toString(),
    connectionTimeoutMillis: 10_000,
  })
  try {
    await client.connect()
  } catch (error) {
    const why =
      error.code === '28P01'
        ? 'the password is wrong'
        : error.code === '3D000'
          ? 'that database does not exist (CREATE DATABASE …)'
          : error.message || error.code || 'no answer'
    throw new Refusal(`PostgreSQL at ${describe(url)} cannot be used: ${why}. Check DATABASE_URL.`)
  }
  return client
}

/** @param {{ query: (text: string) => Promise<{ rows: any[] }> }} client @param {string} url */
export async function checkVersion(client, url) {
  const { rows } = await client.query('SHOW server_version_num')
  const major = Math.floor(Number(rows[0].server_version_num) / 10_000)
  if (major < oldestMajor)
    throw new Refusal(
      `PostgreSQL at ${describe(url)} is version ${major}; Claviger needs ${oldestMajor} or ` +
        'newer. Upgrade it, or leave DATABASE_URL out to use the embedded one.',
    )
}

/**
 * @param {pg.Client} client
 * @returns {Promise<{ missing: string[], unknown: string[], failed: string[] }>} how the
 *   database stands to this build
 */
export async function compareMigrations(client, dir = migrationsDir) {
  const ours = fs
    .readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
  const {
    rows: [{ there }],
  } = await client.query(`SELECT to_regclass('_prisma_migrations') IS NOT NULL AS there`)
  const { rows } = there
    ? await client.query(
        'SELECT migration_name AS name, finished_at IS NOT NULL AS finished FROM ' +
          '_prisma_migrations WHERE rolled_back_at IS NULL',
      )
    : { rows: [] }
  const applied = new Set(rows.filter((row) => row.finished).map((row) => row.name))
  return {
    missing: ours.filter((name) => !applied.has(name)),
    unknown: [...applied].filter((name) => !ours.includes(name)).sort(),
    failed: rows.filter((row) => !row.finished && !applied.has(row.name)).map((row) => row.name),
  }
}

/**
 * Refuses what this build must not touch: an old server, a newer schema, a half-done migration.
 * @param {string} url
 */
export async function inspectDatabase(url) {
  const client = await connect(url)
  try {
    await checkVersion(client, url)
    const { missing, unknown, failed } = await compareMigrations(client)
    if (unknown.length > 0)
      throw new Refusal(
        `The database ${describe(url)} was migrated by a newer build (${unknown.at(-1)}), ` +
          'which this one does not know. Start that build or a newer one, or restore the ' +
          'backup from before the upgrade.',
      )
    if (failed.length > 0)
      throw new Refusal(
        `Migration ${failed.join(', ')} of the database ${describe(url)} failed half-way. ` +
          'Restore the backup from before the upgrade, then start again.',
      )
    return { missing }
  } finally {
    await client.end()
  }
}

/**
 * Brings the database to this build's schema.
 * @param {string} url
 * @returns {Promise<number>} how many migrations were applied
 */
export async function migrateDatabase(url) {
  const { missing } = await inspectDatabase(url)
  if (missing.length === 0) return 0
  const { code, output } = await runTool(
    process.execPath,
    typescript('lib/db/migrate.ts', 'deploy'),
    { env: { ...process.env, DATABASE_URL: url } },
  )
  if (code !== 0)
    throw new Refusal(`The database ${describe(url)} could not be migrated: ${tailOf(output, 6)}`)
  return missing.length
}
