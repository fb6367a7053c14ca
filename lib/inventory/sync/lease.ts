import 'server-only'
import { sql, transaction, type Tx } from '@/lib/db/client'
import { countMissedKeys, lockCoverage, writeCoverage } from './coverage-write'
import { isSweepKind, type SweepKind } from './kinds'
import type { Tally } from './tally'

/** A sweep that this process may do now: made only by `claimSweeps`, worth something only while it is renewed. */
export type SweepLease = {
  readonly id: number
  readonly accountId: string
  readonly region: string
  readonly kind: SweepKind
  readonly keyArn: string | null
  readonly attempt: number
  readonly [claimed]: true
}
const claimed = Symbol('claimed')

const leaseSeconds = 10

type Row = {
  id: number
  accountId: string
  region: string
  kind: string
  keyArn: string | null
  attempt: number
}

/** Takes up to `max` sweeps of these kinds that wait, or whose worker is gone, the most wanted first. */
export async function claimSweeps(
  owner: string,
  kinds: readonly SweepKind[],
  max: number,
): Promise<SweepLease[]> {
  const rows = await sql.query<Row>(
    `UPDATE "Sweep" s SET "status" = 'running', "attempt" = s."attempt" + 1, "leaseOwner" = $1,
       "leaseUntil" = now() + interval '${leaseSeconds} seconds', "startedAt" = coalesce(s."startedAt", now())
     WHERE s."id" IN (
       SELECT c."id" FROM "Sweep" c WHERE c."kind" = ANY($3) AND (c."status" = 'queued' OR (c."status" = 'running' AND c."leaseUntil" < now()))
       ORDER BY c."priority" DESC, c."id" LIMIT $2 FOR UPDATE SKIP LOCKED)
     RETURNING s."id", s."accountId", s."region", s."kind", s."keyArn", s."attempt"`,
    [owner, max, kinds],
  )
  return rows.flatMap(({ kind, ...row }) =>
    isSweepKind(kind) ? [{ ...row, kind, [claimed]: true as const }] : [],
  )
}

export type Progress = { tally: Tally; itemsDone: number; itemsTotal: number | null }

/** Keeps the lease and shows how far it is. False: the lease is lost, another worker has the sweep. */
export async function renewSweep(
  lease: SweepLease,
  { tally, itemsDone, itemsTotal }: Progress,
): Promise<boolean> {
  const changed = await sql.execute(
    `UPDATE "Sweep" SET "leaseUntil" = now() + interval '${leaseSeconds} seconds', "calls" = $3, "throttled" = $4, "failed" = $5, "itemsDone" = $6, "itemsTotal" = $7
     WHERE "id" = $1 AND "attempt" = $2 AND "status" = 'running'`,
    [lease.id, lease.attempt, tally.calls, tally.throttled, tally.failed, itemsDone, itemsTotal],
  )
  return changed === 1
}

/** Hands an unfinished sweep back, for a worker that stops. */
export async function releaseSweep(lease: SweepLease): Promise<void> {
  await sql.execute(
    `UPDATE "Sweep" SET "status" = 'queued', "leaseOwner" = NULL, "leaseUntil" = NULL WHERE "id" = $1 AND "attempt" = $2 AND "status" = 'running'`,
    [lease.id, lease.attempt],
  )
}

export type Ending = { status: 'complete' | 'partial' | 'failed'; problem: string | null }

/**
 * Ends the sweep, with what follows from its end in the same transaction. False, and nothing written, when the lease was lost:
 * a slow worker concludes nothing.
 */
export async function endSweep(
  lease: SweepLease,
  progress: Progress,
  ending: Ending,
  conclude?: (tx: Tx) => Promise<void>,
): Promise<boolean> {
  const { tally } = progress
  return transaction(async (tx) => {
    const changed = await tx.execute(
      `UPDATE "Sweep" SET "status" = $3, "problem" = $4, "endedAt" = clock_timestamp(), "leaseOwner" = NULL, "leaseUntil" = NULL,
         "calls" = $5, "throttled" = $6, "failed" = $7, "itemsDone" = $8, "itemsTotal" = $9
       WHERE "id" = $1 AND "attempt" = $2 AND "status" = 'running'`,
      [
        lease.id,
        lease.attempt,
        ending.status,
        ending.problem,
        tally.calls,
        tally.throttled,
        tally.failed,
        progress.itemsDone,
        progress.itemsTotal,
      ],
    )
    if (changed !== 1) return false
    await lockCoverage(tx, lease)
    // One key says nothing about what the account's other keys let us know.
    if (lease.kind !== 'key') await writeCoverage(tx, lease, tally)
    await conclude?.(tx)
    await countMissedKeys(tx, lease)
    return true
  })
}

/**
 * Notes how far a core sweep has come: `listed` once its list of keys ended well, from when on no
 * key is missing here; `read` once each of them was read, from when on nothing that looks at keys
 * has to wait for it.
 */
export async function markSweep(
  { id, attempt }: SweepLease,
  stage: 'listed' | 'read',
): Promise<void> {
  await sql.execute(
    `UPDATE "Sweep" SET "${stage}At" = clock_timestamp() WHERE "id" = $1 AND "attempt" = $2 AND "status" = 'running'`,
    [id, attempt],
  )
}
