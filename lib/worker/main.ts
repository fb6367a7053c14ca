import 'server-only'
import { randomUUID } from 'node:crypto'
import { closeBudget } from '@/lib/aws/budget/local-budget'
import { closeDatabase } from '@/lib/db/client'
import { listen } from '@/lib/db/listen'
import { assertSettings } from '@/lib/env'
import { log } from '@/lib/log'
import { startJobs } from '@/lib/work/engine'
import type { LoopReport } from '@/lib/work/loop'
import { endHeartbeat } from './heartbeat'
import { listJobs } from './jobs'

/** The background process: does what jobs.ts lists. Others like it may run beside it. */
const id = randomUUID()
const { CLAVIGER_SYNC_INTERVAL_MINUTES: syncIntervalMinutes } = assertSettings('worker')
const reports: Record<string, LoopReport> = {}

function report(name: string, state: LoopReport, error?: unknown): void {
  reports[name] = state
  if (!state.ok) log.warn({ loop: name, err: error }, 'a loop failed and tries again')
}

const engine = startJobs(listJobs({ id, reports, syncIntervalMinutes }), report, (heard) =>
  listen('claviger_work', heard),
)

/**
 * Sweeps and messages are handed back within this time; after it their
 * leases run out by themselves.
 */
const handBackMs = 4_500
/**
 * A call to AWS that is under way gets this long to answer: whoever ends this process must leave it
 * more (lib/launch/product.mjs does). After it the process ends as it is, and the next worker looks
 * for the effect of the call.
 */
const answerMs = 13_000

let isStopping = false
async function shutDown(signal: string): Promise<void> {
  if (isStopping) return
  isStopping = true
  log.info({ signal }, 'stopping')
  setTimeout(() => process.exit(0), answerMs).unref()
  await engine.drain(handBackMs)
  await Promise.allSettled([closeBudget(), endHeartbeat(id)])
  await closeDatabase()
  process.exit(0)
}
// Kept on: without a listener a second signal would end the process amid the answers it waits for.
process.on('SIGTERM', () => void shutDown('SIGTERM'))
process.on('SIGINT', () => void shutDown('SIGINT'))

log.info({ worker: id }, 'worker started')
await engine.ended
