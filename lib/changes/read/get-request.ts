import 'server-only'
import { roles as allRoles, scopeOf } from '../../auth/permissions'
import type { Permit } from '../../auth/permit'
import { db, sql } from '../../db/client'
import type { Approval, Change, Request } from '../../db/generated/client'
import { notBegun, undecided } from '../../change-status'
import { AppError } from '../../errors'
import { accountNames } from '../../inventory/read'
import { findConflicts } from '../request/conflicts'
import { hasEnd, mayEnd } from '../decide/end-now'
import { isHouseKind } from '../kinds/house'
import { kindOf, type KindName } from '../kinds/registry'
import { limitImpact } from '../request/limit-impact'
import { factsOf } from '../kinds/open'
import { otherKeyOf } from '../kinds/other-key'
import { parsePreflight } from '../kinds/preflight'
import {
  findDecider,
  findLeavers,
  findRuleOwner,
  listDeciders,
  readRules,
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
import { readKeyLabels, type KeyLabel } from './key-labels'
import { readRequestAudit } from './request-audit'
import type { ApprovalRow, AuditLine, ChangeDetail, MayDecide, RequestDetail } from './shapes'
import { findTemplate } from '../request/templates'
import { findUnmetRules } from '../request/unmet-rules'
import { isChangeVisible, isVisible, reaches, reachesAll } from '../scope/visible'
import { refuseIndefinite } from '../request/indefinite'

type Permitted = Permit<'requests.read'>
type Loaded = Change & { approvals: Approval[] }

/**
 * Reads everything about one request, for one page.
 * @throws AppError not_found for what the person cannot see.
 */
export async function getRequest(permit: Permitted, id: string): Promise<RequestDetail> {
  const [seen] = await sql.query<{ now: Date }>(
    sql`SELECT claviger_now() AS now FROM "Request" r
    WHERE r."id" = ${id}::uuid AND ${isVisible(permit)}`,
  )
  if (!seen) throw new AppError('not_found', 'There is no such request among those you may see.')
  const found = await db.request.findUniqueOrThrow({
    where: { id },
    include: {
      changes: { orderBy: { position: 'asc' }, include: { approvals: { orderBy: { at: 'asc' } } } },
      comments: { orderBy: { at: 'asc' } },
    },
  })
  const { changes: loaded, comments, ...request } = found
  const inScope = loaded.filter(
    (change) => request.requesterId === permit.actor.id || reaches(permit.scope, change),
  )
  const [names, labels, { rules }, audit, family, same] = await Promise.all([
    accountNames(inScope.flatMap(({ accountId }) => accountId ?? [])),
    readKeyLabels(inScope),
    readRules(),
    readRequestAudit(id, inScope.length === loaded.length ? null : inScope),
    readFamily(permit, request),
    isSamePerson(permit, request.requesterId),
  ])
  const around: Around = { names, labels, rules, audit, now: seen.now, deciding: new Map() }
  const changes: ChangeDetail[] = []
  for (const change of inScope) changes.push(await toDetail(permit, request, change, around))
  const glass = scopeOf(permit.actor.assigned, 'requests.breakGlass')
  return {
    id,
    number: request.number,
    title: request.title,
    requesterId: request.requesterId,
    requesterName: request.requesterName,
    mine: request.requesterId === permit.actor.id,
    justification: request.justification,
    ticket: request.ticket,
    template: request.template && (findTemplate(request.template)?.title ?? request.template),
    breakGlass: request.breakGlass,
    review: request.reviewedAt && {
      at: request.reviewedAt.toISOString(),
      by: request.reviewedBy ?? '',
      note: request.reviewNote ?? '',
    },
    canReview:
      request.breakGlass &&
      request.sentAt !== null &&
      request.reviewedAt === null &&
      !same &&
      reachesAll(scopeOf(permit.actor.assigned, 'requests.decide'), loaded),
    canBreakGlass:
      request.requesterId === permit.actor.id &&
      request.sentAt === null &&
      glass !== null &&
      reachesAll(glass, loaded) &&
      loaded.every(({ accountId }) => accountId !== null),
    ...family,
    rulesVersion: request.rulesVersion,
    createdAt: request.createdAt.toISOString(),
    sentAt: iso(request.sentAt),
    answerBy: iso(request.answerBy),
    changes,
    elsewhere: loaded.length - inScope.length,
    comments: comments.map(({ personName, text, at }) => ({
      personName,
      text,
      at: at.toISOString(),
    })),
    audit,
    now: seen.now.toISOString(),
  }
}

type Deciding = { deciders: Decider[]; decide: MayDecide }
type Around = {
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
async function toDetail(
  permit: Permitted,
  request: Request,
  change: Loaded,
  { names, labels, rules, audit, now, deciding: known }: Around,
): Promise<ChangeDetail> {
  const key = change.keyArn === null ? null : (labels.get(change.keyArn) ?? null)
  const kind = kindOf(change.kind)
  const risk = riskOf(change.risk)
  const rule = change.rule === null ? null : effectiveRuleSchema.parse(change.rule)
  const other = otherKeyOf(change)
  const foreseenRule =
    rule ??
    resolveRule(rules, {
      kind: change.kind,
      risk,
      accountId: change.accountId,
      keyArn: change.keyArn,
      tags: change.keyArn === null ? {} : (key?.tags ?? null),
      also: other === null ? null : { keyArn: other, tags: labels.get(other)?.tags ?? null },
    })
  const isUndecided = undecided.includes(change.status)
  const deciding = isUndecided
    ? await readDeciders(permit, request, change, foreseenRule, known)
    : { deciders: [], unanswerable: null, decide: { may: false, why: '' } as const }
  const left = isUndecided
    ? await findLeavers(
        sql,
        change.approvals.map(({ personId }) => personId),
      )
    : new Set<string>()
  return {
    id: change.id,
    position: change.position,
    kind: (kind?.name ?? change.kind) as KindName,
    kindLabel: kind?.label ?? change.kind,
    next: kind?.next ?? null,
    title: change.title,
    status: change.status,
    risk,
    accountId: change.accountId,
    accountName:
      change.accountId === null ? null : (names.get(change.accountId) ?? change.accountId),
    region: change.region,
    keyArn: change.keyArn,
    keyLabel: key?.label ?? change.keyArn?.split('/').at(-1) ?? null,
    input: factsOf(change.input),
    startsAt: iso(change.startsAt),
    endsAt: iso(change.endsAt),
    baseline: factsOf(change.baseline),
    baselineHash: change.baselineHash,
    baselineAt: change.baselineAt.toISOString(),
    preflight: limitImpact(parsePreflight(change.preflight), permit.scope, change.accountId),
    requestHash: change.requestHash,
    rule,
    foreseenRule,
    ...deciding,
    missing:
      change.status === 'open'
        ? judgeApprovals(
            foreseenRule,
            change.approvals
              .filter(({ personId }) => !left.has(personId))
              .map(({ decision, roles, asOwner }) => ({
                decision,
                asOwner,
                roles: allRoles.filter((role) => roles.includes(role)),
              })),
          ).missing
        : [],
    approvals: change.approvals.map(toApproval),
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
    endAskedWhy: whyEndAsked(audit, change.id),
    conflicts: isUndecided
      ? (await findConflicts(change)).filter(({ changeId }) => changeId !== change.id)
      : null,
    unmet:
      change.status === 'draft'
        ? (refuseIndefinite(permit.actor.assigned, change) ??
          findUnmetRules(request, change, rule ?? foreseenRule, now, false))
        : null,
    canEnd:
      change.status === 'applied' &&
      change.endAskedAt === null &&
      hasEnd(change) &&
      scopeOf(permit.actor.assigned, 'requests.create') !== null &&
      mayEnd(permit.actor, request.requesterId, change),
    canCancel: request.requesterId === permit.actor.id && notBegun.includes(change.status),
    trail:
      change.trailEventId && change.trailSeenAt
        ? { eventId: change.trailEventId, seenAt: change.trailSeenAt.toISOString() }
        : null,
    reconciled: toReconciled(change.reconciled),
  }
}

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

async function readFamily(
  permit: Permitted,
  { id, continuesId }: Request,
): Promise<Pick<RequestDetail, 'continues' | 'continuedBy'>> {
  const rows = await sql.query<RequestDetail['continuedBy'][number]>(
    sql`SELECT r."id", r."number", r."title", ARRAY(
        SELECT DISTINCT c."status"::text FROM "Change" c
        WHERE c."requestId" = r."id" AND ${isChangeVisible(permit)} ORDER BY 1) AS "statuses"
      FROM "Request" r
      WHERE (r."id" = ${continuesId}::uuid
        OR r."continuesId" = ${id}::uuid AND r."sentAt" IS NOT NULL)
        AND ${isVisible(permit)} ORDER BY r."number"`,
  )
  return {
    continues: rows.find((row) => row.id === continuesId) ?? null,
    continuedBy: rows.filter((row) => row.id !== continuesId),
  }
}

async function isSamePerson({ actor }: Permitted, requesterId: string): Promise<boolean> {
  const [row] = await sql.query<{ same: boolean }>(
    'SELECT $1::uuid IN (SELECT same_people($2::uuid)) AS "same"',
    [requesterId, actor.id],
  )
  return row?.same ?? true
}
