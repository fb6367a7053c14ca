import 'server-only'
import { daysAgo, forgetRows } from '../db/forget'
import { raw, sql, transaction, type Tx } from '../db/client'
import { env } from '../env'
import type { Partitioned } from './partitions'
import { recountHours } from './recount'

/** Dropping a partition locks its table: it waits no longer than this, and tries again later. */
const lockTimeoutMs = 2_000

/**
 * Drops what is older than it is kept: a month at a time, so that a month is kept until its last day
 * is old. Rollups are kept by themselves: they outlive their events.
 */
export async function forgetOldTrail(): Promise<void> {
  const days = env()
  await moveHorizon(days.CLAVIGER_KEEP_TRAIL_USES_DAYS, days.CLAVIGER_KEEP_TRAIL_CHANGES_DAYS)
  await dropMonths('event_use', days.CLAVIGER_KEEP_TRAIL_USES_DAYS)
  await dropMonths('event_change', days.CLAVIGER_KEEP_TRAIL_CHANGES_DAYS)
  await dropMonths('use', days.CLAVIGER_KEEP_TRAIL_ROLLUPS_DAYS)
  await sql.execute(
    sql`DELETE FROM trail.bound b
     WHERE b.month < (${firstKept(days.CLAVIGER_KEEP_TRAIL_ROLLUPS_DAYS)} AT TIME ZONE 'UTC')::date`,
  )
  await forgetRows(
    'trail.mutation',
    sql`o.occurred_at < ${firstKept(days.CLAVIGER_KEEP_TRAIL_CHANGES_DAYS)}`,
  )
  await forgetRows(
    '"TrailSetAside"',
    sql`o."setAsideAt" < ${daysAgo(days.CLAVIGER_KEEP_TRAIL_CHANGES_DAYS)}`,
  )
  await forgetRows(
    '"SignalEpisode"',
    sql`o."foundAt" < ${daysAgo(days.CLAVIGER_KEEP_TRAIL_CHANGES_DAYS)}`,
  )
  await forgetRows(
    '"FoundChange"',
    sql`o."foundAt" < ${daysAgo(days.CLAVIGER_KEEP_TRAIL_USES_DAYS)}`,
  )
  await forgetRows(
    '"TrailCoverage"',
    sql`o."hour" < ${daysAgo(days.CLAVIGER_KEEP_TRAIL_ROLLUPS_DAYS)}`,
  )
}

const firstKept = (days: number) =>
  sql`date_trunc('month', now() - make_interval(days => ${days}::int), 'UTC')`

/**
 * From now on what is of the months that are dropped is not counted again, and uses of them are not
 * taken in. What waits for its count is counted before. It never moves back: a longer window begins
 * with what is there.
 */
async function moveHorizon(usesDays: number, changesDays: number): Promise<void> {
  const [behind] = await sql.query(
    sql`SELECT 1 FROM trail.horizon
     WHERE uses_from < ${firstKept(usesDays)} OR changes_from < ${firstKept(changesDays)}`,
  )
  if (!behind) return
  await recountHours()
  await sql.execute(
    sql`UPDATE trail.horizon SET uses_from = greatest(uses_from, ${firstKept(usesDays)}),
       changes_from = greatest(changes_from, ${firstKept(changesDays)})`,
  )
}

/** Counts go with the rollups that they are sums of. */
async function dropCounts(tx: Tx, month: string): Promise<void> {
  const isOfMonth = sql`begins >= ${month}::date AND begins < ${month}::date + interval '1 month'`
  await tx.execute(sql`DELETE FROM trail.day_count WHERE ${isOfMonth}`)
  await tx.execute(sql`DELETE FROM trail.month_count WHERE ${isOfMonth}`)
}

async function dropMonths(parent: Partitioned, days: number): Promise<void> {
  const old = await sql.query<{ name: string; month: string }>(
    sql`SELECT c.relname AS name, to_date(right(c.relname, 7), 'YYYY_MM')::text AS month
     FROM pg_inherits i
       JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = ${`trail.${parent}`}::regclass
       AND to_date(right(c.relname, 7), 'YYYY_MM') < (${firstKept(days)} AT TIME ZONE 'UTC')::date
     ORDER BY 1`,
  )
  for (const { name, month } of old)
    await transaction(async (tx) => {
      await tx.execute(`SET LOCAL lock_timeout = ${lockTimeoutMs}`)
      await tx.execute(sql`DROP TABLE IF EXISTS trail.${raw(`"${name}"`)}`)
      if (parent === 'use') await dropCounts(tx, month)
    })
}
