import 'server-only'
import { appendAudit } from '../../audit/append'
import { reachesAccount, scopeOf } from '../../auth/permissions'
import type { Actor, Permit } from '../../auth/permit'
import { readClock } from '../../db/clock'
import { transaction, type Tx } from '../../db/client'
import type { Change, Request } from '../../db/generated/client'
import { AppError } from '../../errors'
import { notify } from '../../notify/notify'
import { requireAsker } from './asker'
import { refuseCertainRefusal } from './certain-refusal'
import { commonPlace } from '../scope/common-place'
import { hashRequest } from '../kinds/hash'
import { otherKeyOf } from '../kinds/other-key'
import { hrefOf } from '../scope/concerned'
import { kindOf } from '../kinds/registry'
import { findRuleOwner, listDeciders, readRules, type Decider } from '../rules/deciders'
import { resolveRule, type ApprovalRules, type EffectiveRule, type Risk } from '../rules/rule'
import { whyUnanswerable } from '../rules/unanswerable'
import { findUnmetRules } from './unmet-rules'
import { refuseIndefinite } from './indefinite'

type Permitted = Permit<'requests.create'>
type Frozen = { change: Change; rule: EffectiveRule; owner: string | null; deciders: Decider[] }

/**
 * Sends one's own draft: the rules that apply are frozen with it, each change becomes open,
 * and who can decide is told.
 * @throws AppError conflict when a rule is not met, nobody could approve it or AWS will certainly
 *   refuse it (in words), not_found for somebody else's.
 */
export async function sendRequest(permit: Permitted, { id }: { id: string }): Promise<void> {
  await refuseCertainRefusal(permit, id)
  await transaction(async (tx) => {
    const { request, frozen } = await freeze(tx, permit, id, false)
    for (const { change, rule, owner, deciders } of frozen) {
      const why = whyUnanswerable(rule, deciders, {
        accountId: change.accountId,
        keyArn: change.keyArn,
        owner,
      })
      if (why) throw new AppError('conflict', `${change.title}: ${why}`)
    }
    const to = [
      ...new Set(frozen.flatMap(({ deciders }) => deciders.map(({ personId }) => personId))),
    ]
    await notify(tx, {
      event: 'request.sent',
      requestId: id,
      title: `${request.requesterName} asks: ${request.title}`,
      body: request.justification,
      href: hrefOf(id),
      to,
      needsAction: true,
    })
    await appendSent(tx, permit, 'request.sent', request, frozen)
  })
}

/**
 * Does a draft at once, without approvals, for those who can break the glass, with a reason.
 * Everyone who was skipped is told, the end is the same, and someone else must review it
 * afterwards. Goes ahead also where the policies let us expect a refusal: AWS itself decides.
 * @throws AppError forbidden, conflict.
 */
export async function breakGlass(
  permit: Permit<'requests.breakGlass'>,
  { id, reason }: { id: string; reason: string },
): Promise<void> {
  await transaction(async (tx) => {
    await tx.execute(
      `UPDATE "Request" SET "breakGlass" = true, "justification" = "justification"
        || E'\\n\\nBreak-glass: ' || $3 WHERE "id" = $1::uuid AND "requesterId" = $2::uuid
        AND "sentAt" IS NULL`,
      [id, permit.actor.id, reason],
    )
    const { request, frozen } = await freeze(tx, permit, id, true)
    const glass = scopeOf(permit.actor.assigned, 'requests.breakGlass')
    if (frozen.some(({ change: { accountId } }) => accountId === null))
      throw new AppError(
        'forbidden',
        'Break-glass is for changes of AWS. The approval rules and roles change by approval alone.',
      )
    const outside = frozen.find(({ change: { accountId } }) => !reachesAccount(glass, accountId))
    if (outside)
      throw new AppError(
        'forbidden',
        `You may not break the glass in account ${outside.change.accountId ?? ''}.`,
      )
    await tx.execute(
      `UPDATE "Change" SET "status" = 'approved', "approvedAt" = claviger_now() WHERE "requestId" = $1::uuid`,
      [id],
    )
    const to = [
      ...new Set(frozen.flatMap(({ deciders }) => deciders.map(({ personId }) => personId))),
    ]
    await notify(tx, {
      event: 'request.brokeGlass',
      requestId: id,
      title: `${request.requesterName} broke the glass: ${request.title}`,
      body:
        `It needs no approval of yours and has begun. Reason: ${reason}. Someone other than ` +
        `${request.requesterName} must review it.`,
      href: hrefOf(id),
      to,
      needsAction: true,
    })
    await appendSent(tx, permit, 'request.brokeGlass', request, frozen, reason)
  })
}

