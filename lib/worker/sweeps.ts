import 'server-only'
import { claimSweeps } from '@/lib/inventory/sync/lease'
import { runners } from '@/lib/inventory/sync/runners'
import { runSweep } from '@/lib/inventory/sync/run'
import { log } from '@/lib/log'

/** Sweeps that run at the same time in one worker: most wait for AWS or for their budget. */
const width = 16

/** Claims sweeps while there is room and runs them; `settled` waits for those under way. */
export function makeSweepLoop(owner: string) {
  const running = new Set<Promise<void>>()
  return {
    /** True when it took all it could: there may be more. */
    async claim(stop: AbortSignal): Promise<boolean> {
      const room = width - running.size
      if (room <= 0) return false
      const leases = await claimSweeps(owner, room)
      for (const lease of leases) {
        const work = runSweep(lease, runners[lease.kind], stop)
          .catch((error: unknown) => log.error({ err: error, sweep: lease.id, kind: lease.kind }, 'a sweep broke off'))
        running.add(work)
        void work.finally(() => running.delete(work))
      }
      return leases.length === room && running.size < width
    },
    settled: () => Promise.allSettled(running),
  }
}
