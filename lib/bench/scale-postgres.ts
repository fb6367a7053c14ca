// A PostgreSQL of the bench's own that counts what each statement costs.
import { rmSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { migrateDatabase } from '../launch/database.mjs'
import { makeTempDir } from '../launch/paths.mjs'
import { clusterHome, startPostgres } from '../launch/postgres.mjs'
import { removeAtEnd } from '../launch/processes.mjs'

/** Statements of one kind, as pg_stat_statements sums them up. Blocks are of 8 kB. */
export type StatementCost = {
  query: string
  calls: number
  rows: number
  blocks: number
  ms: number
}

export type Cost = { statements: number; rows: number; blocks: number; ms: number }

export type CountingPostgres = Awaited<ReturnType<typeof startCountingPostgres>>

/**
 * Starts a migrated throw-away PostgreSQL with pg_stat_statements. Statements that only frame
 * others (BEGIN, COMMIT, SET) are not counted.
 */
export async function startCountingPostgres(name: string) {
  const temporary = removeAtEnd(makeTempDir(name))
  const dir = path.join(temporary, 'postgres')
  removeAtEnd(clusterHome(dir))
  const first = await startPostgres({ dir, durable: false })
  await withClient(first.url, async (client) => {
    await client.query(`ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'`)
    await client.query('ALTER SYSTEM SET max_wal_size = 4096') // MB: fills without checkpoints
  })
  await first.stop() // a library is loaded at the start alone
  const postgres = await startPostgres({ dir, durable: false, maxConnections: 150 })
  await withClient(postgres.url, async (client) => {
    await client.query('ALTER SYSTEM SET pg_stat_statements.track_utility = off')
    await client.query('ALTER SYSTEM SET pg_stat_statements.max = 10000')
    await client.query('SELECT pg_reload_conf()')
    await client.query('CREATE DATABASE console')
    await client.query('CREATE EXTENSION pg_stat_statements')
  })
  const url = postgres.urlOf('console')
  await migrateDatabase(url)
  // From the database beside it, so that its own questions are not among the answers.
  const counter = new pg.Client({ connectionString: postgres.url })
  await counter.connect()
  return {
    url,
    ...countingOf(counter),
    async stop() {
      await counter.end()
      await postgres.stop()
      for (const place of [postgres.home, temporary])
        rmSync(place, { recursive: true, force: true })
    },
  }
}

export async function withClient<T>(
  connectionString: string,
  run: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    return await run(client)
  } finally {
    await client.end()
  }
}

const ofConsole = `FROM pg_stat_statements
  WHERE dbid = (SELECT oid FROM pg_database WHERE datname = 'console')`

function countingOf(counter: pg.Client) {
  return {
    /** Forgets what was counted. */
    begin: () => counter.query('SELECT pg_stat_statements_reset()'),
    /** What ran since then, all together. */
    async read(): Promise<Cost> {
      const { rows } = await counter.query<Cost>(
        `SELECT coalesce(sum(calls), 0)::int AS statements, coalesce(sum(rows), 0)::int AS rows,
           coalesce(sum(shared_blks_hit + shared_blks_read), 0)::int AS blocks,
           coalesce(sum(total_exec_time), 0)::float AS ms ${ofConsole}`,
      )
      return rows[0] ?? { statements: 0, rows: 0, blocks: 0, ms: 0 }
    },
    /** The same by statement, the dearest first. */
    async readDearest(): Promise<StatementCost[]> {
      const { rows } = await counter.query<StatementCost>(
        `SELECT query, calls::int, rows::int, (shared_blks_hit + shared_blks_read)::int AS blocks,
           total_exec_time AS ms ${ofConsole} ORDER BY total_exec_time DESC LIMIT 3`,
      )
      return rows
    },
    /** Ends what the console still asks: an answer that came too late must not cost the next. */
    async cancelAll(): Promise<void> {
      await counter.query(
        `SELECT pg_cancel_backend(pid) FROM pg_stat_activity
         WHERE datname = 'console' AND state = 'active'`,
      )
    },
  }
}
