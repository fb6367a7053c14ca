import 'server-only'
import { noteOverdue } from '../changes/run/overdue'
import { overdueAfterSeconds } from '../change-status'
import { productionContext } from '../changes/kinds/execution-context'

/**
 * Makes what tells people of changes past their end. A worker that has just started finds what
 * ended while none ran, and undoes it: it says nothing of that before it had the time to.
 */
export function makeOverdueWatch(clock: () => number = () => performance.now()) {
  const startedAt = clock()
  return async (): Promise<void> => {
    if (clock() - startedAt >= overdueAfterSeconds * 1_000)
      await noteOverdue(productionContext, 'worker')
  }
}
