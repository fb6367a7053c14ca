import 'server-only'
import { randomUUID } from 'node:crypto'
import { discoverAccounts } from '@/lib/accounts/discover'
import { leaveCheckpoints } from '@/lib/audit/checkpoint'
import { closeBudget } from '@/lib/aws/budget/book'
import { forgetOldLeases } from '@/lib/aws/budget/ledger'
import { expireUnanswered } from '@/lib/changes/expire'
import { remindOfEnds } from '@/lib/changes/remind'
import { reconcileChanges } from '@/lib/changes/reconcile'
import { realWorld } from '@/lib/changes/world'
import { closeDatabase } from '@/lib/db/client'
import { assertSettings } from '@/lib/env'
import { forgetOldSweeps, queueDueSweeps } from '@/lib/inventory/sync/queue'
import { log } from '@/lib/log'
import { forgetOldSessions } from '@/lib/auth/sessions'
import { forgetOldNotices, makeDeliverLoop } from '@/lib/notify/deliver'
import { voidRequestsOfLeavers } from '@/lib/settings/leaving'
import { makeChangeLoop } from './changes'
import { endHeartbeat, forgetOldHeartbeats, writeHeartbeat } from './heartbeat'
import { runLoop, type Loop, type LoopReport } from './loop'
import { makeSweepLoop } from './sweeps'

/** The background process: finds accounts, queues what is due, sweeps. Others like it may run beside it. */
const id = randomUUID()
const { CLAVIGER_SYNC_INTERVAL_MINUTES } = assertSettings('worker')
const stopping = new AbortController()
const sweeps = makeSweepLoop(id)
const changes = makeChangeLoop(id)
const deliveries = makeDeliverLoop()
const reports: Record<string, LoopReport> = {}

const loops: Loop[] = [
  { name: 'heartbeat', everyMs: 3_000, run: () => writeHeartbeat(id, reports) },
  { name: 'changes', everyMs: 500, run: (signal) => changes.claim(signal) },
  { name: 'expiry', everyMs: 2_000, run: async () => { await expireUnanswered(realWorld) } },
  { name: 'reminders', everyMs: 60_000, run: async () => { await remindOfEnds(realWorld) } },
  { name: 'leavers', everyMs: 15_000, run: async () => { await voidRequestsOfLeavers() } },
  { name: 'reconcile', everyMs: 60_000, run: (signal) => reconcileChanges(realWorld, signal) },
  { name: 'accounts', everyMs: CLAVIGER_SYNC_INTERVAL_MINUTES * 60_000, run: async () => { log.info(await discoverAccounts(), 'accounts') } },
  { name: 'schedule', everyMs: 2_000, run: async () => { await queueDueSweeps() } },
  { name: 'sweeps', everyMs: 500, run: (signal) => sweeps.claim(signal) },
  { name: 'checkpoint', everyMs: 1_000, run: () => leaveCheckpoints() },
  { name: 'deliver', everyMs: 1_000, run: () => deliveries.claim() },
  { name: 'housekeeping', everyMs: 600_000, run: async () => { await forgetOldLeases(); await forgetOldHeartbeats(); await forgetOldSweeps(); await forgetOldNotices(); await forgetOldSessions() } },
]

function report(name: string, state: LoopReport, error?: unknown): void {
  reports[name] = state
  if (!state.ok) log.warn({ loop: name, err: error }, 'a loop failed and tries again')
}

/** Leases are handed back within this time; after it the process ends as it is, and the leases run out by themselves. */
const shutdownMs = 5_000

async function shutDown(signal: string): Promise<void> {
  if (stopping.signal.aborted) return
  log.info({ signal }, 'stopping')
  setTimeout(() => process.exit(0), shutdownMs).unref()
  stopping.abort(new Error('the worker is stopping'))
  await Promise.all([sweeps.settled(), deliveries.settled()])
  await Promise.allSettled([closeBudget(), endHeartbeat(id)])
  await closeDatabase()
  process.exit(0)
}
process.once('SIGTERM', () => void shutDown('SIGTERM'))
process.once('SIGINT', () => void shutDown('SIGINT'))

log.info({ worker: id }, 'worker started')
await Promise.all(loops.map((loop) => runLoop(loop, stopping.signal, report)))
