import 'server-only'
import { appendAudit } from '../../audit/append'
import type { Tx } from '../../db/client'
import { storableText } from '../../storable'
import { holdUntilOpen } from '../rules/hold'
import type { ExecutionContext } from '../kinds/execution-context'

declare const claimed: unique symbol
/** The right to do or undo one change, until `attempt` is no longer the newest. Only a claim makes one. */
export type Lease = {
  readonly changeId: string
  readonly attempt: number
  readonly mode: 'do' | 'undo'
  readonly owner: string
  readonly [claimed]: true
}

/** Seconds. Renewed while a worker lives; after it another takes over. */
export const leaseSeconds = 8
const leaseUntil = `claviger_now() + make_interval(secs => ${leaseSeconds})`
/** Seconds for which a call without an answer may still reach AWS: meanwhile a refusal proves nothing, and nothing else exclusive is done to the key. */
export const unsettledSeconds = 60
/** Claims are made one after the other, so that two of them never take two exclusive changes of one key. */
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

const free = `(c."leaseUntil" IS NULL OR c."leaseUntil" <= claviger_now()) AND (c."nextTryAt" IS NULL OR c."nextTryAt" <= claviger_now())`
const keyIsFree = `(NOT c."exclusive" OR c."keyArn" IS NULL OR NOT EXISTS (
  SELECT 1 FROM "Change" o WHERE o."keyArn" = c."keyArn" AND o."id" <> c."id" AND o."exclusive" AND o."status" IN ('executing', 'reverting')
    AND (o."leaseUntil" > claviger_now() OR greatest(o."lastSentAt", o."undoLastSentAt") > claviger_now() - interval '${unsettledSeconds} seconds')))`

/** What is over is undone before anything new is done, also after hours without a worker. */
const due = {
  undo: `(c."status" = 'reverting' OR c."status" = 'revertFailed' AND c."nextTryAt" IS NOT NULL
    OR c."status" = 'applied' AND (c."endsAt" <= claviger_now() OR c."endAskedAt" IS NOT NULL))`,
  do: `(c."status" = 'executing' OR c."status" = 'approved' AND (c."startsAt" IS NULL OR c."startsAt" <= claviger_now())
    AND NOT EXISTS (SELECT 1 FROM "Change" e WHERE e."requestId" = c."requestId" AND e."position" < c."position" AND e."status" IN ('approved', 'executing')))`,
}
const during = { undo: 'reverting', do: 'executing' } as const
const beganEvent = { undo: 'change.undoBegan', do: 'change.begun' } as const

/**
 * Takes up to `most` changes that are due, those that could not be undone before behind the others. What is cancelled, ended or renewed
 * by somebody else meanwhile is left to them. One that begins gets its entry in the audit log in the
 * same transaction.
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
    const found = await tx.query<Claimed>(
      `WITH due AS (
         SELECT DISTINCT ON (CASE WHEN c."exclusive" AND c."keyArn" IS NOT NULL THEN c."keyArn" ELSE c."id"::text END) c."id", c."status", c."attempt", c."endsAt", c."endAskedAt", c."approvedAt", c."position"
         FROM "Change" c WHERE ${due[mode]} AND ${free} AND ${keyIsFree}
         ORDER BY (CASE WHEN c."exclusive" AND c."keyArn" IS NOT NULL THEN c."keyArn" ELSE c."id"::text END), c."approvedAt", c."position"),
       taken AS (SELECT "id", "status", "attempt" FROM due ORDER BY ${mode === 'undo' ? `"status" = 'revertFailed', coalesce("endAskedAt", "endsAt")` : '"approvedAt", "position"'} LIMIT $2)
       UPDATE "Change" c SET "status" = '${during[mode]}', "attempt" = c."attempt" + 1, "leaseOwner" = $1, "leaseUntil" = ${leaseUntil},
         "nextTryAt" = NULL, "startedAt" = coalesce(c."startedAt", claviger_now())
       FROM taken t WHERE c."id" = t."id" AND c."status" = t."status" AND c."attempt" = t."attempt" AND ${free}
       RETURNING c."id", c."attempt", t."status" <> '${during[mode]}' AS "began", c."accountId", c."keyArn", c."requestId", c."kind"`,
      [owner, most],
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

/** False: another has it now, and whatever this one still does counts no more. */
export async function renewLease(
  execution: ExecutionContext,
  { changeId, attempt }: Lease,
): Promise<boolean> {
  const rows = await execution.query(
    `UPDATE "Change" SET "leaseUntil" = ${leaseUntil} WHERE "id" = $1 AND "attempt" = $2 AND "status" IN ('executing', 'reverting') RETURNING "id"`,
    [changeId, attempt],
  )
  return rows.length > 0
}

/** Lets go of it, to be tried again after so many seconds; `words` say why, to whoever looks. */
export async function releaseLease(
  execution: ExecutionContext,
  { changeId, attempt }: Lease,
  seconds: number,
  words: string | null,
): Promise<void> {
  await execution.query(
    `UPDATE "Change" SET "leaseOwner" = NULL, "leaseUntil" = NULL, "nextTryAt" = claviger_now() + make_interval(secs => $3::float8), "problem" = $4
     WHERE "id" = $1 AND "attempt" = $2 AND "status" IN ('executing', 'reverting') RETURNING "id"`,
    [changeId, attempt, seconds, words === null ? null : storableText(words)],
  )
}
