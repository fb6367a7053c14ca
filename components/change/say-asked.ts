import { isOverdue } from './words'
import { notAchieved } from '@/lib/change-status'
import type { ChangeRow } from '@/lib/changes/read/shapes'

type Asking = Pick<
  ChangeRow,
  'status' | 'decide' | 'unanswerable' | 'unmet' | 'wouldFail' | 'refused' | 'conflicting'
>

/** What a change wants of its reader, and what they should know before they open it. Pure. */
export function sayAsked(change: Asking): string {
  const { status, decide, unanswerable, unmet, wouldFail, refused, conflicting } = change
  const isAhead = status === 'draft' || status === 'open'
  const words = [
    status === 'open' && (decide.may ? 'Needs your decision' : 'Waits for others'),
    status === 'draft' && (unanswerable ?? unmet) !== null && 'Cannot be sent',
    isAhead && (refused ?? wouldFail) !== null && 'AWS would refuse it',
    isAhead && conflicting > 0 && `${conflicting} conflicting`,
  ]
  return words.filter(Boolean).join(' · ')
}

/** Whether a change stands among those to look at first. Pure. */
export function wantsReader(
  change: Asking & Pick<ChangeRow, 'endsAt'>,
  now: number | null,
): boolean {
  const { status, decide, unanswerable, unmet, wouldFail, refused } = change
  const stands = [unanswerable, unmet, wouldFail, refused].some((words) => words !== null)
  return (
    (status === 'open' && decide.may) ||
    (status === 'draft' && stands) ||
    status === 'revertFailed' ||
    notAchieved.includes(status) ||
    isOverdue(change, now)
  )
}
