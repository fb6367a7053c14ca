import type { World } from '../world'
import type { ScenarioOptions } from './build'
import { buildPlain } from './empty'

export function buildScale(options: ScenarioOptions): World {
  return buildPlain('scale', ['111122223333'], options)
}
