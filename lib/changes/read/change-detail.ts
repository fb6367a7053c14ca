import 'server-only'
import { notBegun, undecided } from '../../change-status'
import { roles as allRoles, scopeOf } from '../../auth/permissions'
import type { Permit } from '../../auth/permit'
import { sql } from '../../db/client'
import type { Approval, Change, Request } from '../../db/generated/client'
import { hasEnd, mayEnd } from '../decide/end-now'
import { isHouseKind } from '../kinds/house'
import { factsOf } from '../kinds/open'
import { otherKeyOf } from '../kinds/other-key'
import { parsePreflight } from '../kinds/preflight'
import { kindOf, type KindName } from '../kinds/registry'
import { findConflicts } from '../request/conflicts'
import { refuseIndefinite } from '../request/indefinite'
import { limitImpact } from '../request/limit-impact'
import { findUnmetRules } from '../request/unmet-rules'
import {
  findDecider,
  findDeactivated,
  findRuleOwner,
  listDeciders,
  type Decider,
} from '../rules/deciders'
import { explainRefusal } from '../rules/refusal'
import {
  judgeApprovals,
  resolveRule,
  risks,
  type ApprovalRules,
  type EffectiveRule,
  type Risk,
} from '../rules/rule'
import { effectiveRuleSchema } from '../rules/schema'
import { whyUnanswerable } from '../rules/unanswerable'
import type { KeyLabel } from './key-labels'
import type { ApprovalRow, AuditLine, ChangeDetail, MayDecide } from './shapes'

type Permitted = Permit<'requests.read'>
type Loaded = Change & { approvals: Approval[] }

type Deciding = { deciders: Decider[]; decide: MayDecide }
/** What the changes of one request share. */
export type Around = {
  names: ReadonlyMap<string, string>
  labels: ReadonlyMap<string, KeyLabel>
  rules: ApprovalRules
  audit: readonly AuditLine[]
  now: Date
  /**
   * Answers by question: the changes of a request are mostly asked of the same people,
   * who are then looked for once.
   */
  deciding: Map<string, Deciding>
}
/** Everything about one change of a request. */
export async function toDetail(
  permit: Permitted,
  request: Request,
  change: Loaded,
  around: Around,
): Promise<ChangeDetail> {
  const rule = change.rule === null ? null : effectiveRuleSchema.parse(change.rule)
  const foreseenRule = rule ?? foreseeRule(change, around)
  const isUndecided = undecided.includes(change.status)
  const deciding = isUndecided
    ? await readDeciders(permit, request, change, foreseenRule, around.deciding)
    : { deciders: [], unanswerable: null, decide: { may: false, why: '' } as const }
  return {
    ...nameChange(change, around),
    ...sayProgress(change),
    preflight: limitImpact(parsePreflight(change.preflight), permit.scope, change.accountId),
    rule,
    foreseenRule,
    ...deciding,
    missing: change.status === 'open' ? await listMissing(change, foreseenRule) : [],
    approvals: change.approvals.map(toApproval),
    endAskedWhy: whyEndAsked(around.audit, change.id),
    conflicts: isUndecided
      ? (await findConflicts(change)).filter(({ changeId }) => changeId !== change.id)
      : null,
    unmet:
      change.status === 'draft'
        ? (refuseIndefinite(permit.actor.assigned, change) ??
          findUnmetRules(request, change, foreseenRule, around.now, false))
        : null,
    canEnd: canEnd(permit, request, change),
    canCancel: request.requesterId === permit.actor.id && notBegun.includes(change.status),
  }
}

/** What the rules of today ask of a change that was not sent yet. */
function foreseeRule(change: Loaded, { labels, rules }: Around): EffectiveRule {
  const tagsOf = (keyArn: string) => labels.get(keyArn)?.tags ?? null
  const other = otherKeyOf(change)
  return resolveRule(rules, {
    kind: change.kind,
    risk: riskOf(change.risk),
    accountId: change.accountId,
    keyArn: change.keyArn,
    tags: change.keyArn === null ? {} : tagsOf(change.keyArn),
    also: other === null ? null : { keyArn: other, tags: tagsOf(other) },
  })
}

/** What the change is about, and what was asked, in the words of its kind. */
function nameChange(change: Loaded, { names, labels }: Around) {
  const { accountId, keyArn } = change
  const kind = kindOf(change.kind)
  const label = keyArn === null ? null : (labels.get(keyArn)?.label ?? null)
  return {
    id: change.id,
    position: change.position,
    kind: (kind?.name ?? change.kind) as KindName,
    kindLabel: kind?.label ?? change.kind,
    next: kind?.next ?? null,
    title: change.title,
    risk: riskOf(change.risk),
    accountId,
    accountName: accountId === null ? null : (names.get(accountId) ?? accountId),
    region: change.region,
    keyArn,
    keyLabel: label ?? keyArn?.split('/').at(-1) ?? null,
    input: factsOf(change.input),
    startsAt: iso(change.startsAt),
    endsAt: iso(change.endsAt),
    baseline: factsOf(change.baseline),
    baselineHash: change.baselineHash,
    baselineAt: change.baselineAt.toISOString(),
    requestHash: change.requestHash,
  }
}

