import type { World } from '../world'

/**
 * The earliest moment at which something may happen by itself, per world; a world not here has
 * never been looked through.
 */
const nextLook = new WeakMap<World['accounts'], number>()

/**
 * What a scenario or a test wrote into the world without `schedule` is noticed after this
 * long on the sandbox's clock.
 */
const longestWaitMs = 60_000

/** Says that something will be due at `at` (epoch ms), so that `settle` looks then. */
export function schedule(world: World, at: number) {
  const known = nextLook.get(world.accounts)
  if (known !== undefined && at < known) nextLook.set(world.accounts, at)
}

export const mustLook = (world: World, now: number) =>
  now >= (nextLook.get(world.accounts) ?? -Infinity)

/** After a look: nothing will be due before `next`. */
export const looked = (world: World, now: number, next: number) =>
  void nextLook.set(world.accounts, Math.min(next, now + longestWaitMs))
