import type { World } from './world'

/**
 * The sandbox's time, epoch ms. Signatures and STS sessions go by the machine's clock instead,
 * so that advancing ends none.
 */
export function sandboxNow(world: World): number {
  return Date.now() + world.clockAheadMs
}
