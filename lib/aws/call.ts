import 'server-only'
import { setTimeout as sleep } from 'node:timers/promises'
import { tokensOf } from './budget/book'
import { AwsProblem, toProblem } from './errors'
import { requestTimeoutMs } from './http'

/** What a caller wants to know about the calls made for it. */
export type CallListener = (api: string, outcome: 'ok' | AwsProblem['kind'], detail: string) => void
export type CallPlace = { accountId: string; region: string; listener?: CallListener; signal?: AbortSignal; deadlineMs?: number }

/** How long a throttled or failing call is tried again before it counts as not answered. */
const defaultDeadlineMs = 10 * 60_000
const firstBackoffMs = 100
const maxBackoffMs = 10_000

/**
 * Sends one AWS call within the request budget of its account, Region and quota row, and again while AWS throttles it or fails
 * inside: it waits in our own queue until the deadline, since the SDK's few attempts would lose some. For reads only; a call
 * that changes something must not be repeated blindly (recipes.md). `api` as in an IAM policy. Throws AwsProblem.
 */
export async function callAws<T>(place: CallPlace, api: string, send: () => Promise<T>): Promise<T> {
  const tokens = tokensOf(place.accountId, place.region, api)
  const until = performance.now() + (place.deadlineMs ?? defaultDeadlineMs)
  for (let attempt = 0; ; attempt++) {
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
    const again = problem.kind === 'throttled' || problem.kind === 'unavailable'
    const pause = Math.random() * Math.min(maxBackoffMs, firstBackoffMs * 2 ** attempt)
    if (!again || performance.now() + pause > until) throw problem
    await sleep(pause, undefined, { signal: place.signal })
  }
}

/**
 * Sends one AWS call within the budget, once: for calls that change something, whose recipe says what to do after a lost answer.
 * `before` runs when its turn has come, right before it leaves. Throws AwsProblem, and what `before` throws.
 */
export async function sendOnce<T>(place: CallPlace, api: string, before: () => Promise<void>, send: () => Promise<T>): Promise<T> {
  const tokens = tokensOf(place.accountId, place.region, api)
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
