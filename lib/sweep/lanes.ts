import 'server-only'
import { log } from '@/lib/log'
import { makeLanes, type Lanes } from '@/lib/work/lanes'
import { claimSweeps, sweepsDueMs } from './lease'
import { runSweep } from './run'
import type { Lane, Sweep } from './sweep'

/** How many sweeps of a lane one worker has under way. */
const widths: Readonly<Record<Lane, number>> = {
  asked: 8,
  quick: 12,
  keys: 24,
  slow: 100,
  trail: 50,
}

/** Makes the loop that does these sweeps. */
export function makeSweepLanes(owner: string, sweeps: readonly Sweep[]): Lanes {
  const byKind = new Map(sweeps.map((sweep) => [sweep.kind, sweep]))
  const lanes = (['asked', 'quick', 'keys', 'slow', 'trail'] as const).map((lane) => ({
    width: widths[lane],
    kinds: sweeps.filter((sweep) => sweep.lane === lane).map(({ kind }) => kind),
  }))
  return makeLanes({
    lanes,
    claim: ({ kinds }, most) => claimSweeps(owner, kinds, most),
    due: (free) => sweepsDueMs(free.flatMap(({ kinds }) => kinds)),
    run: async (lease, stop) => {
      const sweep = byKind.get(lease.kind)
      if (sweep) await runSweep(lease, sweep, sweeps, stop)
    },
    brokeOff: ({ id, kind }, error) =>
      log.error({ err: error, sweep: id, kind }, 'a sweep broke off'),
  })
}
