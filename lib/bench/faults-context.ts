/**
 * The world of an execution with a crash at every point where a process can die: before and after
 * each transaction, query and call.
 */
import { productionContext, type ExecutionContext } from '../changes/kinds/execution-context'

/** The process is gone: nothing of it goes on, and no one learns what it knew. */
export class Crash extends Error {
  override readonly name = 'Crash'
}

/**
 * An ordinary execution has about as many; one that looks through many keys has more, and
 * must not die of that alone.
 */
const firstPoints = 22

/**
 * One world is one life: with `chance` it ends at one of its first points, and from then on
 * everything it is asked throws.
 */
export function makeCrashingContext(
  random: () => number,
  chance: number,
  count: () => void,
): ExecutionContext {
  let dead = false
  let left = random() < chance ? Math.floor(random() * firstPoints) : Infinity
  const die = () => {
    dead = true
    count()
    throw new Crash('the process died here')
  }
  const point = () => {
    if (dead) throw new Crash('the process is dead')
    if (left-- <= 0) die()
  }
  const around = async <T>(run: () => Promise<T>): Promise<T> => {
    point()
    const answer = await run()
    point()
    return answer
  }
  return {
    query: (...statement) => around(() => productionContext.query(...statement)),
    transaction: (run) =>
      around(() =>
        productionContext.transaction(async (tx) => {
          const answer = await run(tx)
          point()
          return answer
        }),
      ),
    read: (place, api, send) => around(() => productionContext.read(place, api, send)),
    write: (place, api, before, send) =>
      around(() =>
        productionContext.write(place, api, before, async () => {
          point()
          const answer = await send()
          point()
          return answer
        }),
      ),
    sleep: async () => {
      point()
    },
  }
}