type Sender = Permit<'requests.create' | 'requests.breakGlass'>

async function freeze(
  tx: Tx,
  { actor }: Sender,
  id: string,
  breaksGlass: boolean,
): Promise<{ request: Request; frozen: Frozen[] }> {
  await tx.query('SELECT 1 FROM "Request" WHERE "id" = $1::uuid FOR UPDATE', [id])
  const found = await tx.request.findFirst({
    where: { id, requesterId: actor.id },
    include: { changes: { orderBy: { position: 'asc' } } },
  })
  if (!found) throw new AppError('not_found', 'There is no such request of yours.')
  if (found.sentAt !== null) throw new AppError('conflict', 'This request was sent already.')
  const { version, rules } = await readRules(tx)
  const { changes, ...draft } = found
  const now = await readClock(tx)
  const answerBy = new Date(now.getTime() + rules.answerHours * 3_600_000)
  const request = { ...draft, rulesVersion: version, sentAt: now, answerBy }
  await tx.request.update({ where: { id }, data: { rulesVersion: version, sentAt: now, answerBy } })
  const frozen: Frozen[] = []
  for (const change of changes)
    frozen.push(await freezeChange(tx, { actor, request, rules, now, breaksGlass }, change))
  return { request, frozen }
}

type Sending = {
  actor: Actor
  request: Request
  rules: ApprovalRules
  now: Date
  breaksGlass: boolean
}

async function freezeChange(
  tx: Tx,
  { actor, request, rules, now, breaksGlass }: Sending,
  change: Change,
): Promise<Frozen> {
  const kind = kindOf(change.kind)
  if (kind) requireAsker(actor, kind)
  const other = otherKeyOf(change)
  const rule = resolveRule(rules, {
    kind: change.kind,
    risk: change.risk as Risk,
    accountId: change.accountId,
    keyArn: change.keyArn,
    tags: await readTags(tx, change.keyArn),
    also: other === null ? null : { keyArn: other, tags: await readTags(tx, other) },
  })
  // The right to it may have gone since the draft was made.
  const why =
    refuseIndefinite(actor.assigned, change) ??
    findUnmetRules(request, change, rule, now, breaksGlass)
  if (why) throw new AppError('conflict', `${change.title}: ${why}`)
  const requestHash = hashRequest(request, { ...change, rule })
  await tx.change.update({ where: { id: change.id }, data: { rule, requestHash, status: 'open' } })
  const owner = await findRuleOwner(tx, rule, change.keyArn)
  const deciders = await listDeciders(tx, {
    requesterId: request.requesterId,
    accountId: change.accountId,
    rule,
    owner,
    changeId: change.id,
  })
  return { change: { ...change, rule, requestHash }, rule, owner, deciders }
}

/** Null: the key's tags were never read. */
async function readTags(tx: Tx, keyArn: string | null): Promise<Record<string, string> | null> {
  if (keyArn === null) return {}
  const [row] = await tx.query<{ tags: Record<string, string> | null }>(
    'SELECT "tags" FROM "Key" WHERE "arn" = $1',
    [keyArn],
  )
  return row?.tags ?? null
}

async function appendSent(
  tx: Tx,
  { actor }: Sender,
  event: 'request.sent' | 'request.brokeGlass',
  request: Request,
  frozen: readonly Frozen[],
  reason?: string,
): Promise<void> {
  await appendAudit(tx, {
    event,
    actor,
    ...commonPlace(frozen.map(({ change }) => change)),
    requestId: request.id,
    data: {
      number: request.number,
      title: request.title,
      justification: request.justification,
      ticket: request.ticket,
      rulesVersion: request.rulesVersion,
      reason,
      changes: frozen.map(({ change, rule }) => ({
        changeId: change.id,
        kind: change.kind,
        title: change.title,
        accountId: change.accountId,
        keyArn: change.keyArn,
        risk: change.risk,
        endsAt: change.endsAt,
        requestHash: change.requestHash,
        baselineHash: change.baselineHash,
        approvals: rule.approvals,
      })),
    },
  })
}
