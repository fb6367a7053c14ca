import type { World } from '../world'

/** The earliest moment at which something may happen by itself, per world; a world not here has never been looked through. */
const nextDue = new WeakMap<World['accounts'], number>()

/** Says that something will be due at `at` (epoch ms), so that `settle` looks then. */
export function schedule(world: World, at: number) {
  const known = nextDue.get(world.accounts)
  if (known !== undefined && at < known) nextDue.set(world.accounts, at)
}

export const dueAt = (world: World) => nextDue.get(world.accounts) ?? -Infinity
export const setDueAt = (world: World, at: number) => void nextDue.set(world.accounts, at)
