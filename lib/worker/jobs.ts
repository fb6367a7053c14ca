import 'server-only'
import { evaluateMarkedKeys, evaluationDueMs } from '@/lib/access/evaluate-keys'
import { discoverAccounts } from '@/lib/accounts/discover'
import { sweeps } from '@/lib/accounts/sweeps'
import { makeCheckpoints } from '@/lib/audit/checkpoint'
import { forgetOldSpending } from '@/lib/auth/budget'
import { forgetOldSessions } from '@/lib/auth/sessions'
import { forgetOldBudgets, forgetOldLeases } from '@/lib/aws/budget/lease-store'
import { expireUnanswered, expiryDueMs } from '@/lib/changes/decide/expire'
import { productionContext } from '@/lib/changes/kinds/execution-context'
import { applyServiceGrantSetting, matchMutations } from '@/lib/changes/match/match-mutations'
import { reconcileChanges } from '@/lib/changes/run/reconcile'
import { remindOfEnds } from '@/lib/changes/run/remind'
import { forgetOldPolicies } from '@/lib/inventory/forget-policies'
import { tidyKeyRows } from '@/lib/inventory/table/tidy'
import { forgetOldSweeps, queueDueSweeps } from '@/lib/sweep/queue'
import { log } from '@/lib/log'
import { makeDeliverLoop } from '@/lib/notify/deliver'
import { forgetOldNotices } from '@/lib/notify/forget'
import { cancelRequestsOfDeactivated } from '@/lib/settings/deactivated-people'
import { forgetOldTrail } from '@/lib/trail/forget'
import { makePollLoop } from '@/lib/trail/lookup/poll'
import { makeLogFilesLoop } from '@/lib/trail/log-files/loop'
import { makePartitionsAhead } from '@/lib/trail/partitions'
import { recountBound, trailDueMs } from '@/lib/trail/bound/recount-bound'
import { recountHours } from '@/lib/trail/recount'
import { evaluateSignals } from '@/lib/trail/signals/evaluate'
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
/**
 * What rests is called when there is something to do (prisma/sql/work.sql), and knows when something
 * is due; a call that was lost costs so much.
 */
const restMs = 20 * seconds

/** A key in use is marked again and again: its resources are counted once in so many seconds. */
const boundAfterSeconds = 10

/** Lists all that the worker does, queues and schedules alike. */
export function listJobs({ id, reports, syncIntervalMinutes }: WorkerFacts): readonly Job[] {
  const checkpoints = makeCheckpoints()
  return [
    {
      name: 'heartbeat',
      everyMs: 5 * seconds,
      atStop: 'handBack',
      run: () => writeHeartbeat(id, reports),
    },
    ...jobsOfChanges(id),
    ...jobsOfInventory(id, syncIntervalMinutes),
    {
      name: 'checkpoint',
      everyMs: seconds,
      restMs,
      atStop: 'handBack',
      due: checkpoints.dueMs,
      run: checkpoints.leave,
    },
    { name: 'deliver', everyMs: seconds, restMs, atStop: 'handBack', queue: makeDeliverLoop() },
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
        await forgetOldSpending()
        await forgetOldBudgets()
        await tidyKeyRows()
        await makePartitionsAhead()
        await forgetOldTrail()
      },
    },
    {
      name: 'trail',
      everyMs: 2 * seconds,
      restMs,
      atStop: 'handBack',
      run: async (stop) => {
        await recountHours(stop)
        await recountBound(boundAfterSeconds, stop)
      },
      due: () => trailDueMs(boundAfterSeconds),
    },
    { name: 'signals', everyMs: 5 * minutes, atStop: 'handBack', run: evaluateSignals },
    { name: 'trailPoll', everyMs: seconds, restMs, atStop: 'handBack', queue: makePollLoop() },
    { name: 'logFiles', everyMs: seconds, restMs, atStop: 'handBack', queue: makeLogFilesLoop() },
    {
      name: 'oldPolicies',
      everyMs: 6 * 60 * minutes,
      atStop: 'handBack',
      run: (stop) => forgetOldPolicies(stop),
    },
  ]
}

/** What was asked for here: done, ended, looked after. */
function jobsOfChanges(id: string): readonly Job[] {
  const watchOverdue = makeOverdueWatch()
  return [
    { name: 'changes', everyMs: 500, restMs, atStop: 'answers', queue: makeChangeLoop(id) },
    {
      name: 'expiry',
      everyMs: 2 * seconds,
      restMs: minutes,
      atStop: 'handBack',
      due: expiryDueMs,
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
      everyMs: 2 * seconds,
      restMs: minutes,
      atStop: 'handBack',
      run: async () => {
        await cancelRequestsOfDeactivated()
      },
    },
    {
      name: 'reconcile',
      everyMs: 5 * minutes, // it looks through all that is in force
      atStop: 'answers',
      run: (stop) => reconcileChanges(productionContext, stop),
    },
    makeMatching(),
  ]
}

/** Whose each mutation is that the trail saw. A setting that changed counts from the first run. */
function makeMatching(): Job {
  let isSettingApplied = false
  return {
    name: 'matching',
    everyMs: seconds,
    restMs,
    atStop: 'handBack',
    run: async (stop) => {
      if (!isSettingApplied) await applyServiceGrantSetting()
      isSettingApplied = true
      await matchMutations(stop)
    },
  }
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
      restMs,
      atStop: 'handBack',
      run: async () => {
        await queueDueSweeps(sweeps)
      },
    },
    { name: 'sweeps', everyMs: 500, restMs, atStop: 'handBack', queue: makeSweepLoop(id) },
    {
      name: 'access',
      everyMs: 2 * seconds,
      restMs,
      atStop: 'handBack',
      due: evaluationDueMs,
      run: () => evaluateMarkedKeys(),
    },
  ]
}
