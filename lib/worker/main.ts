import 'server-only'
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { evaluateMarkedKeys } from '@/lib/access/evaluate-keys'
import { discoverAccounts } from '@/lib/accounts/discover'
import { leaveCheckpoints } from '@/lib/audit/checkpoint'
import { closeBudget } from '@/lib/aws/budget/local-budget'
import { forgetOldLeases } from '@/lib/aws/budget/lease-store'
import { expireUnanswered } from '@/lib/changes/decide/expire'
import { remindOfEnds } from '@/lib/changes/run/remind'
import { reconcileChanges } from '@/lib/changes/run/reconcile'
import { productionContext } from '@/lib/changes/kinds/execution-context'
import { closeDatabase } from '@/lib/db/client'
import { assertSettings } from '@/lib/env'
import { forgetOldSweeps, queueDueSweeps } from '@/lib/inventory/sync/queue'
import { log } from '@/lib/log'
import { forgetOldSessions } from '@/lib/auth/sessions'
import { forgetOldNotices, makeDeliverLoop } from '@/lib/notify/deliver'
import { cancelRequestsOfDeactivated } from '@/lib/settings/deactivated-people'
import { makeChangeLoop } from './changes'
import { endHeartbeat, forgetOldHeartbeats, writeHeartbeat } from './heartbeat'
import { runLoop, type Loop, type LoopReport } from '@/lib/work/loop'
import { makeOverdueWatch } from './overdue-watch'
import { makeSweepLoop } from './sweeps'

/** The background process: finds accounts, queues what is due, sweeps. Others like it may run beside it. */
const id = randomUUID()
const { CLAVIGER_SYNC_INTERVAL_MINUTES } = assertSettings('worker')
const stopping = new AbortController()
const sweeps = makeSweepLoop(id)
const changes = makeChangeLoop(id)
const deliveries = makeDeliverLoop()
const watchOverdue = makeOverdueWatch()
const reports: Record<string, LoopReport> = {}

const loops: Loop[] = [
  { name: 'heartbeat', everyMs: 3_000, run: () => writeHeartbeat(id, reports) },
  { name: 'changes', everyMs: 500, run: (signal) => changes.claim(signal) },
  {
    name: 'expiry',
    everyMs: 2_000,
    run: async () => {
      await expireUnanswered(productionContext)
    },
  },
  {
    name: 'reminders',
    everyMs: 60_000,
    run: async () => {
      await remindOfEnds(productionContext)
      await watchOverdue()
    },
  },
  {
    name: 'leavers',
    everyMs: 15_000,
    run: async () => {
      await cancelRequestsOfDeactivated()
    },
  },
  {
    name: 'reconcile',
    everyMs: 60_000,
    run: (signal) => reconcileChanges(productionContext, signal),
  },
  {
    name: 'accounts',
    everyMs: CLAVIGER_SYNC_INTERVAL_MINUTES * 60_000,
    run: async () => {
      log.info(await discoverAccounts(), 'accounts')
    },
  },
  {
    name: 'schedule',
    everyMs: 2_000,
    run: async () => {
      await queueDueSweeps()
    },
  },
  { name: 'sweeps', everyMs: 500, run: (signal) => sweeps.claim(signal) },
  { name: 'access', everyMs: 2_000, run: () => evaluateMarkedKeys() },
  { name: 'checkpoint', everyMs: 1_000, run: () => leaveCheckpoints() },
  { name: 'deliver', everyMs: 1_000, run: () => deliveries.claim() },
  {
    name: 'housekeeping',
    everyMs: 600_000,
    run: async () => {
      await forgetOldLeases()
      await forgetOldHeartbeats()
      await forgetOldSweeps()
      await forgetOldNotices()
      await forgetOldSessions()
    },
  },
]

function report(name: string, state: LoopReport, error?: unknown): void {
  reports[name] = state
  if (!state.ok) log.warn({ loop: name, err: error }, 'a loop failed and tries again')
}

const ended = new Map(loops.map((loop) => [loop.name, runLoop(loop, stopping.signal, report)]))

/** Sweeps and messages are handed back within this time; after it their leases run out by themselves. */
const handBackMs = 4_500
/**
 * A call to AWS that is under way gets this long to answer: whoever ends this process must leave it more (lib/launch/product.mjs
 * does). After it the process ends as it is, and the next worker looks for the effect of the call.
 */
const answerMs = 13_000

/** Resolves when every change under way has stored its answer, or was handed back before anything was sent. */
async function settleChanges(): Promise<void> {
  await Promise.all([ended.get('changes'), ended.get('reconcile')]) // a claim on its way comes first
  await changes.settled()
}

async function settleRest(): Promise<void> {
  await Promise.all(ended.values())
  await Promise.all([sweeps.settled(), deliveries.settled()])
}

async function shutDown(signal: string): Promise<void> {
  if (stopping.signal.aborted) return
  log.info({ signal }, 'stopping')
  setTimeout(() => process.exit(0), answerMs).unref()
  stopping.abort(new Error('the worker is stopping'))
  await Promise.all([settleChanges(), Promise.race([settleRest(), sleep(handBackMs)])])
  await Promise.allSettled([closeBudget(), endHeartbeat(id)])
  await closeDatabase()
  process.exit(0)
}
// Kept on: without a listener a second signal would end the process amid the answers it waits for.
process.on('SIGTERM', () => void shutDown('SIGTERM'))
process.on('SIGINT', () => void shutDown('SIGINT'))

log.info({ worker: id }, 'worker started')
await Promise.all(ended.values())
