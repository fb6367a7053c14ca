import 'server-only'
import { appendAudit } from '../../audit/append'
import { approvedNotDone, calling } from '../../change-status'
import { join, raw, sql, type Sql, type Tx } from '../../db/client'
import { storableText } from '../../storable'
import {
  claimRows,
  isFree,
  leaseEnd,
  millisecondsTo,
  renewRow,
  settleRow,
  type Queue,
} from '../../work/claim'
import { holdUntilOpen } from '../rules/hold'
import type { ExecutionContext } from '../kinds/execution-context'

declare const claimed: unique symbol
/**
 * The right to do or undo one change, until `attempt` is no longer the
 * newest. Only a claim makes one.
 */
export type Lease = {
  readonly changeId: string
  readonly attempt: number
  readonly mode: 'do' | 'undo'
  readonly owner: string
  readonly [claimed]: true
}

/** Seconds. Renewed while a worker lives; after it another takes over. */
export const leaseSeconds = 8
const lasting = { clock: 'claviger_now()', leaseSeconds } as const
const queueOf = (mode: Lease['mode']): Queue => ({
  ...lasting,
  table: '"Change"',
  held: sql`"status" = ${during[mode]}::"ChangeStatus"`,
})
/** SQL of when a lease that is taken or renewed now runs out. */
export const leaseUntil = leaseEnd(lasting)
/**
 * Seconds for which a call without an answer may still reach AWS: meanwhile a refusal proves
 * nothing, and nothing else exclusive is done to the key.
 */
export const unsettledSeconds = 60
/**
 * Claims are made one after the other, so that two of them never take two
 * exclusive changes of one key.
 */
const claimLock = 0x636c6176

type Claimed = {
  id: string
  attempt: number
  began: boolean
  accountId: string | null
  keyArn: string | null
  requestId: string
  kind: string
}

/** The row that a condition is about: one that is taken (c), or a candidate (d). */
type Row = 'c' | 'd'
const mayTry = (row: Row) =>
  raw(`(${row}."nextTryAt" IS NULL OR ${row}."nextTryAt" <= claviger_now())`)
const isKeyFree = (row: Row) => {
  const c = raw(row)
  return sql`(NOT ${c}."exclusive" OR ${c}."keyArn" IS NULL OR NOT EXISTS (
    SELECT 1 FROM "Change" o WHERE o."keyArn" = ${c}."keyArn" AND o."id" <> ${c}."id"
      AND o."exclusive" AND o."status" = ANY(${calling}::"ChangeStatus"[])
      AND (o."leaseUntil" > claviger_now() OR greatest(o."lastSentAt", o."undoLastSentAt")
        > claviger_now() - make_interval(secs => ${unsettledSeconds}))))`
}

/**
 * What is over is undone before anything new is done, also after hours without a worker. One
 * condition for each way to be due: each is found by an index, however many changes are in force.
 */
const waysToBeDue = {
  undo: (c: Sql) => [
    sql`${c}."status" = 'reverting'`,
    sql`${c}."status" = 'revertFailed' AND ${c}."nextTryAt" <= claviger_now()`,
    sql`${c}."status" = 'applied' AND ${c}."endsAt" <= claviger_now()`,
    sql`${c}."status" = 'applied' AND ${c}."endAskedAt" IS NOT NULL`,
  ],
  do: (c: Sql) => [
    sql`${c}."status" = 'executing'`,
    sql`${c}."status" = 'approved' AND (${c}."startsAt" IS NULL OR ${c}."startsAt" <= claviger_now())
      AND NOT EXISTS (SELECT 1 FROM "Change" e WHERE e."requestId" = ${c}."requestId"
        AND e."position" < ${c}."position"
        AND e."status" = ANY(${approvedNotDone}::"ChangeStatus"[]))`,
  ],
}
const isDue = (mode: Lease['mode'], c: Sql): Sql => sql`((${join(waysToBeDue[mode](c), ') OR (')}))`

/** The changes that are due now and that nobody has, as rows `d`; some of them twice. */
const dueRows = (mode: Lease['mode']): Sql => {
  const found = waysToBeDue[mode](sql`d`).map(
    (way) => sql`SELECT d.* FROM "Change" d WHERE ${way} AND ${mayTry('d')}
      AND ${isFree('d', lasting)}`,
  )
  return sql`(${join(found, ' UNION ALL ')}) d`
}
/** What two exclusive changes of one key have in common: of these one is taken at a time. */
const turnOf = (row: Row) =>
  raw(`CASE WHEN ${row}."exclusive" AND ${row}."keyArn" IS NOT NULL THEN ${row}."keyArn"
    ELSE ${row}."id"::text END`)
const orderOf = {
  undo: sql`c."status" = 'revertFailed', coalesce(c."endAskedAt", c."endsAt")`,
  do: sql`c."approvedAt", c."position"`,
}
const during = { undo: 'reverting', do: 'executing' } as const
const beganEvent = { undo: 'change.undoBegan', do: 'change.begun' } as const

/**
 * Claims up to `most` changes that are due, those that could not be undone before behind the
 * others. What is cancelled, ended or renewed by somebody else meanwhile is left to them. One that
 * begins gets its entry in the audit log in the same transaction. Of two exclusive changes of one
 * key it takes one (lib/changes/README.md, "Effect once").
 */
