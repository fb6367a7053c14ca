import 'server-only'
import { raw, sql, type Queryable, type Sql } from '../db/client'

/**
 * A table that workers take rows from: it has the columns `id`, `attempt` and `leaseUntil`.
 */
export type Queue = {
  /** Quoted. */
  table: string
  /** What leases are measured by: the database's clock, never a worker's own. */
  clock: 'now()' | 'claviger_now()'
  /** Renewed while a worker lives; after it another takes over. */
  leaseSeconds: number
  /** Condition on a row under which a lease of it counts: what has ended has none. */
  held: Sql
}

/** Which rows are taken, as SQL about the row `c`. */
export type Claim = {
  due: Sql
  /** Whoever comes first is taken first. */
  order: Sql
  /** What else the claim sets, besides the attempt and the lease. */
  set?: Sql
  /** What is returned: of the row as it is now (`c`), or as it was before (`was`). */
  returning: Sql
}

/**
 * The row's attempt number fences: of two workers that believe to have it, the newer one alone
 * does.
 */
export type Held = { id: string | number; attempt: number }

type Database = Pick<Queryable, 'query'>

/** A condition on a row: nobody has it, or whoever had it is gone. */
export const isFree = (row: string, { clock }: Pick<Queue, 'clock'>): Sql =>
  raw(`(${row}."leaseUntil" IS NULL OR ${row}."leaseUntil" <= ${clock})`)

/** SQL of when a lease that is taken or renewed now runs out. */
export const leaseEnd = ({ clock, leaseSeconds }: Pick<Queue, 'clock' | 'leaseSeconds'>): Sql =>
  sql`${raw(clock)} + make_interval(secs => ${leaseSeconds})`

/** SQL of how many milliseconds are left to a moment: negative when it is past, null without one. */
export const millisecondsTo = (clock: Queue['clock'], moment: Sql): Sql =>
  sql`ceil(1000 * extract(epoch FROM ${moment} - ${raw(clock)}))::float8`

/**
 * Takes up to `most` rows that are due and free. Rows that somebody else has locked are passed
 * over, so that workers never wait for each other, nor take one row twice. Each claim raises the
 * row's attempt number: whatever an earlier attempt still does counts no more.
 */
export async function claimRows<Row extends object>(
  database: Database,
  queue: Queue,
  { due, order, set, returning }: Claim,
  most: number,
): Promise<Row[]> {
  const table = raw(queue.table)
  return database.query<Row>(
    sql`WITH was AS (
       SELECT c.* FROM ${table} c WHERE ${due} AND ${isFree('c', queue)}
       ORDER BY ${order} LIMIT ${most} FOR UPDATE SKIP LOCKED)
     UPDATE ${table} c
     SET "attempt" = c."attempt" + 1, ${withMore(sql`"leaseUntil" = ${leaseEnd(queue)}`, set)}
     FROM was WHERE c."id" = was."id" RETURNING ${returning}`,
  )
}

const withMore = (set: Sql, more: Sql | undefined) => (more ? sql`${set}, ${more}` : set)

/**
 * Keeps the lease; `set` writes more with it. False: another worker has the row, and whatever this
 * one still does counts no more.
 */
export async function renewRow(
  database: Database,
  queue: Queue,
  held: Held,
  set?: Sql,
): Promise<boolean> {
  return write(database, queue, held, withMore(sql`"leaseUntil" = ${leaseEnd(queue)}`, set))
}

/**
 * Ends the lease and writes what came of it. False, and nothing written, when the lease was lost:
 * a slow worker concludes nothing.
 */
export async function settleRow(
  database: Database,
  queue: Queue,
  held: Held,
  set: Sql,
): Promise<boolean> {
  return write(database, queue, held, sql`"leaseUntil" = NULL, ${set}`)
}

async function write(
  database: Database,
  { table, held }: Queue,
  { id, attempt }: Held,
  set: Sql,
): Promise<boolean> {
  const rows = await database.query(
    sql`UPDATE ${raw(table)} SET ${set}
    WHERE "id" = ${id} AND "attempt" = ${attempt} AND ${held} RETURNING "id"`,
  )
  return rows.length === 1
}
