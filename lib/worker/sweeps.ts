import 'server-only'
import type { SweepKind } from '@/lib/inventory/sync/kinds'
import { claimSweeps } from '@/lib/inventory/sync/lease'
import { runSweep } from '@/lib/inventory/sync/run'
import { runners } from '@/lib/inventory/sync/runners'
import { log } from '@/lib/log'

/**
 * How many sweeps of which kinds run at the same time in one worker. Apart, so that what takes
 * hours (five last uses a second) never keeps what takes seconds from beginning, and a key somebody
 * waits for never waits behind anything.
 */
const lanes: readonly { kinds: readonly SweepKind[]; width: number }[] = [
  { kinds: ['key'], width: 8 },
  { kinds: ['regions', 'core', 'organization', 'iam', 'quotas'], width: 12 },
  { kinds: ['grants', 'rotations'], width: 24 },
  { kinds: ['lastUsage'], width: 100 },
]

/** Claims sweeps while there is room and runs them; `settled` waits for those under way. */
export function makeSweepLoop(owner: string) {
  const running = lanes.map(() => new Set<Promise<void>>())
  const begin = (lane: number, work: Promise<void>) => {
    running[lane]?.add(work)
    void work.finally(() => running[lane]?.delete(work))
  }
  return {
    async claim(stop: AbortSignal): Promise<void> {
      for (const [index, { kinds, width }] of lanes.entries()) {
        const room = width - (running[index]?.size ?? 0)
        if (room <= 0) continue
        const leases = await claimSweeps(owner, kinds, room)
        for (const lease of leases) {
          begin(
            index,
            runSweep(lease, runners[lease.kind], stop).catch((error: unknown) =>
              log.error({ err: error, sweep: lease.id, kind: lease.kind }, 'a sweep broke off'),
            ),
          )
        }
      }
    },
    settled: () => Promise.allSettled(running.flatMap((lane) => [...lane])),
  }
}
