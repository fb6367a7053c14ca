/** How an attempt ends, in words for a person, and when what could not be done is tried again. */
import type { AwsProblem } from '../../aws/errors'
import type { Facts } from '../kinds/kind'
import type { Attempt } from './attempt'
import type { AttemptOutcome } from './finish'
import { unsettledSeconds, type Lease } from './lease'

/**
 * Returns seconds to wait, up to 90, with chance in it, so that what was throttled together does
 * not come back together.
 */
export const backoff = ({ lease }: Attempt): number =>
  Math.min(60, 0.5 * 2 ** Math.min(lease.attempt, 7)) * (0.5 + Math.random())

/**
 * Returns seconds to wait before what failed is tried again: ever longer, up to a quarter of an
 * hour, since a role might be gone for weeks and each try is in the audit log.
 */
export const patience = ({ attempt }: Lease, seconds: number): number =>
  Math.min(900, seconds * 2 ** Math.min(8, Math.max(0, attempt - 20)))

export const wordsOf = ({ api, code, message }: AwsProblem): string =>
  `AWS refused ${api} (${code}): ${message}${/[.!?]$/u.test(message) ? '' : '.'}`

export function done({ lease }: Attempt, outcome: Facts, already: boolean): AttemptOutcome {
  const problem = already ? 'It was so already; nothing was sent to AWS.' : null
  return lease.mode === 'do'
    ? { to: 'applied', outcome, problem }
    : { to: 'reverted', outcome, problem }
}

export function drifted({ lease, sends }: Attempt, words: string): AttemptOutcome {
  if (lease.mode === 'undo')
    return {
      to: 'revertFailed',
      problem: `${words} Nothing was overwritten; undo it by a new request if it still should be.`,
      again: null,
    }
  return {
    to: 'drifted',
    problem:
      sends > 0 ? `${words} A call of this change was sent before.` : `${words} Nothing was sent.`,
  }
}

export function refusal(turn: Attempt, problem: AwsProblem): AttemptOutcome {
  const words = `${wordsOf(problem)} AWS was read again afterwards: it is as it was before.`
  return turn.lease.mode === 'do'
    ? { to: 'failed', problem: words }
    : {
        to: 'revertFailed',
        problem: words,
        again: patience(turn.lease, Math.max(5, backoff(turn))),
      }
}

/**
 * Ends an attempt to undo what AWS does not show and refuses to undo: it might only be slow to show
 * it, so it is looked for once more.
 */
export const unproven = ({ lease }: Attempt, refused: AwsProblem): AttemptOutcome => ({
  to: 'revertFailed',
  problem: `${wordsOf(refused)} AWS does not show that there is anything to undo either. It is looked for again.`,
  again: patience(lease, unsettledSeconds),
})
