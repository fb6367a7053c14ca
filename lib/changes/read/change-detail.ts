import 'server-only'
import { createHash } from 'node:crypto'
import { notBegun } from '../../change-status'
import { roles as allRoles, scopeOf } from '../../auth/permissions'
import type { Permit } from '../../auth/permit'
import type { Approval, Request } from '../../db/generated/client'
import { hasEnd, mayEnd } from '../decide/end-now'
import { factsOf } from '../kinds/open'
import { parsePreflight, type Preflight } from '../kinds/preflight'
import { kindOf, type KindName } from '../kinds/registry'
import { refuseIndefinite } from '../request/indefinite'
import { limitImpact } from '../request/limit-impact'
import { findUnmetRules } from '../request/unmet-rules'
import { judgeApprovals } from '../rules/rule'
import { whyUnanswerable } from '../rules/unanswerable'
import { riskOf, type ChangeFound, type Loaded } from './facts-of-changes'
import type { KeyLabel } from './key-labels'
import type { ApprovalRow, AuditLine, ChangeDetail, ChangeRow } from './shapes'

type Permitted = Permit<'requests.read'>

/** What the changes of one request share. */
export type Around = {
  request: Request
  names: ReadonlyMap<string, string>
  labels: ReadonlyMap<string, KeyLabel>
  now: Date
}

const notAsked = { may: false, why: '' } as const

/** A change with what was looked up of it, and what this reader may know of what it means. */
export type Seen = { change: Loaded; found: ChangeFound; preflight: Preflight }

export function see(permit: Permitted, change: Loaded, found: ChangeFound): Seen {
  const preflight = limitImpact(parsePreflight(change.preflight), permit.scope, change.accountId)
  return { change, found, preflight }
}

/** One change of many: what says which it is, how it stands, and what it wants of the reader. */
export function toRow(permit: Permitted, seen: Seen, around: Around): ChangeRow {
  const { change, found, preflight } = seen
  const { request, now } = around
  const { expectedRule, deciding } = found
  const { dryRun, rolePrediction, policyImpact } = preflight
  const { accountId, keyArn } = change
  const place = { accountId, keyArn, owner: deciding?.owner ?? null }
  const row = {
    ...nameChange(change, around),
    comment: expectedRule.comment,
    completers: [...(policyImpact?.completers ?? [])],
    wouldFail: dryRun?.would === 'fail' ? dryRun.words : null,
    refused:
      rolePrediction?.doing?.result === 'refused' ? rolePrediction.doing.lines.join(' ') : null,
    conflicting: found.conflicts?.length ?? 0,
    decide: deciding?.decide ?? notAsked,
    unanswerable:
      change.status === 'draft' && deciding
        ? whyUnanswerable(expectedRule, deciding.deciders, place)
        : null,
    unmet:
      change.status === 'draft'
        ? (refuseIndefinite(permit.actor.assigned, change) ??
          findUnmetRules(request, change, expectedRule, now, false))
        : null,
    canEnd: canEnd(permit, request, change),
    canCancel: request.requesterId === permit.actor.id && notBegun.includes(change.status),
  }
  return { ...row, version: versionOf(row, seen) }
}

/** Digests the row, and what it leaves out that time can change: what was prepared never changes. */
function versionOf(row: Omit<ChangeRow, 'version'>, { change, found }: Seen): string {
  const { rule, expectedRule, deciding, conflicts } = found
  const asked = [rule, expectedRule, deciding, change.approvals, listMissing(change, found)]
  return createHash('sha256')
    .update(JSON.stringify([row, sayProgress(change), asked, conflicts]))
    .digest('base64url')
    .slice(0, 12)
}

/** Everything about one change of a request. */
export function toDetail(
  row: ChangeRow,
  { change, found, preflight }: Seen,
  audit: readonly AuditLine[],
): ChangeDetail {
  const { rule, expectedRule, deciding, conflicts } = found
  return {
    ...row,
    ...sayProgress(change),
    next: kindOf(change.kind)?.next ?? null,
    input: factsOf(change.input),
    baseline: factsOf(change.baseline),
    baselineAt: change.baselineAt.toISOString(),
    preflight,
    rule,
    expectedRule,
    deciders: (deciding?.deciders ?? []).map(
      ({ personId, name, email, roles, isOwner, delegateOf }) => ({
        personId,
        name,
        email,
        roles,
        isOwner,
        delegateOf,
      }),
    ),
    missing: change.status === 'open' ? listMissing(change, found) : [],
    approvals: change.approvals.map(toApproval),
    endAskedWhy: whyEndAsked(audit, change.id),
    conflicts,
  }
}

/** What the change is about in the words of its kind, when it is done, and what it is bound to. */
function nameChange(change: Loaded, { names, labels }: Around) {
  const { accountId, keyArn } = change
  const kind = kindOf(change.kind)
  const label = keyArn === null ? null : (labels.get(keyArn)?.label ?? null)
  return {
    id: change.id,
    position: change.position,
    kind: (kind?.name ?? change.kind) as KindName,
    kindLabel: kind?.label ?? change.kind,
    title: change.title,
    risk: riskOf(change.risk),
    accountId,
    accountName: accountId === null ? null : (names.get(accountId) ?? accountId),
    region: change.region,
    keyArn,
    keyLabel: label ?? keyArn?.split('/').at(-1) ?? null,
    status: change.status,
    startsAt: iso(change.startsAt),
    endsAt: iso(change.endsAt),
    endAskedAt: iso(change.endAskedAt),
    nextTryAt: iso(change.nextTryAt),
    baselineHash: change.baselineHash,
    requestHash: change.requestHash,
  }
}

/** How far the change has come, and what AWS said to it. */
function sayProgress(change: Loaded) {
  return {
    approvedAt: iso(change.approvedAt),
    startedAt: iso(change.startedAt),
    appliedAt: iso(change.appliedAt),
    endedAt: iso(change.endedAt),
    sends: change.sends,
    undoSends: change.undoSends,
    attempt: change.attempt,
    outcome: change.outcome === null ? null : factsOf(change.outcome),
    undoOutcome: change.undoOutcome === null ? null : factsOf(change.undoOutcome),
    problem: change.problem,
    endAskedBy: change.endAskedBy,
    reconciled: toReconciled(change.reconciled),
  }
}

/** What an open change still needs; the approval of who has left counts no more. */
function listMissing({ approvals }: Loaded, { expectedRule, left }: ChangeFound): string[] {
  const standing = approvals
    .filter(({ personId }) => !left.has(personId))
    .map(({ decision, roles, asOwner }) => ({
      decision,
      asOwner,
      roles: allRoles.filter((role) => roles.includes(role)),
    }))
  return judgeApprovals(expectedRule, standing).missing
}

const canEnd = ({ actor }: Permitted, { requesterId }: Request, change: Loaded): boolean =>
  change.status === 'applied' &&
  change.endAskedAt === null &&
  hasEnd(change) &&
  scopeOf(actor.assigned, 'requests.create') !== null &&
  mayEnd(actor, requesterId, change)

/** Its end was asked for with a reason, which stands in the audit log. */
function whyEndAsked(audit: readonly AuditLine[], changeId: string): string | null {
  const reason = audit.find(
    ({ event, data }) => event === 'change.endAsked' && data.changeId === changeId,
  )?.data.reason
  return typeof reason === 'string' ? reason : null
}

const iso = (date: Date | null): string | null => date?.toISOString() ?? null

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
    delegateOf: forPersonName,
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
