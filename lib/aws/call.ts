import 'server-only'
import { setTimeout as sleep } from 'node:timers/promises'
import { bucketOf } from './budget/local-budget'
import { AwsProblem, toProblem } from './errors'
import { requestTimeoutMs } from './http'

/** What a caller wants to know about the calls made for it. */
type CallListener = (api: string, outcome: 'ok' | AwsProblem['kind'], detail: string) => void
export type CallPlace = {
  accountId: string
  region: string
  listener?: CallListener
  signal?: AbortSignal
  /**
   * How long the caller waits, whatever goes wrong. Without it, throttling and failing have the
   * patience below.
   */
  deadlineMs?: number
  /**
   * Whether another call has found out meanwhile that this API fails every time: then it is not
   * tried again.
   */
  isBroken?: (api: string) => boolean
}

/**
 * How long a throttled call is tried again. AWS works and asks us to wait, so this patience is
 * long.
 */
const throttledPatienceMs = 10 * 60_000
/**
 * How often a call that fails inside AWS (a 5xx, no connection, no answer) is tried, over three to
 * six seconds: enough for a burst of errors, and short where an operation fails for ever.
 */
const failingTries = 7
/** For failures that each take long, such as a request that is never answered. */
const failingPatienceMs = 45_000
const firstBackoffMs = 100
const maxBackoffMs = 10_000

/**
 * Sends one AWS call within the request budget of its account, Region and quota row, and again
 * while AWS throttles it or fails inside: it waits in our own queue, since the SDK's few attempts
 * would lose some. For reads only; a call that changes something must not be repeated blindly.
 * `api` as in an IAM policy. Throws AwsProblem.
 */
export async function callAws<T>(
  place: CallPlace,
  api: string,
  send: () => Promise<T>,
): Promise<T> {
  const tokens = bucketOf(place.accountId, place.region, api)
  const patience = makePatience(place, api)
  for (;;) {
    const wait = tokens.take(place.signal)
    if (wait) await wait
    let problem: AwsProblem
    try {
      const answer = await send()
      tokens.give()
      place.listener?.(api, 'ok', '')
      return answer
    } catch (error) {
      problem = toProblem(error, api)
      // Given up without an answer: AWS may count it as late as its own patience lasts.
      tokens.give(problem.code === 'TimeoutError' ? requestTimeoutMs : 0)
    }
    // A problem of another api (credentials) was counted and retried there.
    if (problem.api !== api) throw problem
    if (problem.kind === 'throttled') tokens.throttled = true
    place.listener?.(api, problem.kind, `${problem.code}: ${problem.message}`)
    const pause = patience.pauseAfter(problem.kind)
    if (pause === null) throw problem
    await sleep(pause, undefined, { signal: place.signal })
  }
}

/**
 * How long to wait before the next try of one call, by how it went so far; null: it is not tried
 * again.
 */
function makePatience({ deadlineMs, isBroken }: CallPlace, api: string) {
  const begunAt = performance.now()
  let failingSince: number | null = null
  let throttles = 0
  let failures = 0
  const backoff = (tries: number) => Math.min(maxBackoffMs, firstBackoffMs * 2 ** tries)
  const isWithin = (pause: number, since: number, ms: number) =>
    performance.now() + pause <= since + ms
  return {
    pauseAfter(kind: AwsProblem['kind']): number | null {
      if (kind === 'throttled') {
        const pause = Math.random() * backoff(throttles + failures)
        throttles += 1
        return isWithin(pause, begunAt, deadlineMs ?? throttledPatienceMs) ? pause : null
      }
      if (kind !== 'unavailable' || isBroken?.(api)) return null
      failingSince ??= performance.now()
      // At least half of the time, so that the tries outlast a burst whatever the dice say.
      const pause = (0.5 + Math.random() / 2) * backoff(failures)
      failures += 1
      if (deadlineMs !== undefined) return isWithin(pause, begunAt, deadlineMs) ? pause : null
      return failures < failingTries && isWithin(pause, failingSince, failingPatienceMs)
        ? pause
        : null
    },
  }
}

/**
 * Sends one AWS call within the budget, once: for calls that change something, whose recipe says
 * what to do after a lost answer. `before` runs when its turn has come, right before it leaves.
 * Throws AwsProblem, and what `before` throws.
 */
export async function sendOnce<T>(
  place: CallPlace,
  api: string,
  before: () => Promise<void>,
  send: () => Promise<T>,
): Promise<T> {
  const tokens = bucketOf(place.accountId, place.region, api)
  const wait = tokens.take(place.signal)
  if (wait) await wait
  try {
    await before()
  } catch (error) {
    tokens.give()
    throw error
  }
  try {
    const answer = await send()
    tokens.give()
    return answer
  } catch (error) {
    const problem = toProblem(error, api)
    tokens.give(problem.code === 'TimeoutError' ? requestTimeoutMs : 0)
    if (problem.kind === 'throttled') tokens.throttled = true
    throw problem
  }
}
