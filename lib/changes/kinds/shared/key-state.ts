import type { KeyRow } from '../../../inventory/key-detail'
import { nameOfState } from '../../../kms/state-names'
import type { Observation, Place } from '../kind'
import { isPassing } from './state-table'

/**
 * Judges a key's state that is to go from one value to another: done, as it was, or somebody else
 * has been there. Pure.
 */
export function judgeKeyState({
  now,
  was,
  target,
  sends,
}: {
  now: string
  was: string
  target: string
  sends: number
}): Observation {
  if (now === target) return { is: 'done', outcome: { keyState: now }, already: sends === 0 }
  if (now === was) return { is: 'ready' }
  return isPassing(now) ? waitWhile(now) : driftedTo(was, now)
}

/** Waits while the key is in a state that passes by itself. */
export const waitWhile = (keyState: string): Observation => ({
  is: 'wait',
  seconds: 5,
  words: `The key is ${nameOfState(keyState)}: AWS takes no such change until that is over.`,
})
/** Stops: somebody else put the key into another state. */
export const driftedTo = (was: string, now: string): Observation => ({
  is: 'drifted',
  words: `The key was ${nameOfState(was)} when this was asked for. It is ${nameOfState(now)} now.`,
})

/**
 * Refuses an end for a key that is Unavailable. AWS takes EnableKey and DisableKey of it and shows
 * the new state when its custom key store is connected again (lib/kms/README.md, "Key states"). Its
 * answer is the only proof until then, so there is nothing to undo by.
 */
export function refuseUnseenEnd(keyState: string, endsAt: string | null): string | null {
  if (keyState !== 'Unavailable' || endsAt === null) return null
  return 'The key is Unavailable, so Claviger could not see whether it was put back. Request it without an end.'
}

export const warnUnavailable = (keyState: string): string[] =>
  keyState === 'Unavailable'
    ? [
        'The key stays Unavailable until its custom key store is connected; the change shows from then on.',
      ]
    : []

/** Returns what people call a key: an alias, or its id. */
export function nameOf(key: KeyRow | null, { keyArn }: Place): string {
  return key?.aliases[0] ?? keyArn?.split('/').at(-1) ?? 'a key'
}
