import 'server-only'
import { z } from 'zod'
import { AwsProblem } from '../../aws/errors'
import { readClock } from '../../db/clock'
import { AppError } from '../../errors'
import { log } from '../../log'
import type { AwsPlan, Step } from '../kinds/define'
import { Fenced, recordSend, requireFresh, type Attempt } from './attempt'
import { finishChange, type AttemptOutcome } from './finish'
import { backoff, done, drifted, patience, refusal, unproven, wordsOf } from './outcomes'
import { makeReader, makeWriter, type AccountRoles } from '../kinds/reader-writer'
import {
  Drifted,
  type Facts,
  type Observation,
  type AwsReader,
  type AwsWriter,
} from '../kinds/kind'
import { leaseSeconds, releaseLease, renewLease, unsettledSeconds, type Lease } from './lease'
import { factsOf, openChange, type StoredChange } from '../kinds/open'
import { loadClaimed } from './load'
import { queueAfterChange } from './refresh-after'
import { findAltered, findInvalidation } from './invalidated-approval'
import type { ExecutionContext } from '../kinds/execution-context'

const renewEveryMs = 2_000
/** Without a renewal for so long it counts as lost, before another worker may take it. */
const loseAfterMs = leaseSeconds * 1_000 - renewEveryMs - 500
/**
 * Looks and sends of one attempt; then the lease is handed back, so that a change that goes in
 * circles harms nobody.
 */
const mostRounds = 8

/**
 * Does or undoes one claimed change to its end, or as far as it comes: looks, acts if AWS is as it
 * was approved, looks again whenever an answer was lost (lib/changes/README.md, "Effect once").
 * Throws what the database throws; then the lease runs out and the change is taken over.
 */
export async function executeChange(
  execution: ExecutionContext,
  lease: Lease,
  stop: AbortSignal,
): Promise<void> {
  const loaded = await loadClaimed(execution, lease)
  if (!loaded) return
  const lost = new AbortController()
  const lose = () => lost.abort(new Fenced('the lease was lost'))
  let heldAt = performance.now()
  const timer = setInterval(() => {
    const at = performance.now()
    if (at - heldAt > loseAfterMs) return lose()
    renewLease(execution, lease).then(
      (held) => {
        if (held) heldAt = at
        else lose()
      },
      () => {},
    ) // a database that does not answer renews nothing
  }, renewEveryMs)
  try {
    const { change, now } = loaded
    const counts =
      lease.mode === 'do'
        ? { sends: change.sends, lastSentAt: change.lastSentAt }
        : { sends: change.undoSends, lastSentAt: change.undoLastSentAt }
    const attempt: Attempt = {
      execution,
      lease,
      change,
      ...counts,
      now,
      recordedAt: 0,
      signal: AbortSignal.any([stop, lost.signal]),
      lost: lost.signal,
    }
    const ending = await runAttempt(attempt)
    if (ending.to === 'later') await releaseLease(execution, lease, ending.seconds, ending.words)
    else if (await finishChange(execution, lease, change, ending))
      await refreshAfter(change, ending)
  } catch (error) {
    if (error instanceof Fenced || lost.signal.aborted)
      log.info(
        { change: lease.changeId, attempt: lease.attempt },
        'another worker has taken this change over',
      )
    else if (stop.aborted) await releaseLease(execution, lease, 0, null)
    else throw error
  } finally {
    clearInterval(timer)
  }
}

/**
 * Has the inventory read again what was changed, so that it shows it soon. That it could not be
 * asked for is no failure of the change: the next sweep comes anyway.
 */
async function refreshAfter(change: StoredChange, ending: AttemptOutcome): Promise<void> {
  if (ending.to !== 'applied' && ending.to !== 'reverted') return
  await queueAfterChange({ ...change, outcome: JSON.parse(JSON.stringify(ending.outcome)) }).catch(
    (error: unknown) => log.warn({ err: error, change: change.id }, 'no refresh was queued'),
  )
}

type Later = { to: 'later'; seconds: number; words: string | null }

async function runAttempt(attempt: Attempt): Promise<AttemptOutcome | Later> {
  const ending = await endBeforeOpening(attempt)
  if (ending) return ending
  let opened
  try {
    opened = await openChange(attempt.change)
    // what was stored by another version may not be read any more
    if (opened.plan.where === 'aws') stepOf(attempt, opened.plan)
  } catch (error) {
    return endUnread(attempt, error)
  }
  if (opened.plan.where === 'house') return { to: 'house', plan: opened.plan }
  if (!opened.account) throw new Error('a change of AWS without an account')
  return runSteps(attempt, opened.plan, opened.account)
}