export async function claimChanges(
  execution: ExecutionContext,
  owner: string,
  mode: 'do' | 'undo',
  most: number,
): Promise<Lease[]> {
  const rows = await execution.transaction(async (tx) => {
    await tx.query('SELECT pg_advisory_xact_lock($1)', [claimLock])
    if (mode === 'do') await holdUntilOpen(tx)
    const found = await claimRows<Claimed>(
      tx,
      queueOf(mode),
      {
        due: sql`${isDue(mode, sql`c`)} AND ${mayTry('c')} AND c."id" = ANY(ARRAY(
          SELECT DISTINCT ON (${turnOf('d')}) d."id" FROM ${dueRows(mode)} WHERE ${isKeyFree('d')}
          ORDER BY ${turnOf('d')}, d."approvedAt", d."position"))`,
        order: orderOf[mode],
        set: sql`"status" = ${during[mode]}::"ChangeStatus", "leaseOwner" = ${owner},
          "nextTryAt" = NULL, "startedAt" = coalesce(c."startedAt", claviger_now())`,
        returning: sql`c."id", c."attempt",
          was."status" <> ${during[mode]}::"ChangeStatus" AS "began",
          c."accountId", c."keyArn", c."requestId", c."kind"`,
      },
      most,
    )
    await auditBegun(tx, found, mode)
    return found
  })
  return rows.map(({ id, attempt }) => ({ changeId: id, attempt, mode, owner }) as Lease)
}

async function auditBegun(tx: Tx, rows: readonly Claimed[], mode: 'do' | 'undo'): Promise<void> {
  for (const { id, attempt, began, accountId, keyArn, requestId, kind } of rows) {
    if (!began) continue
    await appendAudit(tx, {
      event: beganEvent[mode],
      actor: worker,
      accountId: accountId ?? undefined,
      keyArn: keyArn ?? undefined,
      requestId,
      data: { changeId: id, kind, attempt },
    })
  }
}

/** How soon what waits for its key is looked at again: nothing says when the key is free. */
const keyWaitMs = 1_000

/** When each change may be claimed at the soonest, as far as its own times tell. */
const soonest = {
  undo: sql`SELECT greatest("nextTryAt", "leaseUntil", '-infinity') AS "at" FROM "Change"
      WHERE "status" = 'reverting' OR "status" = 'revertFailed' AND "nextTryAt" IS NOT NULL
    UNION ALL (SELECT "endsAt" FROM "Change"
      WHERE "status" = 'applied' AND "endsAt" > claviger_now() ORDER BY "endsAt" LIMIT 1)`,
  do: sql`SELECT greatest("startsAt", "nextTryAt", "leaseUntil", '-infinity') AS "at" FROM "Change"
      WHERE "status" IN ('executing', 'approved')`,
}

/**
 * Returns in how many milliseconds changes of these modes can be claimed; null: none waits for its
 * time. What else makes one due calls the worker (prisma/sql/work.sql).
 */
export async function changesDueMs(modes: readonly Lease['mode'][]): Promise<number | null> {
  const now = modes.map((mode) => sql`SELECT ${isKeyFree('d')} AS "isFree" FROM ${dueRows(mode)}`)
  const later = join(
    modes.map((mode) => soonest[mode]),
    ' UNION ALL ',
  )
  const [row] = await sql.query<{ due: number | null }>(
    sql`WITH now AS (${join(now, ' UNION ALL ')})
     SELECT CASE WHEN EXISTS (SELECT 1 FROM now WHERE "isFree") THEN 0
       WHEN EXISTS (SELECT 1 FROM now) THEN ${keyWaitMs}
       ELSE (SELECT ${millisecondsTo('claviger_now()', sql`min("at")`)} FROM (${later}) l
         WHERE "at" > claviger_now()) END AS "due"`,
  )
  return row?.due ?? null
}

/** Who acts when nobody does: its authority is the stored approval. */
export const worker = { id: null, name: 'worker' }

/**
 * Keeps the lease for `leaseSeconds` more. False: another worker has it now, and whatever this one
 * still does counts no more.
 */
export async function renewLease(
  execution: ExecutionContext,
  { changeId: id, attempt, mode }: Lease,
): Promise<boolean> {
  return renewRow(execution, queueOf(mode), { id, attempt })
}

/**
 * Lets go of the change, to be tried again after so many seconds; `words` say why, to whoever
 * looks. Does nothing when another worker has it.
 */
export async function releaseLease(
  execution: ExecutionContext,
  lease: Lease,
  seconds: number,
  words: string | null,
): Promise<void> {
  await settleChange(
    execution,
    lease,
    sql`"leaseOwner" = NULL, "nextTryAt" = claviger_now() + make_interval(secs => ${seconds}),
     "problem" = ${words === null ? null : storableText(words)}`,
  )
}

/** Writes what came of the attempt. False: another worker has it now. */
export async function settleChange(
  database: Pick<Tx, 'query'>,
  { changeId: id, attempt, mode }: Lease,
  set: Sql,
): Promise<boolean> {
  return settleRow(database, queueOf(mode), { id, attempt }, set)
}
