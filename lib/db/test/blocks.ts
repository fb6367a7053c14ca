import pg from 'pg'
import { pool } from '../client'
import { statementsOf, type Issued } from './statements-of'

/**
 * Runs a reader and returns the blocks of 8 kB that its statements touch: every one is planned and
 * run again, alone, with the values that it had and the settings of its transaction.
 */
export async function blocksOf(read: () => Promise<unknown>): Promise<number> {
  const { issued } = await statementsOf(read)
  const client = await pool().connect()
  try {
    let blocks = 0
    for (const one of new Set(issued.map(({ connection }) => connection)))
      for (const statement of issued.filter(({ connection }) => connection === one))
        blocks += await explain(client, statement)
    return blocks
  } finally {
    await client.query('ROLLBACK')
    client.release()
  }
}

type Plan = { 'Shared Hit Blocks': number; 'Shared Read Blocks': number }

/** What is no question sets the stage for those behind it, or is left out. */
async function explain(client: pg.PoolClient, { text, values }: Issued): Promise<number> {
  if (!/^\s*\(?(?:SELECT|WITH)\b/i.test(text)) {
    if (/^\s*(?:BEGIN|COMMIT|ROLLBACK|SET)\b/i.test(text)) await client.query(text, [...values])
    return 0
  }
  const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
    `EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) ${text}`,
    [...values],
  )
  const plan = rows[0]?.['QUERY PLAN'][0].Plan
  if (!plan) throw new Error(`PostgreSQL explained nothing of: ${text}`)
  return plan['Shared Hit Blocks'] + plan['Shared Read Blocks']
}
