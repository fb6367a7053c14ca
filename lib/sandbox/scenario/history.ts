import type { World } from '../world'
import { makeDemoHistory } from './demo/history'

/**
 * Puts the scenario's made-up 90 days before the events seen since, once per account and Region.
 */
export function fillHistory(world: World, accountId: string, region: string): void {
  const state = world.accounts.get(accountId)?.regions.get(region)
  if (!state?.historyDue || world.builtAt === undefined) return
  state.historyDue = false
  const past = makeDemoHistory({ seed: world.seed, now: world.builtAt }, accountId, region)
  state.events = past.concat(state.events)
}
