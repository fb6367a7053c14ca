/** Changes and their states as people read them. Pure. */
import type { Risk } from '@/lib/changes/rules/rule'
import { changeStatuses, type ChangeStatus } from '@/lib/changes/shapes'

export const statusWords: Record<ChangeStatus, string> = {
  draft: 'Draft, not sent', open: 'Waiting for approval', approved: 'Approved, about to be done', executing: 'Being done', applied: 'Done', failed: 'Failed',
  drifted: 'Not done: no longer as approved', rejected: 'Rejected', cancelled: 'Cancelled', expired: 'Expired', reverting: 'Being undone', reverted: 'Ended and undone',
  revertFailed: 'Could not be undone',
}

export const riskWords: Record<Risk, string> = { low: 'Low', medium: 'Medium', high: 'High', critical: 'Critical' }

const parts: Record<ChangeStatus, string> = {
  draft: 'draft', open: 'waiting for approval', approved: 'about to be done', executing: 'being done', applied: 'done', failed: 'failed', drifted: 'no longer as approved',
  rejected: 'rejected', cancelled: 'cancelled', expired: 'expired', reverting: 'being undone', reverted: 'ended and undone', revertFailed: 'could not be undone',
}

/** How a request stands: "2 of 3 done, 1 failed". One change is its own word. */
export function summarize(statuses: Partial<Record<ChangeStatus, number>>): string {
  const counted = changeStatuses.map((status) => [status, statuses[status] ?? 0] as const).filter(([, count]) => count > 0)
  const total = counted.reduce((sum, [, count]) => sum + count, 0)
  const [first] = counted
  if (!first) return 'No change you may see'
  if (counted.length === 1) return total === 1 ? statusWords[first[0]] : `All ${total}: ${parts[first[0]]}`
  return counted.map(([status, count], index) => `${count}${index === 0 ? ` of ${total}` : ''} ${parts[status]}`).join(', ')
}

/** What most wants to be seen among several: what went wrong, then what moves, then what rests. */
const loudest: readonly ChangeStatus[] = ['revertFailed', 'failed', 'drifted', 'executing', 'reverting', 'approved', 'open', 'draft', 'rejected', 'expired', 'cancelled', 'applied', 'reverted']
export const loudestOf = (statuses: Partial<Record<ChangeStatus, number>>): ChangeStatus => loudest.find((status) => (statuses[status] ?? 0) > 0) ?? 'draft'

export function countStatuses(changes: readonly { status: ChangeStatus }[]): Partial<Record<ChangeStatus, number>> {
  const counts: Partial<Record<ChangeStatus, number>> = {}
  for (const { status } of changes) counts[status] = (counts[status] ?? 0) + 1
  return counts
}
