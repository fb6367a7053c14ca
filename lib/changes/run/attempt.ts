import 'server-only'
import { appendAudit } from '../../audit/append'
import { raw, sql } from '../../db/client'
import type { ExecutionContext } from '../kinds/execution-context'
import type { StoredChange } from '../kinds/open'
import { leaseSeconds, leaseUntil, worker, type Lease } from './lease'

/** Another worker has the change now, or its lease is too old to begin a call under it. */
export class Fenced extends Error {
  override readonly name = 'Fenced'
}

/** One attempt of a worker at a change, under one lease. */
export type Attempt = {
  execution: ExecutionContext
  lease: Lease
  change: StoredChange
  sends: number
  lastSentAt: Date | null
  now: Date
  recordedAt: number
  /** Ends the attempt: the worker stops, or another has the change. */
  signal: AbortSignal
  /** The lease was lost. A worker that only stops still stores what AWS answered. */
  lost: AbortSignal
}

/**
 * A call leaves at most this long after it was written down: by then nobody else can
 * have taken the change over.
 */
const leaveWithinMs = (leaseSeconds * 1_000) / 2
/**
 * Records that a call leaves, in a committed transaction before it does: so the audit log knows
 * every call that might have reached AWS, and whoever takes the change over looks before it acts
 * (lib/changes/README.md, "Effect once"). Renews the lease with it.
 * @throws Fenced when another worker has the change or its end has come, what the database throws;
 *   then the call must not leave.
 */
export async function recordSend(attempt: Attempt, api: string): Promise<void> {
  const { execution, lease, change } = attempt
  attempt.recordedAt = performance.now()
  const [sends, at] =
    lease.mode === 'do'
      ? [raw('"sends"'), raw('"lastSentAt"')]
      : [raw('"undoSends"'), raw('"undoLastSentAt"')]
  const isUnderWay =
    lease.mode === 'do'
      ? sql`"status" = 'executing' AND ("endsAt" IS NULL OR "endsAt" > claviger_now())`
      : sql`"status" = 'reverting'`
  const marked = await execution.transaction(async (tx) => {
    const [row] = await tx.query<{ sends: number; at: Date }>(
      sql`UPDATE "Change" SET ${sends} = ${sends} + 1, ${at} = claviger_now(),
         "leaseUntil" = ${leaseUntil}
       WHERE "id" = ${change.id} AND "attempt" = ${lease.attempt} AND ${isUnderWay}
       RETURNING ${sends} AS "sends", ${at} AS "at"`,
    )
    if (!row) throw new Fenced('the change has another worker now, or its end has come')
    await appendAudit(tx, {
      event: 'change.sent',
      actor: worker,
      accountId: change.accountId ?? undefined,
      keyArn: change.keyArn ?? undefined,
      requestId: change.requestId,
      data: {
        changeId: change.id,
        kind: change.kind,
        mode: lease.mode,
        attempt: lease.attempt,
        api,
        sends: row.sends,
      },
    })
    return row
  })
  attempt.sends = marked.sends
  attempt.lastSentAt = marked.at
  requireFresh(attempt)
}

/**
 * Refuses to let a call leave that was recorded too long ago: another worker might have the change
 * by the time it arrives. Call it right before the call.
 * @throws Fenced
 */
export function requireFresh({ recordedAt }: Attempt): void {
  if (performance.now() - recordedAt > leaveWithinMs)
    throw new Fenced('it took too long since it was written down to send under this lease')
}
