import 'server-only'
import type { Queryable } from '../db/client'

/**
 * A table that workers take rows from: it has the columns `id`, `attempt` and `leaseUntil`. All of
 * this is SQL of the code's own; what comes from elsewhere goes in as a parameter.
 */
export type Queue = {
  /** Quoted. */
  table: string
  /** What leases are measured by: the database's clock, never a worker's own. */
  clock: 'now()' | 'claviger_now()'
  /** Renewed while a worker lives; after it another takes over. */
  leaseSeconds: number
  /** Condition on a row under which a lease of it counts: what has ended has none. */
  held: string
}

/** Which rows are taken, as SQL about the row `c`; parameters of the caller begin at $2. */
export type Claim = {
  due: string
  /** Whoever comes first is taken first. */
  order: string
  /** What else the claim sets, besides the attempt and the lease. */
  set?: string
  /** What is returned: of the row as it is now (`c`), or as it was before (`was`). */
  returning: string
  params?: readonly unknown[]
}

/**
 * The row's attempt number fences: of two workers that believe to have it, the newer one alone
 * does.
 */
export type Held = { id: string | number; attempt: number }

type Database = Pick<Queryable, 'query'>

/** A condition on a row: nobody has it, or whoever had it is gone. */
export const isFree = (row: string, { clock }: Pick<Queue, 'clock'>) =>
  `(${row}."leaseUntil" IS NULL OR ${row}."leaseUntil" <= ${clock})`

/** SQL of when a lease that is taken or renewed now runs out. */
export const leaseEnd = ({ clock, leaseSeconds }: Pick<Queue, 'clock' | 'leaseSeconds'>) =>
  `${clock} + make_interval(secs => ${leaseSeconds})`

/**
 * Takes up to `most` rows that are due and free. Rows that somebody else has locked are passed
 * over, so that workers never wait for each other, nor take one row twice. Each claim raises the
 * row's attempt number: whatever an earlier attempt still does counts no more.
 */
export async function claimRows<Row extends object>(
  database: Database,
  queue: Queue,
  { due, order, set, returning, params = [] }: Claim,
  most: number,
): Promise<Row[]> {
  return database.query<Row>(
    `WITH was AS (
       SELECT c.* FROM ${queue.table} c WHERE ${due} AND ${isFree('c', queue)}
       ORDER BY ${order} LIMIT $1 FOR UPDATE SKIP LOCKED)
     UPDATE ${queue.table} c
     SET "attempt" = c."attempt" + 1, "leaseUntil" = ${leaseEnd(queue)}${set ? `, ${set}` : ''}
     FROM was WHERE c."id" = was."id" RETURNING ${returning}`,
    [most, ...params],
  )
}

/**
 * Keeps the lease; `set` writes more with it, its parameters beginning at $3. False: another worker
 * has the row, and whatever this one still does counts no more.
 */
export async function renewRow(
  database: Database,
  queue: Queue,
  held: Held,
  set = '',
  params: readonly unknown[] = [],
): Promise<boolean> {
  const lease = `"leaseUntil" = ${leaseEnd(queue)}`
  return write(database, queue, held, set ? `${lease}, ${set}` : lease, params)
}

/**
 * Ends the lease and writes what came of it; parameters of `set` begin at $3. False, and nothing
 * written, when the lease was lost: a slow worker concludes nothing.
 */
export async function settleRow(
  database: Database,
  queue: Queue,
  held: Held,
  set: string,
  params: readonly unknown[] = [],
): Promise<boolean> {
  return write(database, queue, held, `"leaseUntil" = NULL, ${set}`, params)
}

async function write(
  database: Database,
  { table, held }: Queue,
  { id, attempt }: Held,
  set: string,
  params: readonly unknown[],
): Promise<boolean> {
  const rows = await database.query(
    `UPDATE ${table} SET ${set} WHERE "id" = $1 AND "attempt" = $2 AND ${held} RETURNING "id"`,
    [id, attempt, ...params],
  )
  return rows.length === 1
}
