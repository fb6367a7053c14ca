import 'server-only'
import { evaluateMarkedKeys } from '@/lib/access/evaluate-keys'
import { discoverAccounts } from '@/lib/accounts/discover'
import { sweeps } from '@/lib/accounts/sweeps'
import { leaveCheckpoints } from '@/lib/audit/checkpoint'
import { forgetOldSessions } from '@/lib/auth/sessions'
import { forgetOldLeases } from '@/lib/aws/budget/lease-store'
import { expireUnanswered } from '@/lib/changes/decide/expire'
import { productionContext } from '@/lib/changes/kinds/execution-context'
import { reconcileChanges } from '@/lib/changes/run/reconcile'
import { remindOfEnds } from '@/lib/changes/run/remind'
import { tidyKeyRows } from '@/lib/inventory/table/tidy'
import { forgetOldSweeps, queueDueSweeps } from '@/lib/sweep/queue'
import { log } from '@/lib/log'
import { forgetOldNotices, makeDeliverLoop } from '@/lib/notify/deliver'
import { cancelRequestsOfDeactivated } from '@/lib/settings/deactivated-people'
import type { Job } from '@/lib/work/engine'
import type { LoopReport } from '@/lib/work/loop'
import { makeChangeLoop } from './changes'
import { forgetOldHeartbeats, writeHeartbeat } from './heartbeat'
import { makeOverdueWatch } from './overdue-watch'
import { makeSweepLoop } from './sweeps'

export type WorkerFacts = {
  /** Of this process: whose leases are whose. */
  id: string
  /** How each job ended last, by its name. */
  reports: Readonly<Record<string, LoopReport>>
  syncIntervalMinutes: number
}

const seconds = 1_000
const minutes = 60_000

/** Lists all that the worker does, queues and schedules alike. */
export function listJobs({ id, reports, syncIntervalMinutes }: WorkerFacts): readonly Job[] {
  return [
    {
      name: 'heartbeat',
      everyMs: 3 * seconds,
      atStop: 'handBack',
      run: () => writeHeartbeat(id, reports),
    },
    ...jobsOfChanges(id),
    ...jobsOfInventory(id, syncIntervalMinutes),
    { name: 'checkpoint', everyMs: seconds, atStop: 'handBack', run: () => leaveCheckpoints() },
    { name: 'deliver', everyMs: seconds, atStop: 'handBack', queue: makeDeliverLoop() },
    {
      name: 'housekeeping',
      everyMs: 10 * minutes,
      atStop: 'handBack',
      run: async () => {
        await forgetOldLeases()
        await forgetOldHeartbeats()
        await forgetOldSweeps()
        await forgetOldNotices()
        await forgetOldSessions()
        await tidyKeyRows()
      },
    },
  ]
}

/** What was asked for here: done, ended, looked after. */
function jobsOfChanges(id: string): readonly Job[] {
  const watchOverdue = makeOverdueWatch()
  return [
    { name: 'changes', everyMs: 500, atStop: 'answers', queue: makeChangeLoop(id) },
    {
      name: 'expiry',
      everyMs: 2 * seconds,
      atStop: 'handBack',
      run: async () => {
        await expireUnanswered(productionContext)
      },
    },
    {
      name: 'reminders',
      everyMs: minutes,
      atStop: 'handBack',
      run: async () => {
        await remindOfEnds(productionContext)
        await watchOverdue()
      },
    },
    {
      name: 'deactivatedPeople',
      everyMs: 15 * seconds,
      atStop: 'handBack',
      run: async () => {
        await cancelRequestsOfDeactivated()
      },
    },
    {
      name: 'reconcile',
      everyMs: minutes,
      atStop: 'answers',
      run: (stop) => reconcileChanges(productionContext, stop),
    },
  ]
}

/** What AWS has: which accounts, what is in them, who can use it. */
function jobsOfInventory(id: string, syncIntervalMinutes: number): readonly Job[] {
  return [
    {
      name: 'accounts',
      everyMs: syncIntervalMinutes * minutes,
      atStop: 'handBack',
      run: async () => {
        log.info(await discoverAccounts(), 'accounts')
      },
    },
    {
      name: 'schedule',
      everyMs: 2 * seconds,
      atStop: 'handBack',
      run: async () => {
        await queueDueSweeps(sweeps)
      },
    },
    { name: 'sweeps', everyMs: 500, atStop: 'handBack', queue: makeSweepLoop(id) },
    {
      name: 'access',
      everyMs: 2 * seconds,
      atStop: 'handBack',
      run: () => evaluateMarkedKeys(),
    },
  ]
}
