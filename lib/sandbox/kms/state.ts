import { AwsError } from '../call'
import type { Key, KeyState } from '../world'
import { stateColumns, stateTable } from './model'

/**
 * Throws unless the operation works in the key's state. Comes after authorization and after the
 * question of key type.
 */
export function requireState(operation: string, key: Key) {
  const verdict = stateTable[operation]?.[stateColumns.indexOf(key.state)]
  if (verdict === undefined || verdict === '.') return
  if (verdict === 'D') throw new AwsError('DisabledException', `${key.arn} is disabled.`)
  if (verdict === 'U') throw unsupportedOrigin(key)
  throw new AwsError('KMSInvalidStateException', `${key.arn} ${sayState(operation, key.state)}.`)
}

export const unsupportedOrigin = (key: Key) =>
  new AwsError(
    'UnsupportedOperationException',
    `${key.arn} origin is ${key.origin} which is not valid for this operation.`,
  )

function sayState(operation: string, state: KeyState) {
  if (operation === 'CancelKeyDeletion') return 'is not pending deletion'
  switch (state) {
    case 'PendingDeletion':
      return 'is pending deletion'
    case 'PendingReplicaDeletion':
      return 'is pending replica deletion'
    case 'PendingImport':
      return 'is pending import'
    case 'Unavailable':
      return 'is unavailable'
    case 'Creating':
      return 'is creating'
    case 'Updating':
      return 'is updating'
    default:
      return `is ${state.toLowerCase()}`
  }
}
