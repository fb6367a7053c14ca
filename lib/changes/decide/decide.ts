import 'server-only'
import { appendAudit } from '../../audit/append'
import type { Permit } from '../../auth/permit'
import { transaction, type Tx } from '../../db/client'
import type { Change, Request } from '../../db/generated/client'
import { inScope } from '../../db/scope'
import { AppError } from '../../errors'
import { notify } from '../../notify/notify'
import { toRefusal } from './decision-refusals'
import { hrefOf } from '../scope/concerned'
import { completersOf } from '../kinds/preflight'
import { findDecider, findDeactivated, findRuleOwner, type Decider } from '../rules/deciders'
import { explainRefusal } from '../rules/refusal'
import { judgeApprovals, type EffectiveRule } from '../rules/rule'
import { effectiveRuleSchema } from '../rules/schema'

/**
 * Lets in whoever can read requests: findDecider says who can decide about a change, and a delegate
 * needs no role of their own that decides.
 */
type Permitted = Permit<'requests.read' | 'requests.decide'>
export type Decision = {
  changeId: string
  decision: 'approve' | 'reject'
  comment: string
  /** What the person was shown: a decision about anything else is refused. */
  requestHash: string
  baselineHash: string
  /** Accounts whose administrators can complete the change, as the person confirmed to know. */
  acknowledged?: readonly string[]
}

/**
 * Decides about one change. The last approval it needs makes it approved; a rejection ends it.
 * @throws AppError conflict when it is not open (any more), its time is over or it is not what was
 *   shown; forbidden, in words, for who may not decide; invalid without a comment that the rule
 *   wants, or where an approver does not know whom the change trusts.
 */
export async function decideChange(
  permit: Permitted,
  decision: Decision,
): Promise<{ status: 'open' | 'approved' | 'rejected' }> {
  try {
    return await transaction((tx) => decide(tx, permit, decision))
  } catch (error) {
    throw toRefusal(error)
  }
}

async function decide(
  tx: Tx,
  permit: Permitted,
  given: Decision,
): Promise<{ status: 'open' | 'approved' | 'rejected' }> {
  const { changeId, decision, comment, requestHash, baselineHash } = given
  await tx.query('SELECT 1 FROM "Change" WHERE "id" = $1::uuid FOR UPDATE', [changeId])
  const change = await tx.change.findFirst({
    where: { id: changeId, ...inScope(permit.scope) },
    include: {
      request: true,
      approvals: { select: { personId: true, decision: true, roles: true, asOwner: true } },
    },
  })
  if (!change)
    throw new AppError('not_found', 'There is no such change among those you may decide about.')
  if (change.status !== 'open')
    throw new AppError('conflict', `This change is ${change.status} already.`)
  if (change.requestHash !== requestHash || change.baselineHash !== baselineHash)
    throw new AppError(
      'conflict',
      'This is not what you were shown. Reload the page and look again.',
    )
  const rule = effectiveRuleSchema.parse(change.rule)
  requireComment(rule, decision, comment)
  const decider = await requireDecider(tx, permit, change, rule)
  const acknowledged = requireAcknowledgement(change.preflight, given)
  await storeApproval(tx, permit, { ...given, decider })
  const left = await findDeactivated(
    tx,
    change.approvals.map(({ personId }) => personId),
  )
  const { state } = judgeApprovals(rule, [
    ...change.approvals
      .filter(({ personId }) => !left.has(personId))
      .map((given) => ({ ...given, roles: given.roles.map(toRole) })),
    { decision, roles: decider.roles, asOwner: decider.isOwner },
  ])
  const status = state === 'rejected' ? 'rejected' : state === 'enough' ? 'approved' : 'open'
  if (status !== 'open') await settle(tx, change, status)
  await appendAudit(tx, {
    event: decision === 'approve' ? 'change.approvalGiven' : 'change.rejected',
    actor: permit.actor,
    accountId: change.accountId ?? undefined,
    keyArn: change.keyArn ?? undefined,
    requestId: change.requestId,
    data: {
      changeId,
      status,
      comment,
      requestHash,
      baselineHash,
      roles: decider.roles,
      asOwner: decider.isOwner,
      delegateOf: decider.delegateOf,
      ...(acknowledged.length > 0 ? { acknowledged } : {}),
    },
  })
  return { status }
}

