import 'server-only'
import { executeChange } from '@/lib/changes/run/execute'
import { changesDueMs, claimChanges, releaseLease } from '@/lib/changes/run/lease'
import { productionContext } from '@/lib/changes/kinds/execution-context'
import { AppError } from '@/lib/errors'
import { log } from '@/lib/log'
import { makeLanes, type Lanes } from '@/lib/work/lanes'

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

/** Makes the loop that does and undoes changes. */
export const makeChangeLoop = (owner: string): Lanes =>
  makeLanes({
    lanes,
    claim: ({ mode }, most) => claimChanges(productionContext, owner, mode, most),
    due: (free) => changesDueMs(free.map(({ mode }) => mode)),
    run: (lease, stop) => executeChange(productionContext, lease, stop),
    brokeOff: async (lease, error) => {
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
    },
  })
