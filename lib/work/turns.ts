/**
 * How long one piece of work holds the event loop before everything else has its turn. All that
 * runs in turns takes one turn for each round of the loop, however many run side by side.
 */
const sliceMs = 15

const waiting: (() => void)[] = []

function giveTurn(): void {
  waiting.shift()?.()
  if (waiting.length > 0) setImmediate(giveTurn)
}

const nextTurn = () =>
  new Promise<void>((resolve) => {
    waiting.push(resolve)
    if (waiting.length === 1) setImmediate(giveTurn)
  })

/**
 * Does the same for each of many things without holding up the process. Stops at `until` (as
 * performance.now() tells the time): the results are then those of the first ones, and fewer.
 */
export async function mapInTurns<T, R>(
  items: Iterable<T>,
  each: (item: T) => R,
  until = Infinity,
): Promise<R[]> {
  const results: R[] = []
  let sliceEnd = performance.now() + sliceMs
  for (const item of items) {
    if (performance.now() >= sliceEnd) {
      await nextTurn()
      if (performance.now() >= until) break
      sliceEnd = performance.now() + sliceMs
    }
    results.push(each(item))
  }
  return results
}
