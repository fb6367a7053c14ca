import 'server-only'
import { sql, transaction, type Sql, type Tx } from '@/lib/db/client'
import { claimRows, millisecondsTo, renewRow, settleRow, type Queue } from '@/lib/work/claim'
import { underWay, type SweepEndStatus } from './statuses'
import { countMissedKeys, lockCoverage, writeCoverage } from './coverage'
import type { Tally } from './tally'

/**
 * A sweep that this process may do now: made only by `claimSweeps`, worth
 * something only while it is renewed.
 */
export type SweepLease = {
  readonly id: number
  readonly accountId: string
  readonly region: string
  readonly kind: string
  readonly keyArn: string | null
  /** Of one key: which parts of it are read; none: all. */
  readonly parts: readonly string[]
  readonly attempt: number
  readonly [claimed]: true
}
const claimed = Symbol('claimed')

const queue: Queue = {
  table: '"Sweep"',
  clock: 'now()',
  leaseSeconds: 10,
  held: sql`"status" = 'running'`,
}

type Row = {
  id: number
  accountId: string
  region: string
  kind: string
  keyArn: string | null
  parts: string[]
  attempt: number
}

/**
 * Takes up to `most` sweeps of these kinds that wait, or whose worker is
 * gone, the most wanted first.
 */
export async function claimSweeps(
  owner: string,
  kinds: readonly string[],
  most: number,
): Promise<SweepLease[]> {
  const rows = await claimRows<Row>(
    sql,
    queue,
    {
      due: sql`c."status" = ANY(${underWay}) AND c."kind" = ANY(${kinds})`,
      order: sql`c."priority" DESC, c."id"`,
      set: sql`"status" = 'running', "leaseOwner" = ${owner},
        "startedAt" = coalesce(c."startedAt", now())`,
      returning: sql`c."id", c."accountId", c."region", c."kind", c."keyArn", c."parts",
        c."attempt"`,
    },
    most,
  )
  return rows.map((row) => ({ ...row, [claimed]: true as const }))
}

/**
 * Returns in how many milliseconds there is a sweep of these kinds to claim: one that waits, or one
 * whose worker does not renew its lease; null: there is none.
 */
export async function sweepsDueMs(kinds: readonly string[]): Promise<number | null> {
  const [row] = await sql.query<{ due: number | null }>(
    sql`SELECT CASE WHEN EXISTS (SELECT 1 FROM "Sweep"
         WHERE "status" = 'queued' AND "kind" = ANY(${kinds})) THEN 0
       ELSE (SELECT ${millisecondsTo(queue.clock, sql`min("leaseUntil")`)} FROM "Sweep"
         WHERE "status" = 'running' AND "kind" = ANY(${kinds})) END AS "due"`,
  )
  return row?.due ?? null
}

export type Progress = { tally: Tally; itemsDone: number; itemsTotal: number | null }

/** Sets how far a sweep is. */
const setProgress = ({ tally, itemsDone, itemsTotal }: Progress): Sql =>
  sql`"calls" = ${tally.calls}, "throttled" = ${tally.throttled}, "failed" = ${tally.failed},
    "itemsDone" = ${itemsDone}, "itemsTotal" = ${itemsTotal}`

/**
 * Keeps the lease and shows how far it is. False: the lease is lost, another worker has the sweep.
 */
export const renewSweep = (lease: SweepLease, progress: Progress): Promise<boolean> =>
  renewRow(sql, queue, lease, setProgress(progress))

/** Hands an unfinished sweep back, for a worker that stops. */
export async function releaseSweep(lease: SweepLease): Promise<void> {
  await settleRow(sql, queue, lease, sql`"status" = 'queued', "leaseOwner" = NULL`)
}

export type Ending = { status: SweepEndStatus; problem: string | null }

/**
 * Ends the sweep, with what follows from its end in the same transaction. False, and nothing
 * written, when the lease was lost: a slow worker concludes nothing.
 */
export async function endSweep(
  lease: SweepLease,
  progress: Progress,
  { status, problem }: Ending,
  conclude?: (tx: Tx) => Promise<void>,
): Promise<boolean> {
  return transaction(async (tx) => {
    const isOurs = await settleRow(
      tx,
      queue,
      lease,
      sql`${setProgress(progress)}, "status" = ${status}, "problem" = ${problem},
        "endedAt" = clock_timestamp(), "leaseOwner" = NULL`,
    )
    if (!isOurs) return false
    await lockCoverage(tx, lease)
    // One key says nothing about what the account's other keys let us know.
    if (lease.kind !== 'key') await writeCoverage(tx, lease, progress.tally)
    await conclude?.(tx)
    await countMissedKeys(tx, lease)
    if (lease.kind === 'key') await queueAgain(tx, lease)
    return true
  })
}

/**
 * What was asked for while it ran is read anew: the answer might be older than the question. Not
 * where the account was removed or paused meanwhile.
 */
async function queueAgain(tx: Tx, { id }: SweepLease): Promise<void> {
  await tx.execute(
    `INSERT INTO "Sweep" ("accountId", region, kind, "keyArn", "askedById", priority, parts, reason)
     SELECT "accountId", region, kind, "keyArn", "askedById", priority, "againParts", reason
     FROM "Sweep" s WHERE id = $1 AND "againParts" IS NOT NULL AND EXISTS (
       SELECT 1 FROM "Account" a WHERE a.id = s."accountId" AND a."removedAt" IS NULL
         AND (a."pausedAt" IS NULL OR s."askedById" IS NOT NULL))`,
    [id],
  )
}

/**
 * Notes how far a sweep that lists keys has come: `listed` once its list of keys ended well, from
 * when on no key is missing here; `read` once each of them was read, from when on nothing that
 * looks at keys has to wait for it.
 */
export async function markSweep(
  { id, attempt }: SweepLease,
  stage: 'listed' | 'read',
): Promise<void> {
  await sql.execute(
    `UPDATE "Sweep" SET "${stage}At" = clock_timestamp()
     WHERE "id" = $1 AND "attempt" = $2 AND "status" = 'running'`,
    [id, attempt],
  )
}
