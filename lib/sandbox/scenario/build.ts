import type { World } from '../world'
import { buildDemo } from './demo/build'
import { buildEmpty } from './empty'
import { buildScale } from './scale'

export type ScenarioOptions = {
  scenario: 'demo' | 'empty' | 'scale'
  /** Of `scale`: how many keys, over how many accounts and Regions. */
  keys?: number
  accounts?: number
  regions?: number
  seed?: number
  /** The sandbox's clock, epoch ms: all dates are relative to it. */
  now: number
  /** What the console's roles demand in AssumeRole; absent: nothing. */
  externalId?: string
}

/**
 * The whole of AWS as a scenario has it. The same options give the same
 * world, but for key material.
 */
export function buildScenario(options: ScenarioOptions): World {
  switch (options.scenario) {
    case 'demo':
      return buildDemo(options)
    case 'empty':
      return buildEmpty(options)
    case 'scale':
      return buildScale(options)
  }
}
