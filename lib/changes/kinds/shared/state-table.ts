import { answerInState } from '../../../kms/key-states'
import { nameOfState } from '../../../kms/state-names'
import type { StateOperation } from '../../../kms/operations'

export type { StateOperation }

/**
 * Returns the state that keeps the operation from working; null: it works. What depends on nothing
 * else keeps only this in its baseline. A state that is not known keeps it from working too
 * (lib/kms/README.md, "Key states").
 */
export function blockedBy(operation: StateOperation, keyState: string): string | null {
  return answerInState(operation, keyState) === 'works' ? null : keyState
}

/**
 * Tells whether a state passes by itself within seconds: ReplicateKey and UpdatePrimaryRegion leave
 * keys in these.
 */
export const isPassing = (keyState: string | null): boolean =>
  keyState === 'Creating' || keyState === 'Updating'

/** Says why KMS refuses the operation in this state; null: it does not. */
export function refuseState(operation: StateOperation, keyState: string): string | null {
  if (blockedBy(operation, keyState) === null) return null
  if (isPassing(keyState)) return `The key is ${nameOfState(keyState)}: ask again in a few seconds.`
  return `AWS takes no ${operation} for a key that is ${nameOfState(keyState)}.`
}
