import 'server-only'
import { noteOverdue } from '../changes/overdue'
import { overdueAfterSeconds } from '../changes/shapes'
import { realWorld } from '../changes/world'

/**
 * Makes what tells people of changes past their end. A worker that has just started finds what
 * ended while none ran, and undoes it: it says nothing of that before it had the time to.
 */
export function makeOverdueWatch(clock: () => number = () => performance.now()) {
  const startedAt = clock()
  return async (): Promise<void> => {
    if (clock() - startedAt >= overdueAfterSeconds * 1_000) await noteOverdue(realWorld, 'worker')
  }
}
