import 'server-only'
import { appendAudit } from '../../audit/append'
import { approvedNotDone, calling } from '../../change-status'
import { raw, sql, type Sql, type Tx } from '../../db/client'
import { storableText } from '../../storable'
import { claimRows, isFree, leaseEnd, renewRow, settleRow, type Queue } from '../../work/claim'
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

/** What is over is undone before anything new is done, also after hours without a worker. */
const isDue = {
  undo: (c: Sql) => sql`(${c}."status" = 'reverting'
    OR ${c}."status" = 'revertFailed' AND ${c}."nextTryAt" IS NOT NULL
    OR ${c}."status" = 'applied'
      AND (${c}."endsAt" <= claviger_now() OR ${c}."endAskedAt" IS NOT NULL))`,
  do: (c: Sql) => sql`(${c}."status" = 'executing'
    OR ${c}."status" = 'approved' AND (${c}."startsAt" IS NULL OR ${c}."startsAt" <= claviger_now())
      AND NOT EXISTS (SELECT 1 FROM "Change" e WHERE e."requestId" = ${c}."requestId"
        AND e."position" < ${c}."position" AND e."status" = ANY(${approvedNotDone}::"ChangeStatus"[])))`,
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
        due: sql`${isDue[mode](sql`c`)} AND ${mayTry('c')} AND c."id" IN (
          SELECT DISTINCT ON (${turnOf('d')}) d."id" FROM "Change" d
          WHERE ${isDue[mode](sql`d`)} AND ${mayTry('d')} AND ${isFree('d', lasting)} AND ${isKeyFree('d')}
          ORDER BY ${turnOf('d')}, d."approvedAt", d."position")`,
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
