import 'server-only'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from '@/lib/db/client'
import { Batch, eachOf } from './batch'
import { doneIn, joinSlice, markSlices, OpenSlices, sweptAt, type SlicedKind } from './last-read'
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
  kind: Exclude<SlicedKind, 'core'>
  /** The part of a key that it reads, and the column that says when the row's was. */
  part: 'grants' | 'rotations' | 'lastUse'
  /** Only keys that DescribeKey has answered for: what it says decides whether to ask. */
  described: boolean
  width: number
  /** Tells what there is to know, or that there is nothing to ask about this key. */
  read: (key: SweptKey) => Promise<R>
  write: (rows: R[]) => Promise<void>
}

/** Slices that are gone over together: some 2,000 keys. */
const slicesAtOnce = 10
const waitForKeysMs = 250

const isDescribed = (plan: { described: boolean }, key: string): string =>
  plan.described ? `(${key}."describedAt" IS NOT NULL OR ${key}."problems" ? 'describe')` : 'true'

/**
 * Goes over every key of the Region, slice by slice, the longest unread first, and over those that
 * the sweep it follows still brings. After a killed worker only the slices that were not through
 * are done.
 */
export async function forEachKey<R extends { arn: string }>(
  run: Run,
  plan: Plan<R>,
): Promise<void> {
  const slices = new OpenSlices()
  const batch = new Batch<R>(async (rows) => {
    await plan.write(rows)
    await markSlices(sql, run.lease, plan.kind, slices.end(rows.map(({ arn }) => arn)))
  })
  const taken = new Set<number>()
  const begun = new Set<string>()
  try {
    for (;;) {
      const { todo, areComing } = await findSlicesToDo(run, plan, [...taken])
      if (todo.length === 0 && areComing) {
        await sleep(waitForKeysMs, undefined, { signal: run.signal })
        continue
      }
      const rows = await readKeysToDo(run, plan, todo)
      const keys = rows.filter(({ arn }) => !begun.has(arn))
      await countItems(run, plan)
      for (const slice of todo) taken.add(slice)
      slices.add(keys.filter(({ slice }) => todo.includes(slice)))
      await markEmpty(run, plan, todo, keys)
      if (keys.length === 0 && todo.length === 0) break
      await eachOf(keys, plan.width, async (key) => {
        begun.add(key.arn)
        slices.begin(key.arn, run.now())
        await batch.add(await plan.read(key))
        run.progress.itemsDone += 1
      })
    }
  } finally {
    await batch.end()
  }
  run.signal.throwIfAborted()
}

type KeyToDo = SweptKey & { slice: number }

type Todo = {
  /**
   * The slices that this sweep has not gone over, the longest unread first and then the newest,
   * where new keys are. One that waits for what DescribeKey says of a key comes later.
   */
  todo: number[]
  /**
   * Whether the sweep it follows still brings keys. What else that one waits for, such as the key
   * stores, holds nothing up here.
   */
  areComing: boolean
}

/**
 * All that a sweep asks while it waits for keys, several times a second: one statement. Both are of
 * one moment, so that where no keys come any more, no slice waits for any.
 */
async function findSlicesToDo<R>(run: Run, plan: Plan<R>, taken: readonly number[]): Promise<Todo> {
  const [found] = await sql.query<Todo>(
    `SELECT coming."areComing", ARRAY(
       SELECT k.slice FROM (SELECT DISTINCT "accountId", region, slice FROM "Key"
         WHERE "accountId" = $1 AND region = $2) k ${joinSlice}
       WHERE ${doneIn(plan.kind)} IS DISTINCT FROM $3 AND NOT k.slice = ANY($4::int[])
         AND (NOT coming."areComing" OR NOT EXISTS (SELECT 1 FROM "Key" u
           WHERE u."accountId" = $1 AND u.region = $2 AND u.slice = k.slice AND u."goneAt" IS NULL
             AND NOT ${isDescribed(plan, 'u')}))
       ORDER BY ${sweptAt(plan.kind)} NULLS FIRST, k.slice DESC LIMIT ${slicesAtOnce}) AS todo
     FROM (SELECT EXISTS (SELECT 1 FROM "Sweep"
       WHERE "accountId" = $1 AND "region" = $2 AND "kind" = $5
         AND ("status" = 'queued' OR ("status" = 'running' AND "readAt" IS NULL))) AS "areComing"
     ) coming`,
    [run.lease.accountId, run.lease.region, run.lease.id, taken, run.after],
  )
  return found ?? { todo: [], areComing: false }
}

/** The keys of these slices, and those that came into another one after it was gone over. */
async function readKeysToDo<R>(
  run: Run,
  plan: Plan<R>,
  slices: readonly number[],
): Promise<KeyToDo[]> {
  return sql.query<KeyToDo>(
    `SELECT k.arn, k."keyId", k."keyManager", k."keySpec", k.origin, k."keyState", k.problems, k.slice
     FROM "Key" k ${joinSlice}
     WHERE k."accountId" = $1 AND k.region = $2 AND k."goneAt" IS NULL
       AND ${isDescribed(plan, 'k')} AND (k.slice = ANY($4::int[])
         OR ${doneIn(plan.kind)} = $3 AND k."${plan.part}At" IS NULL
           AND NOT k.problems ? '${plan.part}' AND k."firstSeenAt" > ${sweptAt(plan.kind)})
     ORDER BY array_position($4::int[], k.slice), k.arn`,
    [run.lease.accountId, run.lease.region, run.lease.id, slices],
  )
}

/** A slice without a key to ask about is through: none of its keys was ever read, and none is now. */
async function markEmpty<R>(
  run: Run,
  plan: Plan<R>,
  todo: readonly number[],
  keys: readonly KeyToDo[],
): Promise<void> {
  const since = new Date(run.now()).toISOString()
  const empty = todo.filter((slice) => !keys.some((key) => key.slice === slice))
  await markSlices(
    sql,
    run.lease,
    plan.kind,
    empty.map((slice) => ({ slice, since })),
  )
}

async function countItems<R>(run: Run, { kind }: Plan<R>): Promise<void> {
  const [count] = await sql.query<{ total: number; done: number }>(
    `SELECT count(*) AS "total", count(*) FILTER (WHERE ${doneIn(kind)} = $3) AS "done"
     FROM "Key" k ${joinSlice}
     WHERE k."accountId" = $1 AND k.region = $2 AND k."goneAt" IS NULL`,
    [run.lease.accountId, run.lease.region, run.lease.id],
  )
  if (count)
    run.progress = {
      itemsDone: Math.max(run.progress.itemsDone, count.done),
      itemsTotal: count.total,
    }
}
