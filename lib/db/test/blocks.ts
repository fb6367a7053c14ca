import pg from 'pg'
import { pool } from '../client'

type Issued = { text: string; values: unknown[] }

/**
 * Runs a reader and returns the blocks of 8 kB that its statements touch: every one is planned and
 * run again, alone, with the values that it had and the settings of its transaction.
 */
export async function blocksOf(read: () => Promise<unknown>): Promise<number> {
  const perConnection = await listIssued(read)
  const client = await pool().connect()
  try {
    let blocks = 0
    for (const issued of perConnection)
      for (const statement of issued) blocks += await explain(client, statement)
    return blocks
  } finally {
    await client.query('ROLLBACK')
    client.release()
  }
}

/** Every statement that goes over a connection while the reader runs, by connection and in order. */
async function listIssued(read: () => Promise<unknown>): Promise<Issued[][]> {
  const perConnection = new Map<pg.Client, Issued[]>()
  const { query } = pg.Client.prototype
  const noting = function (this: pg.Client, ...given: unknown[]): unknown {
    const [first, second] = given
    const text = typeof first === 'string' ? first : Reflect.get(Object(first), 'text')
    const values = Array.isArray(second) ? second : Reflect.get(Object(first), 'values')
    if (typeof text === 'string')
      perConnection.set(this, [
        ...(perConnection.get(this) ?? []),
        { text, values: Array.isArray(values) ? values : [] },
      ])
    return Reflect.apply(query, this, given)
  }
  Object.assign(pg.Client.prototype, { query: noting })
  try {
    await read()
  } finally {
    Object.assign(pg.Client.prototype, { query })
  }
  return [...perConnection.values()]
}

type Plan = { 'Shared Hit Blocks': number; 'Shared Read Blocks': number }

/** What is no question sets the stage for those behind it, or is left out. */
async function explain(client: pg.PoolClient, { text, values }: Issued): Promise<number> {
  if (!/^\s*\(?(?:SELECT|WITH)\b/i.test(text)) {
    if (/^\s*(?:BEGIN|COMMIT|ROLLBACK|SET)\b/i.test(text)) await client.query(text, values)
    return 0
  }
  const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
    `EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) ${text}`,
    values,
  )
  const plan = rows[0]?.['QUERY PLAN'][0].Plan
  if (!plan) throw new Error(`PostgreSQL explained nothing of: ${text}`)
  return plan['Shared Hit Blocks'] + plan['Shared Read Blocks']
}
