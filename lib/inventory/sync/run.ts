import 'server-only'
import { setMaxListeners } from 'node:events'
import { db, sql, type Tx } from '@/lib/db/client'
import { env } from '@/lib/env'
import { callAws, type CallPlace } from '@/lib/aws/call'
import type { Reader } from '@/lib/aws/clients'
import { AwsProblem, toProblem } from '@/lib/aws/errors'
import { isAccountWideDenial, type ProblemKind } from '@/lib/aws/problem'
import { homeRegion } from '@/lib/aws/regions'
import { log } from '@/lib/log'
import { endSweep, releaseSweep, renewSweep, type Ending, type SweepLease } from './lease'
import { Tally } from './tally'

/** One sweep under way: what a runner reads with, and where it says how far it is. */
export type Run = {
  readonly lease: SweepLease
  readonly reader: Reader
  readonly signal: AbortSignal
  readonly tally: Tally
  /** Calls under way that find out for everyone whether an API is still refused. */
  readonly checks: Map<string, Promise<unknown>>
  progress: { itemsDone: number; itemsTotal: number | null }
  /** The database's clock, ms: what observations are dated by, so that two workers agree on what is newer. */
  now: () => number
  /** An AWS call of this account and Region within the budget. Throws AwsProblem. */
  call: <T>(api: string, send: () => Promise<T>) => Promise<T>
}

/** What a runner found; `conclude` runs in the transaction that ends the sweep. */
export type Outcome = Ending & { conclude?: (tx: Tx) => Promise<void> }
export type Runner = (run: Run) => Promise<Outcome>

const renewEveryMs = 1_000

/** Runs a claimed sweep to its end. Whatever it throws fails this sweep alone. */
export async function runSweep(
  lease: SweepLease,
  runner: Runner,
  stop: AbortSignal,
): Promise<void> {
  const lost = new AbortController()
  const signal = AbortSignal.any([stop, lost.signal])
  // Every call that waits for its token listens; that is no leak.
  setMaxListeners(0, signal, stop)
  const run = await openRun(lease, signal)
  const progress = () => ({ tally: run.tally, ...run.progress })
  const timer = setInterval(() => {
    renewSweep(lease, progress()).then(
      (held) => {
        if (!held) lost.abort(new Error('the lease of this sweep was lost'))
      },
      (error: unknown) => log.warn({ err: error, sweep: lease.id }, 'a sweep could not be renewed'),
    )
  }, renewEveryMs)
  try {
    const outcome = await attempt(runner, run)
    if (stop.aborted && outcome.status === 'failed') await releaseSweep(lease)
    else if (!lost.signal.aborted) await endSweep(lease, progress(), outcome, outcome.conclude)
  } finally {
    clearInterval(timer)
  }
}

async function openRun(lease: SweepLease, signal: AbortSignal): Promise<Run> {
  const account = await db.account.findUnique({ where: { id: lease.accountId } })
  const before = Date.now()
  const [clock] = await sql.query<{ now: Date }>('SELECT clock_timestamp() AS now')
  const ahead = (clock?.now.getTime() ?? before) - (before + Date.now()) / 2
  const refused = await sql.query<{ api: string }>(
    `SELECT "api" FROM "Coverage"
     WHERE "accountId" = $1 AND "region" = $2 AND "status" IN ('denied', 'unsupported', 'failed')`,
    [lease.accountId, lease.region],
  )
  const tally = new Tally(new Set(refused.map((row) => row.api)))
  const reader: Reader = {
    roleArn: account?.readRoleArn ?? null,
    region: lease.region || homeRegion(account?.partition ?? 'aws'),
    externalId: env().CLAVIGER_EXTERNAL_ID ?? '',
  }
  const call = makeCall(tally, { accountId: lease.accountId, region: reader.region, signal })
  return {
    lease,
    reader,
    signal,
    tally,
    call,
    checks: new Map(),
    progress: { itemsDone: 0, itemsTotal: null },
    now: () => Date.now() + ahead,
  }
}

const givenUp: readonly ProblemKind[] = ['throttled', 'unavailable', 'validation', 'unexpected']

/**
 * Calls of one sweep, counted in its tally. An API that the tally knows to fail every time is not
 * called.
 */
function makeCall(tally: Tally, at: CallPlace): Run['call'] {
  const place: CallPlace = {
    ...at,
    isBroken: (api) => tally.isBroken(api),
    listener: (api, outcome, detail) =>
      tally.note(api, outcome, detail, isAccountWideDenial(detail)),
  }
  return async (api, send) => {
    const hopeless = tally.whyAllFailed(api)
    if (hopeless?.kind === 'unavailable') {
      const [code = ''] = hopeless.detail.split(':')
      throw new AwsProblem('unavailable', code, hopeless.detail.slice(code.length + 2), api)
    }
    const answersBefore = tally.answersOf(api)
    try {
      return await callAws(place, api, send)
    } catch (error) {
      if (error instanceof AwsProblem) {
        const detail = `${error.code}: ${error.message}`
        const isOwn = error.api === api
        const isFailing = isOwn && error.kind === 'unavailable'
        if (givenUp.includes(error.kind)) {
          tally.giveUp(error.api, detail, isFailing ? answersBefore : null)
        } else if (!isOwn) {
          tally.note(error.api, error.kind, detail, true)
        }
      }
      throw error
    }
  }
}

async function attempt(runner: Runner, run: Run): Promise<Outcome> {
  try {
    return await runner(run)
  } catch (error) {
    if (run.signal.aborted) return { status: 'failed', problem: 'stopped' }
    const problem = toProblem(error, run.lease.kind)
    if (!(error instanceof AwsProblem))
      log.error({ err: error, sweep: run.lease.id, kind: run.lease.kind }, 'a sweep failed')
    return { status: 'failed', problem: `${problem.api}: ${problem.code}: ${problem.message}` }
  }
}