/** How an attempt ends whose approval no longer stands, or whose end has come; null: it goes on. */
async function endBeforeOpening(attempt: Attempt): Promise<AttemptOutcome | null> {
  const { change, lease } = attempt
  const invalidation =
    lease.mode === 'do' && attempt.sends === 0
      ? await findInvalidation(attempt.execution, change)
      : findAltered(change)
  if (invalidation && lease.mode === 'undo')
    return {
      to: 'revertFailed',
      problem: `${invalidation} Nothing was undone.`,
      again: patience(lease, 60),
    }
  if (invalidation) return drifted(attempt, invalidation)
  if (lease.mode === 'do' && change.endsAt && change.endsAt <= attempt.now)
    return endedBefore(attempt)
  return null
}

/** How an attempt ends whose change cannot be read as it is stored. Throws what is no such thing. */
function endUnread({ lease, sends }: Attempt, error: unknown): AttemptOutcome | Later {
  const words =
    error instanceof AppError
      ? error.message
      : error instanceof z.ZodError
        ? 'This version of Claviger cannot read what was stored of this change.'
        : null
  if (words === null) throw error
  if (lease.mode === 'undo')
    return { to: 'revertFailed', problem: words, again: patience(lease, 60) }
  return sends === 0 ? { to: 'failed', problem: words } : { to: 'later', seconds: 60, words }
}

/**
 * Concludes a change whose end came first. What was never sent is not begun; what might have reached
 * AWS counts as done and is undone at once.
 */
function endedBefore({ sends }: Attempt): AttemptOutcome {
  if (sends === 0)
    return {
      to: 'failed',
      problem: 'Its end came before it could be done. Nothing was sent to AWS.',
    }
  return {
    to: 'applied',
    outcome: {},
    problem:
      'Its end came before AWS’s answer was known. It is undone now, whatever the answer was.',
  }
}

function stepOf({ lease, change }: Attempt, plan: AwsPlan): Step | null {
  const baseline = factsOf(change.baseline)
  return lease.mode === 'do'
    ? plan.doing(baseline)
    : (plan.undoing?.(baseline, factsOf(change.outcome)) ?? null)
}

async function runSteps(
  attempt: Attempt,
  plan: AwsPlan,
  account: AccountRoles,
): Promise<AttemptOutcome | Later> {
  const step = stepOf(attempt, plan)
  if (!step)
    return { to: 'revertFailed', problem: 'This kind of change cannot be undone.', again: null }
  const clients = openClients(attempt, plan, account)
  const so: SoFar = { answered: null, refused: null, sentBefore: null }
  for (let round = 0; round < mostRounds; round++) {
    const ending = await runRound(attempt, step, clients, so)
    if (ending) return ending
  }
  return {
    to: 'later',
    seconds: 5,
    words: 'AWS’s answers were lost several times. It is tried again.',
  }
}

/** How an attempt reads and writes AWS. `readAfter` goes on when the worker stops. */
type Clients = { read: AwsReader; readAfter: AwsReader; write: AwsWriter; requestIds: string[] }

function openClients(attempt: Attempt, plan: AwsPlan, account: AccountRoles): Clients {
  const { execution, change, signal, lost } = attempt
  const requestIds: string[] = []
  const write = makeWriter(
    execution,
    account,
    plan.place,
    {
      changeId: change.id,
      requesterId: change.request.requesterId,
      statements: plan.sessionPolicy(),
    },
    {
      record: (api) => recordSend(attempt, api),
      requireFresh: () => requireFresh(attempt),
      answered: (id) => void requestIds.push(id),
    },
    signal,
  )
  return {
    read: makeReader(execution, account, plan.place, signal),
    readAfter: makeReader(execution, account, plan.place, lost),
    write,
    requestIds,
  }
}

/** What the calls of an attempt came to. `sentBefore`: the last call before the one that was refused. */
type SoFar = { answered: Facts | null; refused: AwsProblem | null; sentBefore: Date | null }

/** Looks, and acts where nothing is known yet; null: look again. */
async function runRound(
  attempt: Attempt,
  step: Step,
  clients: Clients,
  so: SoFar,
): Promise<AttemptOutcome | Later | null> {
  const isAnswered = so.answered !== null || so.refused !== null
  const over = isAnswered ? attempt.lost : attempt.signal
  over.throwIfAborted()
  const seen = await look(attempt, step, isAnswered ? clients.readAfter : clients.read, so.refused)
  if ('ending' in seen) return seen.ending
  const ending = endBySight(attempt, seen.look, so, clients) ?? endByAnswer(attempt, so)
  if (ending) return ending
  const settle = settlesIn(attempt, step)
  if (settle > 0)
    return {
      to: 'later',
      seconds: settle,
      words:
        'The answer to a call was lost. It may still arrive at AWS: waiting before looking again.',
    }
  so.sentBefore = attempt.lastSentAt
  const acted = await act(attempt, step, clients.write, clients.read)
  if ('ending' in acted) return acted.ending
  if ('outcome' in acted) {
    so.answered = acted.outcome
    if (!step.confirm)
      return done(attempt, { ...acted.outcome, requestIds: clients.requestIds }, false)
  }
  if ('refused' in acted) so.refused = acted.refused
  return null
}

