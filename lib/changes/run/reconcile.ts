import 'server-only'
import { appendAudit } from '../../audit/append'
import { calling, inForce, notAchieved, restingInForce, withoutEffect } from '../../change-status'
import { db, raw, sql, type Sql } from '../../db/client'
import { log } from '../../log'
import { notify } from '../../notify/notify'
import { compareWithAws, graceMinutes, type Comparison } from './compare-with-aws'
import { worker } from './lease'
import { factsOf, type StoredChange } from '../kinds/open'
import { namesOf } from '../kinds/registry'
import { presentGrantReadAt } from '../../sweep/last-read'
import { hrefOf, listConcerned } from '../scope/concerned'
import type { ExecutionContext } from '../kinds/execution-context'

/**
 * As `"Change".reconciled` holds it. `finding` null: AWS was as we believe; `words` then say why it
 * was not read, if it was not.
 */
type Reconciled = {
  at: string | null
  finding: string | null
  words: string
  claimedAt: string | null
}
type Claim = { id: string; claimedAt: string; superseded: boolean; now: Date }

/**
 * Taken at a time, and looked at side by side: each costs one read or two, within
 * the budget of its account.
 */
const most = 20
const width = 4
/** A claim that came to nothing, as when AWS did not answer, is free again then. */
const claimMinutes = 10
/** Days that what has ended is looked at: a revoked grant that is still listed then never comes. */
const afterDays = 30

const isOf = (...what: Parameters<typeof namesOf>) => sql`c.kind = ANY(${namesOf(...what)})`
/** The status of a change is one of these. */
const is = (statuses: typeof inForce): Sql => sql`c.status = ANY(${statuses}::"ChangeStatus"[])`
const isMade = isOf('makes', 'adopts')
const isEnded = isOf('ends')
const recent = (time: 'appliedAt' | 'endedAt') =>
  sql`c.${raw(`"${time}"`)} > claviger_now() - make_interval(days => ${afterDays})`
/**
 * A condition: the change left something behind in AWS that should be there, or took something away
 * that should not come back.
 */
const concerns = sql`(${is(inForce)} AND (${isMade} OR c."endsAt" IS NOT NULL)
  OR c.status = 'reverted' AND ${isMade} AND ${recent('endedAt')}
  OR c.status = 'applied' AND ${isEnded} AND ${recent('appliedAt')}
  OR ${is(notAchieved)} AND ${isOf('makes')} AND c.sends > 0 AND ${recent('endedAt')}
    AND EXISTS (SELECT 1 FROM derived.grant_row n
      WHERE n.name_id = c.id AND n.key_arn = c."keyArn" AND NOT n.gone))`
const lookedAt = sql`coalesce((c.reconciled->>'at')::timestamptz, c."endedAt", c."appliedAt", c."startedAt")`
/**
 * Once a day; sooner where the inventory has seen otherwise since, or the end has passed,
 * and nothing was found yet.
 */
const isDue = sql`(${lookedAt} < claviger_now() - interval '24 hours'
  OR c.reconciled->>'finding' IS NULL AND (
  ${is(restingInForce)} AND ${isMade} AND g."goneAt" > ${lookedAt}
  OR (${is(withoutEffect)} OR ${isEnded}) AND g."goneAt" IS NULL
    AND ${raw(presentGrantReadAt)} > ${lookedAt} + interval '5 minutes'
  OR ${is(inForce)}
    AND c."endsAt" < claviger_now() - make_interval(mins => ${graceMinutes})
    AND ${lookedAt} < c."endsAt" + make_interval(mins => ${graceMinutes})))`
/** What AWS has now is explained by something that we did to the same key later. */
const superseded = sql`EXISTS (SELECT 1 FROM "Change" l
  WHERE l."keyArn" = c."keyArn" AND l.id <> c.id AND l."exclusive"
  AND (l.status = ANY(${calling}::"ChangeStatus"[]) OR l."appliedAt" > c."appliedAt"
    OR l."endedAt" > c."appliedAt" AND l.status = 'reverted'))`

/**
 * Compares what we believe with AWS: a grant of ours that vanished, one that came back, one that
 * should be over, an adopted one that is another now, anything else with an end that is so no
 * longer. Tells people once of each finding; changes nothing in AWS. Each change is taken by one
 * worker. True: there may be more.
 */
