import 'server-only'
import { executeChange } from '@/lib/changes/run/execute'
import { claimChanges, releaseLease } from '@/lib/changes/run/lease'
import { productionContext } from '@/lib/changes/kinds/execution-context'
import { AppError } from '@/lib/errors'
import { log } from '@/lib/log'

/**
 * How many changes one worker has under way. Apart, so that what is over is undone
 * however much waits to be done.
 */
const lanes = [
  { mode: 'undo', width: 48 },
  { mode: 'do', width: 16 },
] as const

/**
 * After something that nobody thought of, so that it neither goes round at once nor is forgotten.
 */
const againSeconds = 15

/** Claims changes while there is room and executes them; `settled` waits for those under way. */
export function makeChangeLoop(owner: string) {
  const running = { undo: new Set<Promise<void>>(), do: new Set<Promise<void>>() }
  return {
    async claim(stop: AbortSignal): Promise<void> {
      for (const { mode, width } of lanes) {
        const room = width - running[mode].size
        if (room <= 0) continue
        for (const lease of await claimChanges(productionContext, owner, mode, room)) {
          const work = executeChange(productionContext, lease, stop)
            .catch(async (error: unknown) => {
              log.error(
                { err: error, change: lease.changeId, attempt: lease.attempt },
                'a change broke off; it is taken up again later',
              )
              await releaseLease(
                productionContext,
                lease,
                againSeconds,
                error instanceof AppError
                  ? error.message
                  : 'It broke off on our side. Whoever runs this console finds the reason in the log of the worker.',
              )
            })
            .catch(() => {}) // the database is away: the lease runs out by itself
          running[mode].add(work)
          void work.finally(() => running[mode].delete(work))
        }
      }
    },
    settled: () => Promise.allSettled([...running.undo, ...running.do]),
  }
}