/** What AWS shows to be so, whatever it answered. */
function endBySight(
  attempt: Attempt,
  seen: Observation,
  { answered, refused }: SoFar,
  { requestIds }: Clients,
): AttemptOutcome | Later | null {
  if (seen.is === 'done') {
    if (attempt.lease.mode === 'undo' && refused && refused.kind !== 'notFound')
      return unproven(attempt, refused)
    return done(attempt, { ...answered, ...seen.outcome, requestIds }, seen.already === true)
  }
  if (seen.is === 'drifted') return drifted(attempt, seen.words)
  return seen.is === 'wait' ? { to: 'later', seconds: seen.seconds, words: seen.words } : null
}

/** What AWS answered, where it does not show it. */
function endByAnswer(
  attempt: Attempt,
  { answered, refused, sentBefore }: SoFar,
): AttemptOutcome | Later | null {
  if (refused) return mayComeLate(attempt, sentBefore) ?? refusal(attempt, refused)
  return answered
    ? { to: 'later', seconds: 2, words: 'AWS said yes and does not show it yet.' }
    : null
}

async function look(
  attempt: Attempt,
  step: Step,
  read: AwsReader,
  refused: AwsProblem | null,
): Promise<{ look: Observation } | { ending: AttemptOutcome | Later }> {
  try {
    const now = await readClock(attempt.execution)
    return {
      look: await step.observe(read, {
        sends: attempt.sends,
        lastSentAt: attempt.lastSentAt?.toISOString() ?? null,
        now: now.toISOString(),
      }),
    }
  } catch (error) {
    if (!(error instanceof AwsProblem)) throw error
    return { ending: unseen(attempt, error, refused) }
  }
}

/**
 * Concludes an attempt in which AWS does not let us see what is true. Nothing is sent on a guess;
 * what might have been sent is looked for until it is seen.
 */
function unseen(
  attempt: Attempt,
  problem: AwsProblem,
  refused: AwsProblem | null,
): AttemptOutcome | Later {
  const words = `What is true in AWS could not be read. ${wordsOf(problem)}`
  if (problem.kind === 'throttled' || problem.kind === 'unavailable')
    return { to: 'later', seconds: backoff(attempt), words }
  if (attempt.lease.mode === 'undo') {
    if (problem.kind === 'notFound' && (!refused || refused.kind === 'notFound'))
      return {
        to: 'reverted',
        outcome: {},
        problem: 'The key is not there any more, nor what was to be undone.',
      }
    return { to: 'revertFailed', problem: words, again: patience(attempt.lease, 60) }
  }
  if (attempt.sends > 0 && problem.kind !== 'notFound')
    return {
      to: 'later',
      seconds: 60,
      words: `${words} A call was sent before; its effect is looked for until it can be seen.`,
    }
  return { to: 'failed', problem: attempt.sends > 0 ? words : `${words} Nothing was sent.` }
}

async function act(
  attempt: Attempt,
  step: Step,
  write: AwsWriter,
  read: AwsReader,
): Promise<
  { outcome: Facts } | { refused: AwsProblem } | { lost: true } | { ending: AttemptOutcome | Later }
> {
  try {
    return { outcome: await step.act(write, read) }
  } catch (error) {
    if (error instanceof Drifted) return { ending: drifted(attempt, error.message) }
    if (!(error instanceof AwsProblem)) throw error
    if (error.kind === 'throttled')
      return {
        ending: {
          to: 'later',
          seconds: backoff(attempt),
          words: `AWS throttles ${error.api}. It is tried again.`,
        },
      }
    if (error.kind !== 'unavailable') return { refused: error }
    await attempt.execution.sleep(Math.random() * 200)
    return { lost: true }
  }
}

/**
 * Waits after a refusal that says nothing of a call before it: one that got no answer might still
 * arrive, and is looked for again. Null: there is none.
 */
function mayComeLate({ lease, lastSentAt }: Attempt, sentBefore: Date | null): Later | null {
  const left =
    sentBefore && lastSentAt
      ? unsettledSeconds - (lastSentAt.getTime() - sentBefore.getTime()) / 1_000
      : 0
  if (lease.mode === 'undo' || left <= 0) return null
  return {
    to: 'later',
    seconds: unsettledSeconds,
    words:
      'AWS refused it, but an earlier call got no answer and may still be done: it is looked for again.',
  }
}

function settlesIn({ sends, lastSentAt, now }: Attempt, { settleSeconds }: Step): number {
  if (sends === 0 || settleSeconds === 0 || !lastSentAt) return 0
  return Math.max(0, settleSeconds - (now.getTime() - lastSentAt.getTime()) / 1_000)
}
