import pg from 'pg'
import { applyMigrations, compareMigrations, lockMigrations } from './migrations.mjs'
import { Refusal } from './refusal.mjs'

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
  // A connection that is lost shows at the query it cuts off, or at the next one.
  client.on('error', () => {})
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
      `PostgreSQL at ${describe(url)} is version ${major};
      Claviger needs ${oldestMajor} or newer. Upgrade it,
      or leave DATABASE_URL out to use the embedded one.`,
    )
}

/**
 * Refuses what this build must not touch: a newer schema, a migration that failed half-way.
 * @param {pg.Client} client @param {string} url @param {string} [dir]
 */
async function compareOrRefuse(client, url, dir) {
  const standing = await compareMigrations(client, dir)
  const { unknown, failed } = standing
  if (unknown.length > 0)
    throw new Refusal(
      `The database ${describe(url)} was migrated by a newer build (${unknown.at(-1)}),
      which this one does not know. Start that build or a newer one,
      or restore the backup from before the upgrade.`,
    )
  if (failed.length > 0)
    throw new Refusal(
      `Migration ${failed.join(', ')} of the database ${describe(url)} failed half-way.
      Restore the backup from before the upgrade, then start again.`,
    )
  return standing
}

/** Refuses what this build must not touch, an old server among it. @param {string} url */
export async function inspectDatabase(url) {
  const client = await connect(url)
  try {
    await checkVersion(client, url)
    const { missing, changed } = await compareOrRefuse(client, url)
    return { missing, changed }
  } finally {
    await client.end()
  }
}

/**
 * Brings the database to this build's schema, one process at a time. `changed`: applied before with
 * another text; a comment reworded must not stop an upgrade, so they are only named.
 * @param {string} url @param {string} [dir]
 * @returns {Promise<{ applied: string[], changed: string[] }>} names
 */
export async function migrateDatabase(url, dir) {
  const client = await connect(url)
  try {
    await checkVersion(client, url)
    await lockMigrations(client)
    const { missing, changed } = await compareOrRefuse(client, url, dir)
    await applyMigrations(client, missing, dir)
    return { applied: missing, changed }
  } finally {
    await client.end()
  }
}

/**
 * @param {string[]} changed names
 * @returns {string} what to know about them; empty when there are none
 */
export const wordsOfChanged = (changed) =>
  changed.length === 0
    ? ''
    : [
        `${changed.join(', ')}: the text differs from what this database ran.`,
        'That is harmless if only comments differ;',
        'otherwise use the unaltered files of this build.',
      ].join(' ')
