import type { TrailEvent } from '../../world'
import type { Times } from '../keys'

export function makeDemoHistory(_times: Times, _accountId: string, _region: string): TrailEvent[] {
  return []
}
