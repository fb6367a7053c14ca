import 'server-only'
import { setMaxListeners } from 'node:events'
import { db, sql } from '@/lib/db/client'
import { readWallClock } from '@/lib/db/clock'
import { env } from '@/lib/env'
import { callAws, type CallPlace } from '@/lib/aws/call'
import type { Reader } from '@/lib/aws/clients'
import { AwsProblem, toProblem } from '@/lib/aws/errors'
import { isAccountWideDenial, type ProblemKind } from '@/lib/aws/problem'
import { homeRegion } from '@/lib/aws/regions'
import { log } from '@/lib/log'
import { endSweep, releaseSweep, renewSweep, type SweepLease } from './lease'
import { queueFollowers } from './queue'
import type { Outcome, Run, Runner, Sweep } from './sweep'
import { Tally } from './tally'

const renewEveryMs = 1_000

/**
 * Runs a claimed sweep to its end. Whatever it throws fails this sweep alone. `sweeps`: all there
 * are, of which some follow this one.
 */
export async function runSweep(
  lease: SweepLease,
  sweep: Sweep,
  sweeps: readonly Sweep[],
  stop: AbortSignal,
): Promise<void> {
  const lost = new AbortController()
  const signal = AbortSignal.any([stop, lost.signal])
  // Every call that waits for its token listens; that is no leak.
  setMaxListeners(0, signal, stop)
  const run = await openRun(lease, sweep, sweeps, signal)
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
    const outcome = await attempt(sweep.run, run)
    if (stop.aborted && outcome.status === 'failed') await releaseSweep(lease)
    else if (!lost.signal.aborted) await endSweep(lease, progress(), outcome, outcome.conclude)
  } finally {
    clearInterval(timer)
  }
}

async function openRun(
  lease: SweepLease,
  sweep: Sweep,
  sweeps: readonly Sweep[],
  signal: AbortSignal,
): Promise<Run> {
  const account = await db.account.findUnique({ where: { id: lease.accountId } })
  const before = Date.now()
  const clock = await readWallClock()
  const ahead = clock.getTime() - (before + Date.now()) / 2
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
  const call = makeCall(sweep, tally, { accountId: lease.accountId, region: reader.region, signal })
  return {
    lease,
    after: sweep.after ?? null,
    reader,
    signal,
    tally,
    call,
    checks: new Map(),
    progress: { itemsDone: 0, itemsTotal: null },
    now: () => Date.now() + ahead,
    queueFollowers: () =>
      queueFollowers(
        lease,
        sweeps.filter(({ after }) => after === sweep.kind),
      ),
  }
}

const givenUp: readonly ProblemKind[] = ['throttled', 'unavailable', 'validation', 'unexpected']

/**
 * Makes the calls of one sweep, counted in its tally. An API that the tally knows to
 * fail every time is not called.
 */
function makeCall(sweep: Sweep, tally: Tally, at: CallPlace): Run['call'] {
  const place: CallPlace = {
    ...at,
    isBroken: (api) => tally.isBroken(api),
    listener: (api, outcome, detail) =>
      tally.note(api, outcome, detail, isAccountWideDenial(detail)),
  }
  return async (api, send) => {
    // What is not named there is neither in the role to deploy, nor told where it is missing.
    if (!Object.hasOwn(sweep.needs, api))
      throw new Error(`the sweep ${sweep.kind} calls ${api}, which it does not say it needs`)
    const whyFailed = tally.whyAllFailed(api)
    if (whyFailed?.kind === 'unavailable') {
      const [code = ''] = whyFailed.detail.split(':')
      throw new AwsProblem('unavailable', code, whyFailed.detail.slice(code.length + 2), api)
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
