/** Requests and changes as pages show them: times are ISO text. */
import type { ChangeStatus } from '../../change-status'
import type { Decider } from '../rules/deciders'
import type { EffectiveRule, Risk } from '../rules/rule'
import type { Facts } from '../kinds/kind'
import type { KindName } from '../kinds/registry'
import type { KindTraits } from '../kinds/traits'
import type { Conflict, Preflight } from '../kinds/preflight'

/**
 * Of the changes in force: how many last until an end that is still ahead, how many are past it,
 * and how many of those are being undone.
 */
export type InForce = { active: number; overdue: number; undoing: number }

export type ApprovalRow = {
  personId: string
  personName: string
  decision: 'approve' | 'reject'
  comment: string
  roles: string[]
  asOwner: boolean
  standingInFor: string | null
  requestHash: string
  baselineHash: string
  at: string
}

/** Whether the asker can decide about it, and if not why. */
export type MayDecide =
  | { may: true; standingInFor: string | null; asOwner: boolean }
  | { may: false; why: string }

export type ChangeDetail = {
  id: string
  position: number
  kind: KindName
  kindLabel: string
  /** What is usually wanted once it is done. */
  next: KindTraits['next'] | null
  title: string
  status: ChangeStatus
  risk: Risk
  accountId: string | null
  accountName: string | null
  region: string | null
  keyArn: string | null
  keyLabel: string | null
  input: Facts
  startsAt: string | null
  endsAt: string | null
  baseline: Facts
  baselineHash: string
  baselineAt: string
  preflight: Preflight
  requestHash: string | null
  /** Null while a draft: then `foreseenRule` says what will apply. */
  rule: EffectiveRule | null
  foreseenRule: EffectiveRule
  /** Who can decide, as of now. Empty for one that is not a draft or open. */
  deciders: Pick<Decider, 'personId' | 'name' | 'email' | 'roles' | 'isOwner' | 'standingInFor'>[]
  /** Why it could not be approved as things are; null: it can. */
  unanswerable: string | null
  /** What is still missing for its approval, in words. */
  missing: string[]
  approvals: ApprovalRow[]
  decide: MayDecide
  approvedAt: string | null
  startedAt: string | null
  appliedAt: string | null
  endedAt: string | null
  nextTryAt: string | null
  /** Calls that may have reached AWS. */
  sends: number
  undoSends: number
  attempt: number
  outcome: Facts | null
  undoOutcome: Facts | null
  problem: string | null
  endAskedAt: string | null
  endAskedBy: string | null
  endAskedWhy: string | null
  /** Under way now; null for what was decided. */
  conflicts: Conflict[] | null
  /** Of a draft: which of the rules on the request itself is not met, so that it cannot be sent. */
  unmet: string | null
  /** May be ended now by the asker. */
  canEnd: boolean
  canCancel: boolean
  trail: { eventId: string; seenAt: string } | null
  reconciled: { at: string; finding: string; words: string } | null
}

export type AuditLine = {
  seq: number
  at: string
  event: string
  actor: string
  hash: string
  data: Facts
}

type Relative = { id: string; number: number; title: string; statuses: ChangeStatus[] }

export type RequestDetail = {
  id: string
  number: number
  title: string
  requesterId: string
  requesterName: string
  mine: boolean
  justification: string
  ticket: string | null
  /** The title of the task that a grant was asked for by. */
  template: string | null
  breakGlass: boolean
  review: { at: string; by: string; note: string } | null
  canReview: boolean
  canBreakGlass: boolean
  continues: Relative | null
  continuedBy: Relative[]
  rulesVersion: number | null
  createdAt: string
  sentAt: string | null
  answerBy: string | null
  changes: ChangeDetail[]
  /** Changes of accounts that the reader does not see. */
  elsewhere: number
  comments: { personName: string; text: string; at: string }[]
  /** Entries of the audit log about this request, oldest first. */
  audit: AuditLine[]
  /** The database's clock: what countdowns count from. */
  now: string
}

export type RequestRow = {
  id: string
  number: number
  title: string
  requesterId: string
  requesterName: string
  mine: boolean
  breakGlass: boolean
  unreviewed: boolean
  createdAt: string
  sentAt: string | null
  answerBy: string | null
  /** status -> how many changes */
  statuses: Partial<Record<ChangeStatus, number>>
  /**
   * Of the applied: how many last until an end ahead, and how many are past
   * theirs for more than a minute.
   */
  inForce: InForce
  changes: number
  kinds: string[]
  risk: Risk
  accounts: { id: string; name: string }[]
  /** The next end among its changes. */
  endsAt: string | null
  /** Open changes that wait for the asker. */
  waitingForMe: number
}