/**
 * By plain SQL: its error carries the name of the constraint that the database refused it under.
 */
async function storeApproval(
  tx: Tx,
  { actor }: Permitted,
  {
    changeId,
    decision,
    comment,
    requestHash,
    baselineHash,
    decider,
  }: Decision & { decider: Decider },
): Promise<void> {
  const { roles, isOwner, delegateOf } = decider
  await tx.execute(
    `INSERT INTO "Approval" ("id", "changeId", "personId", "personName", "decision", "comment",
       "requestHash", "baselineHash", "roles", "asOwner", "forPersonId", "forPersonName")
     VALUES (gen_random_uuid(), $1::uuid, $2::uuid, $3, $4, $5, $6, $7, $8, $9, $10::uuid, $11)`,
    [
      changeId,
      actor.id,
      actor.name,
      decision,
      comment,
      requestHash,
      baselineHash,
      roles,
      isOwner,
      delegateOf?.id ?? null,
      delegateOf?.name ?? null,
    ],
  )
}

/** A role as it was stored by ourselves. */
const toRole = (role: string) => effectiveRuleSchema.shape.roles.unwrap().element.parse(role)

function requireComment(
  rule: EffectiveRule,
  decision: Decision['decision'],
  comment: string,
): void {
  const wanted = rule.comment === 'both' || (rule.comment === 'reject' && decision === 'reject')
  if (wanted && comment.trim() === '')
    throw new AppError('invalid', 'The approval rules want a comment with this decision.', {
      fields: { comment: ['Say why.'] },
    })
}

/** The accounts that an approver has to know of. A rejection opens nothing. */
function requireAcknowledgement(
  preflight: unknown,
  { decision, acknowledged = [] }: Decision,
): string[] {
  if (decision === 'reject') return []
  const wanted = completersOf(preflight).map(({ accountId }) => accountId)
  const missing = wanted.filter((accountId) => !acknowledged.includes(accountId))
  if (missing.length === 0) return wanted
  const accounts = `account${missing.length === 1 ? '' : 's'} ${missing.join(', ')}`
  const words =
    `Confirm that you know: the administrators of ${accounts} can complete this change ` +
    'without this console.'
  throw new AppError('invalid', words, { fields: { acknowledged: [words] } })
}

async function requireDecider(
  tx: Tx,
  { actor }: Permitted,
  change: Change & { request: Request },
  rule: EffectiveRule,
): Promise<Decider> {
  const asking = {
    requesterId: change.request.requesterId,
    accountId: change.accountId,
    rule,
    owner: await findRuleOwner(tx, rule, change.keyArn),
    changeId: change.id,
    personId: actor.id,
  }
  const decider = await findDecider(tx, asking)
  if (!decider) throw new AppError('forbidden', await explainRefusal(tx, asking))
  return decider
}

/** claviger_now() is when the transaction began; the lock may have been waited for since. */
const afterTheLock = 'claviger_now() + (clock_timestamp() - now())'

async function settle(
  tx: Tx,
  change: Change & { request: Request },
  status: 'approved' | 'rejected',
): Promise<void> {
  const rows = await tx.execute(
    `UPDATE "Change" c SET "status" = $2::"ChangeStatus", "approvedAt" = CASE WHEN $2 = 'approved'
      THEN claviger_now() END,
       "endedAt" = CASE WHEN $2 = 'rejected' THEN claviger_now() END
     FROM "Request" r WHERE c."id" = $1::uuid AND r."id" = c."requestId" AND c."status" = 'open'
       AND r."answerBy" > ${afterTheLock}
       AND (c."endsAt" IS NULL OR c."endsAt" > ${afterTheLock})`,
    [change.id, status],
  )
  if (rows !== 1) throw new AppError('conflict', 'The time to answer is over.')
  await notify(tx, {
    event: status === 'approved' ? 'change.approved' : 'change.rejected',
    requestId: change.requestId,
    title: `${status === 'approved' ? 'Approved' : 'Rejected'}: ${change.title}`,
    body: '',
    href: hrefOf(change.requestId),
    to: [change.request.requesterId],
    needsAction: false,
  })
}
