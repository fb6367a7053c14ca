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
type Statuses = readonly ChangeStatus[]

/** Nobody has decided yet. */
export const undecided: Statuses = ['draft', 'open']
/** Sent, and the worker has not begun: can be cancelled. */
export const notBegun: Statuses = ['open', 'approved']
/** Approved or begun, and not done. */
export const approvedNotDone: Statuses = ['approved', 'executing']
/** Sent, and not done. */
export const notDone: Statuses = ['open', ...approvedNotDone]
/** Its end, if it has one, is still to come. */
export const beforeEnd: Statuses = ['draft', ...notDone, 'applied']
/** A worker calls AWS about it, or did and died. */
export const calling: Statuses = ['executing', 'reverting']
/** Sent, and not at rest: something is still to be decided, done or undone. */
export const notAtRest: Statuses = ['open', 'approved', ...calling]
/** In force as far as we believe: done, and not undone. */
export const inForce: Statuses = ['applied', 'reverting', 'revertFailed']
/** In force, or a call that might have reached AWS is under way. */
export const mightBeInForce: Statuses = ['executing', ...inForce]
/** Done once, undone since or not. */
export const done: Statuses = [...inForce, 'reverted']
/** In force, or asked for: it has what it is about, or will. */
export const holding: Statuses = ['open', 'approved', ...mightBeInForce]
/** In force, and nobody undoes it now. */
export const restingInForce: Statuses = ['applied', 'revertFailed']
/** Can be overdue. One that could not be undone has words of its own, and was told of. */
export const canBeOverdue: Statuses = ['applied', 'reverting']
/**
 * The worker undoes what has ended within seconds; so long after its end a change
 * still in force is overdue.
 */
export const overdueAfterSeconds = 60
/** Begun, and not done. */
export const notAchieved: Statuses = ['failed', 'drifted']
/** Begun, and by now without effect. */
export const withoutEffect: Statuses = ['reverted', ...notAchieved]
