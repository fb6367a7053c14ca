/**
 * What AWS answers to an operation in each key state. Pure.
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
 */
import { findOperation, operations } from './operations'

export const keyStates = [
  'Enabled',
  'Disabled',
  'PendingDeletion',
  'PendingReplicaDeletion',
  'PendingImport',
  'Unavailable',
  'Creating',
  'Updating',
] as const

/**
 * `works`, or the error AWS refuses with. What a key can do at all (its spec, its origin) is
 * another question.
 */
export type StateAnswer =
  | 'works'
  | 'DisabledException'
  | 'KMSInvalidStateException'
  | 'UnsupportedOperationException'

const letters: Readonly<Record<string, StateAnswer>> = {
  '.': 'works',
  D: 'DisabledException',
  S: 'KMSInvalidStateException',
  U: 'UnsupportedOperationException',
}

export const stateOperations: readonly string[] = Object.entries(operations).flatMap(
  ([name, { states }]) => (states === undefined ? [] : [name]),
)

/**
 * Returns what AWS answers to the operation (`Decrypt`, in any case) on a key in this state. null:
 * not known, because the state was never read or is one that this table does not have; an operation
 * that no state stops works in those too.
 */
export function answerInState(operation: string, keyState: string | null): StateAnswer | null {
  const row = findOperation(operation)?.states
  if (row === undefined) return null
  if (/^\.+$/.test(row)) return 'works'
  const column = keyStates.findIndex((state) => state === keyState)
  return column === -1 ? null : (letters[row.charAt(column)] ?? null)
}
