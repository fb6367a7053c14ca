import 'server-only'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from '@/lib/db/client'
import { Batch, eachOf } from './batch'
import type { PartProblem } from './part'
import type { Run } from './sweep'

export type SweptKey = {
  arn: string
  keyId: string
  keyManager: string | null
  keySpec: string | null
  origin: string | null
  keyState: string | null
  problems: Record<string, PartProblem | undefined>
}

type Plan<R> = {
  /**
   * Column of Key that marks the key's part as done by a sweep, and the one that
   * says when it was seen last.
   */
  doneIn: 'grantsIn' | 'rotationsIn' | 'lastUseIn'
  seenAt: 'grantsAt' | 'rotationsAt' | 'lastUseAt'
  /** Only keys that DescribeKey has answered for: what it says decides whether to ask. */
  described: boolean
  width: number
  /** Null: there is nothing to ask about this key, which is then done. */
  read: (key: SweptKey) => Promise<R>
  write: (rows: R[]) => Promise<void>
}

const chunk = 2_000
const waitForKeysMs = 250

/**
 * Goes over every key of the Region that this sweep has not done, the longest unseen first, and
 * over those that the sweep it follows still brings. After a killed worker only the rest is done.
 */
export async function forEachKey<R>(run: Run, plan: Plan<R>): Promise<void> {
  const batch = new Batch<R>(plan.write)
  const begun = new Set<string>()
  try {
    for (;;) {
      const areComing = await areKeysComing(run)
      const keys = (await readKeysToDo(run, plan)).filter((key) => !begun.has(key.arn))
      await countItems(run, plan)
      if (keys.length === 0) {
        if (!areComing) break
        await sleep(waitForKeysMs, undefined, { signal: run.signal })
        continue
      }
      await eachOf(keys, plan.width, async (key) => {
        begun.add(key.arn)
        await batch.add(await plan.read(key))
        run.progress.itemsDone += 1
      })
    }
  } finally {
    await batch.end()
  }
  run.signal.throwIfAborted()
}

async function readKeysToDo<R>(
  run: Run,
  { doneIn, seenAt, described }: Plan<R>,
): Promise<SweptKey[]> {
  return sql.query<SweptKey>(
    `SELECT "arn", "keyId", "keyManager", "keySpec", "origin", "keyState", "problems" FROM "Key"
     WHERE "accountId" = $1 AND "region" = $2 AND "goneAt" IS NULL AND "${doneIn}" IS DISTINCT FROM $3
       ${described ? `AND ("describedAt" IS NOT NULL OR "problems" ? 'describe')` : ''}
     ORDER BY "${seenAt}" NULLS FIRST, "arn" LIMIT ${chunk}`,
    [run.lease.accountId, run.lease.region, run.lease.id],
  )
}

/**
 * Whether the sweep it follows still brings keys. What else that one waits for, such as the key
 * stores, holds nothing up here.
 */
async function areKeysComing(run: Run): Promise<boolean> {
  const rows = await sql.query(
    `SELECT 1 FROM "Sweep" WHERE "accountId" = $1 AND "region" = $2 AND "kind" = $3
       AND ("status" = 'queued' OR ("status" = 'running' AND "readAt" IS NULL)) LIMIT 1`,
    [run.lease.accountId, run.lease.region, run.after],
  )
  return rows.length > 0
}

async function countItems<R>(run: Run, { doneIn }: Plan<R>): Promise<void> {
  const [count] = await sql.query<{ total: number; done: number }>(
    `SELECT count(*) AS "total", count(*) FILTER (WHERE "${doneIn}" = $3) AS "done" FROM "Key"
      WHERE "accountId" = $1 AND "region" = $2 AND "goneAt" IS NULL`,
    [run.lease.accountId, run.lease.region, run.lease.id],
  )
  if (count)
    run.progress = {
      itemsDone: Math.max(run.progress.itemsDone, count.done),
      itemsTotal: count.total,
    }
}
