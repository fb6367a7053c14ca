import { seededRandom } from './limits/faults'
import { makeRequestQuotas } from './limits/request-quotas'
import { awsPace } from './record/pace'
import type { Sandbox, ScenarioOptions } from './sandbox'
import type { World } from './world'

/** A sandbox with its scenario built, quotas not enforced, no faults. */
export async function openSandbox(options: ScenarioOptions): Promise<Sandbox> {
  return {
    options,
    world: await buildWorld(options),
    snapshots: new Map(),
    faults: [],
    ignoresDryRun: false,
    random: seededRandom(options.seed ?? 1),
    quotas: makeRequestQuotas(),
    meter: new Map(),
  }
}

/** Everything as at the start: faults, quotas, meter and snapshots too. */
export async function resetSandbox(sandbox: Sandbox, options: ScenarioOptions): Promise<void> {
  Object.assign(sandbox, await openSandbox(options))
}

async function buildWorld(options: ScenarioOptions): Promise<World> {
  // Loaded when first asked for: building a demo company is no business of
  // a server that starts empty.
  const { buildScenario } = await import('./scenario/build')
  const world = buildScenario({ ...options, now: Date.now() })
  const { trailDelaySeconds } = options
  const delayMs = trailDelaySeconds === undefined ? awsPace.delayMs : trailDelaySeconds * 1000
  return { ...world, trailPace: { ...awsPace, delayMs } }
}
