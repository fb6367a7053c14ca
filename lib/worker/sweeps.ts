import 'server-only'
import type { SweepKind } from '@/lib/inventory/sync/kinds'
import { claimSweeps } from '@/lib/inventory/sync/lease'
import { runSweep } from '@/lib/inventory/sync/run'
import { runners } from '@/lib/inventory/sync/runners'
import { log } from '@/lib/log'
import { makeLanes, type Lanes } from '@/lib/work/lanes'

/**
 * How many sweeps of which kinds run at the same time in one worker. Apart, so that what takes hours (five last uses a second)
 * never keeps what takes seconds from beginning, and a key somebody waits for never waits behind anything.
 */
const lanes: readonly { kinds: readonly SweepKind[]; width: number }[] = [
  { kinds: ['key'], width: 8 },
  { kinds: ['regions', 'core', 'organization', 'iam', 'quotas'], width: 12 },
  { kinds: ['grants', 'rotations'], width: 24 },
  { kinds: ['lastUsage'], width: 100 },
]

/** Makes the loop that sweeps. */
export const makeSweepLoop = (owner: string): Lanes =>
  makeLanes({
    lanes,
    claim: ({ kinds }, most) => claimSweeps(owner, kinds, most),
    run: (lease, stop) => runSweep(lease, runners[lease.kind], stop),
    brokeOff: ({ id, kind }, error) =>
      log.error({ err: error, sweep: id, kind }, 'a sweep broke off'),
  })
