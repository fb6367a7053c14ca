import 'server-only'
import { appendAudit } from '../../audit/append'
import type { AuditEventName } from '../../audit/events'
import { raw, sql, type Tx } from '../../db/client'
import { notify, type NoticeEvent } from '../../notify/notify'
import { storableJson, storableText } from '../../storable'
import type { HousePlan } from '../kinds/define'
import type { Facts } from '../kinds/kind'
import { settleChange, worker, type Lease } from './lease'
import { factsOf, type StoredChange } from '../kinds/open'
import { hrefOf, listConcerned } from '../scope/concerned'
import type { ExecutionContext } from '../kinds/execution-context'

/** How an attempt of the worker ended. */
export type AttemptOutcome =
  | { to: 'applied' | 'reverted'; outcome: Facts; problem: string | null }
  | { to: 'failed' | 'drifted'; problem: string }
  /** `again`: seconds until it is tried again; null: a person must look. */
  | { to: 'revertFailed'; problem: string; again: number | null }
  /** Done by the very transaction that says so. */
  | { to: 'house'; plan: HousePlan }

type Written = {
  to: 'applied' | 'reverted' | 'failed' | 'drifted' | 'revertFailed'
  outcome?: Facts
  problem: string | null
  again?: number | null
}

const words: Record<
  Written['to'],
  { event: NoticeEvent & AuditEventName; says: string; needsAction: boolean }
> = {
  applied: { event: 'change.applied', says: 'Done', needsAction: false },
  reverted: { event: 'change.reverted', says: 'Undone', needsAction: false },
  failed: { event: 'change.failed', says: 'Failed', needsAction: true },
  drifted: {
    event: 'change.drifted',
    says: 'Not done: it was no longer as approved',
    needsAction: true,
  },
  revertFailed: { event: 'change.revertFailed', says: 'Could not be undone', needsAction: true },
}

/**
 * Writes an outcome, its audit entry and its notices in one transaction, if the lease is still the
 * newest. True: it was. A change of this installation is made in that transaction.
 * @throws AppError when the audit log cannot be written; then nothing is, and the outcome is found
 *   again later.
 */
export async function finishChange(
  execution: ExecutionContext,
  lease: Lease,
  change: StoredChange,
  ending: AttemptOutcome,
): Promise<boolean> {
  return execution.transaction(async (tx) => {
    const result: Written =
      ending.to === 'house' ? await applyHouse(tx, change, ending.plan) : ending
    const written: Written = { ...result, problem: result.problem && storableText(result.problem) }
    if (!(await write(tx, lease, written))) {
      if (ending.to === 'house')
        throw new Error('another worker has this change of the installation')
      return false
    }
    const { event, says, needsAction } = words[written.to]
    if (
      !(
        written.to === 'revertFailed' &&
        written.again !== null &&
        (await isOldNews(tx, change, written.problem))
      )
    ) {
      await notify(tx, {
        event,
        requestId: change.requestId,
        title: `${says}: ${change.title}`,
        body: written.problem ?? '',
        href: hrefOf(change.requestId),
        to: await listConcerned(tx, change),
        needsAction,
      })
    }
    await appendAudit(tx, {
      event,
      actor: worker,
      accountId: change.accountId ?? undefined,
      keyArn: change.keyArn ?? undefined,
      requestId: change.requestId,
      data: {
        changeId: change.id,
        kind: change.kind,
        attempt: lease.attempt,
        outcome: written.outcome,
        problem: written.problem,
      },
    })
    return true
  })
}

/** A try that fails as the last one that failed is no news, whatever came between them. */
async function isOldNews(
  tx: Tx,
  { id, requestId }: StoredChange,
  problem: string | null,
): Promise<boolean> {
  const [last] = await tx.query<{ problem: string | null }>(
    `SELECT "body"::jsonb->'data'->>'problem' AS "problem" FROM "AuditEntry"
      WHERE "requestId" = $1 AND "event" = 'change.revertFailed'
      AND "body"::jsonb->'data'->>'changeId' = $2
     ORDER BY "seq" DESC LIMIT 1`,
    [requestId, id],
  )
  return last !== undefined && last.problem === problem
}

async function applyHouse(tx: Tx, change: StoredChange, plan: HousePlan): Promise<Written> {
  const drift = await plan.apply(tx, factsOf(change.baseline))
  return drift === null
    ? { to: 'applied', outcome: {}, problem: null }
    : { to: 'drifted', problem: drift }
}

const isFinal = { applied: false, reverted: true, failed: true, drifted: true, revertFailed: false }

async function write(
  tx: Tx,
  lease: Lease,
  { to, outcome, problem, again }: Written,
): Promise<boolean> {
  const column = raw(lease.mode === 'do' ? '"outcome"' : '"undoOutcome"')
  const stored = outcome === undefined ? null : storableJson(outcome)
  return settleChange(
    tx,
    lease,
    sql`"status" = ${to}::"ChangeStatus", ${column} = coalesce(${stored}::jsonb, ${column}),
     "problem" = ${problem}, "leaseOwner" = NULL,
     "nextTryAt" = claviger_now() + make_interval(secs => ${again ?? null}::float8),
     "appliedAt" = CASE WHEN ${to === 'applied'} THEN claviger_now() ELSE "appliedAt" END,
     "endedAt" = CASE WHEN ${isFinal[to]} OR (${to === 'applied'} AND "endsAt" IS NULL)
       THEN claviger_now() ELSE "endedAt" END`,
  )
}