export async function reconcileChanges(
  execution: ExecutionContext,
  signal?: AbortSignal,
): Promise<boolean> {
  const claims = await claimDue(execution)
  const waiting = [...claims]
  const work = async () => {
    for (let claim = waiting.shift(); claim && !signal?.aborted; claim = waiting.shift()) {
      await reconcileOne(execution, claim, signal).catch((error: unknown) =>
        log.error({ err: error, change: claim.id }, 'a change could not be compared with AWS'),
      )
    }
  }
  await Promise.all(Array.from({ length: width }, work))
  return claims.length === most
}

async function claimDue(execution: ExecutionContext): Promise<Claim[]> {
  return execution.transaction((tx) =>
    tx.query<Claim>(
      sql`WITH due AS (
       SELECT c.id FROM "Change" c JOIN "Account" a ON a.id = c."accountId"
         AND a."removedAt" IS NULL AND a."pausedAt" IS NULL
         LEFT JOIN "Grant" g ON g."keyArn" = c."keyArn"
           AND g."grantId" = coalesce(c.outcome->>'grantId', c.input->>'grantId')
       WHERE ${concerns} AND ${isDue} AND (c."leaseUntil" IS NULL OR c."leaseUntil" <= claviger_now())
         AND coalesce((c.reconciled->>'claimedAt')::timestamptz < claviger_now()
           - make_interval(mins => ${claimMinutes}), true)
       ORDER BY ${lookedAt} NULLS FIRST LIMIT ${most} FOR UPDATE OF c SKIP LOCKED)
     UPDATE "Change" c SET reconciled = coalesce(c.reconciled,
         '{"at": null, "finding": null, "words": ""}')
       || jsonb_build_object('claimedAt', claviger_now())
     FROM due d WHERE c.id = d.id RETURNING c.id, c.reconciled->>'claimedAt' AS "claimedAt",
       ${superseded} AS superseded, claviger_now() AS now`,
    ),
  )
}

async function reconcileOne(
  execution: ExecutionContext,
  claim: Claim,
  signal?: AbortSignal,
): Promise<void> {
  const change = await db.change.findUnique({ where: { id: claim.id }, include: { request: true } })
  if (!change) return
  await write(execution, claim, change, await compareWithAws(execution, change, claim, signal))
}

/**
 * In one transaction: what was found, its audit entry and its notices. Nothing if another has
 * looked since or the change has moved on.
 */
async function write(
  execution: ExecutionContext,
  claim: Claim,
  change: StoredChange,
  compared: Comparison,
): Promise<void> {
  const before = toReconciled(change.reconciled)
  if (compared.is === 'unread' && compared.again) return
  const next = nextOf(before, compared)
  const isNew = next.finding !== null && next.finding !== before.finding
  const isOver = compared.is === 'asBelieved' && before.finding !== null
  await execution.transaction(async (tx) => {
    const written = await tx.execute(
      `UPDATE "Change" SET reconciled = $4::jsonb || jsonb_build_object('at', claviger_now(), 'claimedAt', NULL)
       WHERE id = $1 AND status = $2::"ChangeStatus" AND reconciled->>'claimedAt' = $3`,
      [
        change.id,
        change.status,
        claim.claimedAt,
        JSON.stringify({ finding: next.finding, words: next.words }),
      ],
    )
    if (written === 0 || !(isNew || isOver)) return
    const data = {
      changeId: change.id,
      kind: change.kind,
      status: change.status,
      finding: next.finding,
      was: before.finding,
      words: next.words,
    }
    if (isNew) {
      await notify(tx, {
        event: 'reconcile.found',
        requestId: change.requestId,
        title: `AWS differs: ${change.title}`,
        body: next.words,
        href: hrefOf(change.requestId),
        to: await listConcerned(tx, change),
        needsAction: true,
      })
    }
    await appendAudit(tx, {
      event: isNew ? 'reconcile.found' : 'reconcile.cleared',
      actor: worker,
      accountId: change.accountId ?? undefined,
      keyArn: change.keyArn ?? undefined,
      requestId: change.requestId,
      data,
    })
  })
}

/** Returns what to store. What could not be read leaves a finding as it was: unknown is not over. */
function nextOf(before: Reconciled, compared: Comparison): Pick<Reconciled, 'finding' | 'words'> {
  if (compared.is === 'finding') return { finding: compared.finding, words: compared.words }
  if (compared.is === 'asBelieved') return { finding: null, words: '' }
  return before.finding === null
    ? { finding: null, words: compared.words }
    : { finding: before.finding, words: before.words }
}

function toReconciled(stored: unknown): Reconciled {
  const { at, finding, words, claimedAt } = factsOf(stored)
  const text = (value: unknown) => (typeof value === 'string' ? value : null)
  return {
    at: text(at),
    finding: text(finding),
    words: text(words) ?? '',
    claimedAt: text(claimedAt),
  }
}
