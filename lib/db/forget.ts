import 'server-only'
import { setTimeout as sleep } from 'node:timers/promises'
import { raw, sql, type Sql } from './client'

/** Rows that one statement deletes: others wait for their locks no longer than that takes. */
export const forgetBatch = 500
/** In one run; what is left is deleted by the next. */
const mostBatches = 100
const pauseMs = 20

/**
 * Deletes the rows of a table that a condition finds, a few at a time, so that nobody waits long for
 * a lock and what is deleted is cleaned up behind it. Passes over what others have locked. The
 * condition is about the row `o`, and begins with what an index finds. Returns how many.
 */
export async function forgetRows(table: string, isOld: Sql): Promise<number> {
  const rows = raw(table)
  let forgotten = 0
  for (let batch = 0; batch < mostBatches; batch++) {
    const deleted = await sql.execute(
      sql`DELETE FROM ${rows} WHERE ctid = ANY(ARRAY(
        SELECT o.ctid FROM ${rows} o WHERE ${isOld} LIMIT ${forgetBatch} FOR UPDATE SKIP LOCKED))`,
    )
    forgotten += deleted
    if (deleted < forgetBatch) break
    await sleep(pauseMs)
  }
  return forgotten
}

/** SQL of the moment so many days ago. */
export const daysAgo = (days: number): Sql => sql`now() - make_interval(days => ${days}::int)`
