/** Numbers that are the same for the same seed (mulberry32). */
export type Random = {
  /** A whole number from 0 up to, not including, `below`. */
  next: (below: number) => number
  pick: <T>(from: readonly T[]) => T
  /** True once in `times`. */
  once: (times: number) => boolean
}

export function makeRandom(seed: number): Random {
  let state = seed >>> 0
  const roll = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const next = (below: number) => Math.floor(roll() * below)
  const pick = <T>(from: readonly T[]): T => {
    const one = from[next(from.length)]
    if (one === undefined) throw new Error('there is nothing to pick from')
    return one
  }
  return { next, pick, once: (times) => next(times) === 0 }
}
