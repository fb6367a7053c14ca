import type { Fault } from './limits/faults'
import type { Meter } from './limits/meter'
import type { RequestQuotas } from './limits/request-quotas'
import type { World } from './world'

export type ScenarioOptions = {
  scenario: 'demo' | 'empty' | 'scale'
  keys?: number
  accounts?: number
  regions?: number
  seed?: number
  /** What the console's roles demand in AssumeRole; absent: nothing. */
  externalId?: string
  /** How long events wait until they can be seen, on average; absent: as at AWS. */
  trailDelaySeconds?: number
}

/** One running sandbox: the world and what surrounds it. Snapshots hold the world alone. */
export type Sandbox = {
  options: ScenarioOptions
  world: World
  snapshots: Map<string, World>
  faults: Fault[]
  /**
   * Other emulators do what a dry run only asks about:
   * `PUT /_sandbox/dry-run` makes this one do so too.
   */
  ignoresDryRun: boolean
  /** Seeded, so that a run with faults can be had again. */
  random: () => number
  quotas: RequestQuotas
  meter: Meter
}
