import type { World } from '../world'
import { buildDemo } from './demo/build'
import { buildEmpty } from './empty'
import { buildScale } from './scale'
import type { DatedScenario } from './options'

/**
 * The whole of AWS as a scenario has it. The same options give the same
 * world, but for key material.
 */
export function buildScenario(options: DatedScenario): World {
  switch (options.scenario) {
    case 'demo':
      return buildDemo(options)
    case 'empty':
      return buildEmpty(options)
    case 'scale':
      return buildScale(options)
  }
}
