/**
 * Statuses of changes, and each set of them that a decision rests on, once: in TypeScript with
 * `includes`, in SQL as a parameter (`= ANY(${inForce}::"ChangeStatus"[])`). At the foot of lib,
 * since grants and pages ask it too.
 */
export const changeStatuses = [
  'draft',
  'open',
  'approved',
  'executing',
  'applied',
  'failed',
  'drifted',
  'rejected',
  'cancelled',
  'expired',
  'reverting',
  'reverted',
  'revertFailed',
] as const
export type ChangeStatus = (typeof changeStatuses)[number]
type Set = readonly ChangeStatus[]

/** Nobody has decided yet. */
export const undecided: Set = ['draft', 'open']
/** Sent, and the worker has not begun: can be cancelled. */
export const notBegun: Set = ['open', 'approved']
/** Approved or begun, and not done. */
export const approvedNotDone: Set = ['approved', 'executing']
/** Sent, and not done. */
export const notDone: Set = ['open', ...approvedNotDone]
/** Its end, if it has one, is still to come. */
export const beforeEnd: Set = ['draft', ...notDone, 'applied']
/** A worker calls AWS about it, or did and died. */
export const calling: Set = ['executing', 'reverting']
/** Sent, and not at rest: something is still to be decided, done or undone. */
export const notAtRest: Set = ['open', 'approved', ...calling]
/** In force as far as we believe: done, and not undone. */
export const inForce: Set = ['applied', 'reverting', 'revertFailed']
/** In force, or a call that might have reached AWS is under way. */
export const mightBeInForce: Set = ['executing', ...inForce]
/** Done once, undone since or not. */
export const done: Set = [...inForce, 'reverted']
/** In force, or asked for: it has what it is about, or will. */
export const holding: Set = ['open', 'approved', ...mightBeInForce]
/** In force, and nobody undoes it now. */
export const restingInForce: Set = ['applied', 'revertFailed']
/** Can be overdue. One that could not be undone has words of its own, and was told of. */
export const canBeOverdue: Set = ['applied', 'reverting']
/** Begun, and not done. */
export const notAchieved: Set = ['failed', 'drifted']
/** Begun, and by now without effect. */
export const withoutEffect: Set = ['reverted', ...notAchieved]