/** How far the change has come, and what AWS said to it. */
function sayProgress(change: Loaded) {
  const { trailEventId, trailSeenAt } = change
  return {
    status: change.status,
    approvedAt: iso(change.approvedAt),
    startedAt: iso(change.startedAt),
    appliedAt: iso(change.appliedAt),
    endedAt: iso(change.endedAt),
    nextTryAt: iso(change.nextTryAt),
    sends: change.sends,
    undoSends: change.undoSends,
    attempt: change.attempt,
    outcome: change.outcome === null ? null : factsOf(change.outcome),
    undoOutcome: change.undoOutcome === null ? null : factsOf(change.undoOutcome),
    problem: change.problem,
    endAskedAt: iso(change.endAskedAt),
    endAskedBy: change.endAskedBy,
    trail:
      trailEventId && trailSeenAt
        ? { eventId: trailEventId, seenAt: trailSeenAt.toISOString() }
        : null,
    reconciled: toReconciled(change.reconciled),
  }
}

/** What an open change still needs; the approval of who has left counts no more. */
async function listMissing({ approvals }: Loaded, rule: EffectiveRule): Promise<string[]> {
  const left = await findDeactivated(
    sql,
    approvals.map(({ personId }) => personId),
  )
  const standing = approvals
    .filter(({ personId }) => !left.has(personId))
    .map(({ decision, roles, asOwner }) => ({
      decision,
      asOwner,
      roles: allRoles.filter((role) => roles.includes(role)),
    }))
  return judgeApprovals(rule, standing).missing
}

const canEnd = ({ actor }: Permitted, { requesterId }: Request, change: Loaded): boolean =>
  change.status === 'applied' &&
  change.endAskedAt === null &&
  hasEnd(change) &&
  scopeOf(actor.assigned, 'requests.create') !== null &&
  mayEnd(actor, requesterId, change)

async function readDeciders(
  permit: Permitted,
  request: Request,
  change: Loaded,
  rule: EffectiveRule,
  known: Around['deciding'],
): Promise<Pick<ChangeDetail, 'deciders' | 'unanswerable' | 'decide'>> {
  const owner = await findRuleOwner(sql, rule, change.keyArn)
  // Only what was decided already makes one change different from another, and
  // who would get a role by it.
  const isLikeOthers = change.approvals.length === 0 && !isHouseKind(change.kind)
  const asking = {
    requesterId: request.requesterId,
    accountId: change.accountId,
    rule,
    owner,
    ...(isLikeOthers ? {} : { changeId: change.id }),
  }
  const isOpen = change.status === 'open'
  const question = JSON.stringify([asking, isOpen])
  const deciding = known.get(question) ?? {
    deciders: await listDeciders(sql, asking),
    decide: isOpen
      ? await readMayDecide({ ...asking, personId: permit.actor.id })
      : { may: false, why: '' },
  }
  known.set(question, deciding)
  return {
    deciders: deciding.deciders.map(({ personId, name, email, roles, isOwner, standingInFor }) => ({
      personId,
      name,
      email,
      roles,
      isOwner,
      standingInFor,
    })),
    decide: deciding.decide,
    unanswerable: isOpen
      ? null
      : whyUnanswerable(rule, deciding.deciders, {
          accountId: change.accountId,
          keyArn: change.keyArn,
          owner,
        }),
  }
}

async function readMayDecide(asking: Parameters<typeof explainRefusal>[1]): Promise<MayDecide> {
  const own = await findDecider(sql, asking)
  if (!own) return { may: false, why: await explainRefusal(sql, asking) }
  return { may: true, standingInFor: own.standingInFor?.name ?? null, asOwner: own.isOwner }
}

/** Its end was asked for with a reason, which stands in the audit log. */
function whyEndAsked(audit: readonly AuditLine[], changeId: string): string | null {
  const reason = audit.find(
    ({ event, data }) => event === 'change.endAsked' && data.changeId === changeId,
  )?.data.reason
  return typeof reason === 'string' ? reason : null
}

const iso = (date: Date | null): string | null => date?.toISOString() ?? null
const riskOf = (text: string): Risk => risks.find((risk) => risk === text) ?? 'critical'

function toApproval({
  personId,
  personName,
  decision,
  comment,
  roles,
  asOwner,
  forPersonName,
  requestHash,
  baselineHash,
  at,
}: Approval): ApprovalRow {
  return {
    personId,
    personName,
    decision: decision === 'reject' ? 'reject' : 'approve',
    comment,
    roles,
    asOwner,
    standingInFor: forPersonName,
    requestHash,
    baselineHash,
    at: at.toISOString(),
  }
}

function toReconciled(stored: unknown): ChangeDetail['reconciled'] {
  const { at, finding, words } = factsOf(stored)
  return typeof at === 'string' && typeof finding === 'string' && typeof words === 'string'
    ? { at, finding, words }
    : null
}
