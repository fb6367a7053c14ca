/** Requests and changes as pages show them: times are ISO text. */
import type { ChangeStatus } from '../../change-status'
import type { Decider } from '../rules/deciders'
import type { EffectiveRule, Risk } from '../rules/rule'
import type { Facts } from '../kinds/kind'
import type { KindName } from '../kinds/registry'
import type { KindTraits } from '../kinds/traits'
import type { Conflict, Preflight } from '../kinds/preflight'
import type { Completer } from '../../drafts/latent'

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
  delegateOf: string | null
  requestHash: string
  baselineHash: string
  at: string
}

/** Whether the asker can decide about it, and if not why. */
export type MayDecide =
  | { may: true; delegateOf: string | null; asOwner: boolean }
  | { may: false; why: string }

/** One change as a row: which it is, how it stands, and what it wants of the reader. */
export type ChangeRow = {
  id: string
  position: number
  kind: KindName
  kindLabel: string
  title: string
  status: ChangeStatus
  risk: Risk
  accountId: string | null
  accountName: string | null
  region: string | null
  keyArn: string | null
  keyLabel: string | null
  startsAt: string | null
  endsAt: string | null
  endAskedAt: string | null
  nextTryAt: string | null
  /** What a decision is bound to. */
  baselineHash: string
  requestHash: string | null
  /** Which decisions want a comment. */
  comment: EffectiveRule['comment']
  /** Accounts of which an approver has to know. */
  completers: Completer[]
  /** Why AWS would refuse it by its own dry run; null: it would not, or that is not known. */
  wouldFail: string | null
  /** Why the policies refuse it for certain. */
  refused: string | null
  /** Changes under way now that touch the same. */
  conflicting: number
  decide: MayDecide
  /** Of a draft: why it could not be approved as things are; null: it can. */
  unanswerable: string | null
  /** Of a draft: which of the rules on the request itself is not met, so that it cannot be sent. */
  unmet: string | null
  /** May be ended now by the asker. */
  canEnd: boolean
  canCancel: boolean
  /** Another one whenever the whole change reads differently, so that an open one is read again. */
  version: string
}

/** The whole of a change. */
export type ChangeDetail = ChangeRow & {
  /** What is usually wanted once it is done. */
  next: KindTraits['next'] | null
  input: Facts
  baseline: Facts
  baselineAt: string
  preflight: Preflight
  /** Null while a draft: then `expectedRule` says what will apply. */
  rule: EffectiveRule | null
  expectedRule: EffectiveRule
  /** Who can decide, as of now. Empty for one that is not a draft or open. */
  deciders: Pick<Decider, 'personId' | 'name' | 'email' | 'roles' | 'isOwner' | 'delegateOf'>[]
  /** What is still missing for its approval, in words. */
  missing: string[]
  approvals: ApprovalRow[]
  approvedAt: string | null
  startedAt: string | null
  appliedAt: string | null
  endedAt: string | null
  /** Calls that may have reached AWS. */
  sends: number
  undoSends: number
  attempt: number
  outcome: Facts | null
  undoOutcome: Facts | null
  problem: string | null
  endAskedBy: string | null
  endAskedWhy: string | null
  /** Under way now; null for what was decided. */
  conflicts: Conflict[] | null
  reconciled: { at: string; finding: string; words: string } | null
}

/** Changes of a draft that are asked of the same people. */
export type AskedGroup = {
  /** Places of the changes in the request. */
  positions: number[]
  people: { name: string; delegateOf: string | null }[]
  /** So many of them must approve. */
  approvals: number
}

/** So many changes are read whole at once; more are rows, each whole when it is opened. */
export const fewChanges = 3

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
  changes: ChangeRow[]
  /** The same, whole, of a request of few changes; empty: they are read when they are opened. */
  whole: ChangeDetail[]
  /** Of a draft: who would be asked. */
  asked: AskedGroup[]
  /** Whether one form can hold all of its changes. */
  isSameForm: boolean
  /** Changes of accounts that the reader does not see. */
  elsewhere: number
  comments: { personName: string; text: string; at: string }[]
  /** Entries of the audit log about this request, oldest first. */
  audit: {
    count: number /** Null: they are read when they are opened. */
    lines: AuditLine[] | null
  }
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
