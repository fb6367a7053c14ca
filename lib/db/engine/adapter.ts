import 'server-only'
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { PrismaPg } from '@prisma/adapter-pg'
import {
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
  type SqlQuery,
} from '@prisma/driver-adapter-utils'

/**
 * What PrismaPg's adapter does inside and does not declare: the raw answer,
 * before its types are mapped.
 */
type WithRawAnswer = SqlDriverAdapter & {
  performIO(query: SqlQuery): Promise<{ fields: { dataTypeID: number }[] }>
}

/** The catalogue's own one-byte type "char", unknown to @prisma/adapter-pg 7, and text. */
const CHAR = 18
const TEXT = 25

/**
 * What a run with the engine leaves behind: errors underneath its own, and
 * connections it never closes.
 */
export type EngineTraces = { failures: unknown[]; pools: pg.Pool[] }

/** The engine wants one session: what it sets on a connection must hold for the next statement. */
function poolOf(traces: EngineTraces, url: string, database?: string): pg.Pool {
  const target = new URL(url)
  if (database) target.pathname = `/${database}`
  target.searchParams.delete('schema')
  const pool = new pg.Pool({ connectionString: target.toString(), max: 1 })
  pool.on('error', () => {}) // a connection lost while idle shows at its next use
  traces.pools.push(pool)
  return pool
}

/**
 * PrismaPg, fit for the schema engine:
 * - "char" columns arrive as Character (as Text the engine panics on
 *   constraints: prisma/orm#29635);
 * - the NOT NULL rows that PostgreSQL 18 keeps in pg_constraint are left out (nullability
 *   is read from pg_attribute);
 * - one script is one simple-protocol query, an implicit transaction, as in the native engine
 *   (PrismaPg splits at every `;`, also inside a function's body).
 */
async function connectForEngine(
  pool: pg.Pool,
  { failures }: EngineTraces,
): Promise<SqlDriverAdapter> {
  const adapter = (await new PrismaPg(pool, {
    disposeExternalPool: true,
  }).connect()) as SqlDriverAdapter as WithRawAnswer
  const performIO = adapter.performIO.bind(adapter)
  const queryRaw = adapter.queryRaw.bind(adapter)
  const charColumns = new WeakMap<SqlQuery, number[]>()
  adapter.performIO = async (query) => {
    const answer = await performIO(query)
    charColumns.set(
      query,
      answer.fields.flatMap((field, index) => (field.dataTypeID === CHAR ? [index] : [])),
    )
    for (const field of answer.fields) if (field.dataTypeID === CHAR) field.dataTypeID = TEXT
    return answer
  }
  adapter.queryRaw = async (query) => {
    const answer = await queryRaw(query)
    for (const index of charColumns.get(query) ?? [])
      answer.columnTypes[index] = ColumnTypeEnum.Character
    const kind = answer.columnNames.indexOf('constraint_type')
    if (kind >= 0) answer.rows = answer.rows.filter((row) => row[kind] !== 'n')
    return answer
  }
  adapter.executeScript = async (script) => {
    await pool.query(script).catch((error: unknown) => {
      failures.push(error)
      throw error
    })
  }
  return adapter
}

/**
 * Connects the engine to `url`, its shadow database being a fresh one
 * beside it (never the one in `url`).
 */
export function schemaEngineAdapter(
  url: string,
  traces: EngineTraces,
): SqlMigrationAwareDriverAdapterFactory {
  return {
    provider: 'postgres',
    adapterName: 'claviger-schema-engine',
    connect: () => connectForEngine(poolOf(traces, url), traces),
    async connectToShadowDb() {
      const name = `prisma_migrate_shadow_db_${randomUUID()}`
      const admin = poolOf(traces, url)
      await admin.query(`CREATE DATABASE "${name}"`)
      const pool = poolOf(traces, url, name)
      const adapter = await connectForEngine(pool, traces)
      adapter.dispose = async () => {
        await pool.end()
        await admin.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`)
        await admin.end()
      }
      return adapter
    },
  }
}
