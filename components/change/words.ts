/** Changes and their states as people read them. Pure. */
import { utcTime } from '@/components/value/relative-time'
import type { Risk } from '@/lib/changes/rules/rule'
import { canBeOverdue, changeStatuses, type ChangeStatus } from '@/lib/change-status'
import { overdueAfterSeconds } from '@/lib/change-status'
import type { InForce } from '@/lib/changes/read/shapes'

export const statusWords: Record<ChangeStatus, string> = {
  draft: 'Draft, not sent',
  open: 'Waiting for approval',
  approved: 'Approved, about to be done',
  executing: 'Being done',
  applied: 'Done',
  failed: 'Failed',
  drifted: 'Not done: no longer as approved',
  rejected: 'Rejected',
  cancelled: 'Cancelled',
  expired: 'Expired',
  reverting: 'Being undone',
  reverted: 'Ended and undone',
  revertFailed: 'Could not be undone',
}

/**
 * What a status alone does not say: when it begins, how long it lasts. Times are ISO text, `now`
 * epoch ms; null: not known.
 */
export type Timed = { status: ChangeStatus; startsAt: string | null; endsAt: string | null }

/** Past its end and not undone. A reader without a clock cannot tell. */
export function isOverdue(
  { status, endsAt }: Pick<Timed, 'status' | 'endsAt'>,
  now: number | null,
): boolean {
  const lasts = canBeOverdue.includes(status)
  return (
    lasts &&
    endsAt !== null &&
    now !== null &&
    now - Date.parse(endsAt) > overdueAfterSeconds * 1_000
  )
}

const pastItsEnd = 'Past its end, still in force'

/**
 * How a change stands now: what lasts until its end is not done before, and what
 * begins later is not about to.
 */
export function sayStatus(change: Timed, now: number | null): string {
  const { status, startsAt, endsAt } = change
  if (isOverdue(change, now)) return pastItsEnd
  if (status === 'applied' && endsAt !== null) return `Active until ${utcTime(endsAt)}`
  const isLater = startsAt !== null && (now === null || Date.parse(startsAt) > now)
  if (status === 'approved' && isLater) return `Approved, begins ${utcTime(startsAt)}`
  return statusWords[status]
}

export const riskWords: Record<Risk, string> = {
  low: 'Low',
  medium: 'Medium',
  high: 'High',
  critical: 'Critical',
}

type Part = ChangeStatus | 'active' | 'overdue'
const parts: Record<Exclude<Part, 'overdue'>, string> = {
  active: 'active',
  draft: 'draft',
  open: 'waiting for approval',
  approved: 'about to be done',
  executing: 'being done',
  applied: 'done',
  failed: 'failed',
  drifted: 'no longer as approved',
  rejected: 'rejected',
  cancelled: 'cancelled',
  expired: 'expired',
  reverting: 'being undone',
  reverted: 'ended and undone',
  revertFailed: 'could not be undone',
}

const partOf = (name: Part, count: number): string =>
  name === 'overdue' ? `past ${count === 1 ? 'its' : 'their'} end` : parts[name]

const noneInForce: InForce = { active: 0, overdue: 0, undoing: 0 }

/** What is past its end comes first: it should not be so. */
const order: readonly Part[] = [
  'overdue',
  ...changeStatuses.flatMap((status): Part[] =>
    status === 'applied' ? ['active', status] : [status],
  ),
]

/** How a request stands: "2 of 3 done, 1 failed". One change is its own word. */
export function summarize(
  statuses: Partial<Record<ChangeStatus, number>>,
  inForce = noneInForce,
): string {
  const { active, overdue, undoing } = inForce
  const left: Partial<Record<Part, number>> = {
    ...statuses,
    active,
    overdue,
    applied: (statuses.applied ?? 0) - active - (overdue - undoing),
    reverting: (statuses.reverting ?? 0) - undoing,
  }
  const counted = order.flatMap((name): [Part, number][] =>
    (left[name] ?? 0) > 0 ? [[name, left[name] ?? 0]] : [],
  )
  const total = counted.reduce((sum, [, count]) => sum + count, 0)
  const [first] = counted
  if (!first) return 'No change you may see'
  if (counted.length === 1) {
    const [name] = first
    if (total > 1) return `All ${total}: ${partOf(name, total)}`
    if (name === 'overdue') return pastItsEnd
    return name === 'active' ? 'Active until its end' : statusWords[name]
  }
  return counted
    .map(
      ([name, count], index) =>
        `${count}${index === 0 ? ` of ${total}` : ''} ${partOf(name, count)}`,
    )
    .join(', ')
}

/** What most wants to be seen among several: what went wrong, then what moves, then what rests. */
const loudest: readonly ChangeStatus[] = [
  'revertFailed',
  'failed',
  'drifted',
  'executing',
  'reverting',
  'approved',
  'open',
  'draft',
  'rejected',
  'expired',
  'cancelled',
  'applied',
  'reverted',
]
export const loudestOf = (statuses: Partial<Record<ChangeStatus, number>>): ChangeStatus =>
  loudest.find((status) => (statuses[status] ?? 0) > 0) ?? 'draft'

/** Of single changes what a list is told in numbers. `now` epoch ms; null: not known. */
export function countInForce(
  changes: readonly Pick<Timed, 'status' | 'endsAt'>[],
  now: number | null,
): InForce {
  const overdue = changes.filter((change) => isOverdue(change, now))
  const active = changes.filter(
    (change) => change.status === 'applied' && change.endsAt !== null && !overdue.includes(change),
  )
  const undoing = overdue.filter(({ status }) => status === 'reverting')
  return { active: active.length, overdue: overdue.length, undoing: undoing.length }
}

export function countStatuses(
  changes: readonly { status: ChangeStatus }[],
): Partial<Record<ChangeStatus, number>> {
  const counts: Partial<Record<ChangeStatus, number>> = {}
  for (const { status } of changes) counts[status] = (counts[status] ?? 0) + 1
  return counts
}
