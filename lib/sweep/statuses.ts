/**
 * Statuses of sweeps, and each set of them that a decision rests on, once: in TypeScript with
 * `includes`, in SQL as a parameter (`= ANY(${underWay})`).
 */
type SweepStatus = 'queued' | 'running' | SweepEndStatus
export type SweepEndStatus = 'complete' | 'partial' | 'failed'
type Statuses = readonly SweepStatus[]

/** Waits or runs: nobody needs to ask for it again. */
export const underWay: Statuses = ['queued', 'running']
/** Ended, and what it read can be gone by, as far as coverage says. */
export const endedWell: Statuses = ['complete', 'partial']
