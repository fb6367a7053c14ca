import { AwsError } from '../call'
import type { Key, KeyState } from '../world'

/**
 * What each operation answers in each key state (aws-facts 1.10), one letter a state in the order
 * of `columns`: `.` works, D DisabledException, S KMSInvalidStateException, U
 * UnsupportedOperationException.
 */
const columns: KeyState[] = [
  'Enabled',
  'Disabled',
  'PendingDeletion',
  'PendingReplicaDeletion',
  'PendingImport',
  'Unavailable',
  'Creating',
  'Updating',
]
const crypto = '.DSSSSS.'
const rotation = '.DSSUUS.'
export const stateTable: Record<string, string> = {
  DescribeKey: '........',
  GetKeyLastUsage: '........',
  GetKeyPolicy: '........',
  PutKeyPolicy: '........',
  ListAliases: '........',
  ListGrants: '........',
  ListKeyPolicies: '........',
  ListResourceTags: '........',
  RetireGrant: '........',
  RevokeGrant: '........',
  DeleteAlias: '........',
  Encrypt: crypto,
  Decrypt: crypto,
  ReEncrypt: crypto,
  GenerateDataKey: crypto,
  GenerateDataKeyWithoutPlaintext: crypto,
  GenerateDataKeyPair: '.DSSSUS.',
  GenerateDataKeyPairWithoutPlaintext: '.DSSSUS.',
  Sign: crypto,
  Verify: crypto,
  GenerateMac: crypto,
  VerifyMac: crypto,
  DeriveSharedSecret: crypto,
  Encapsulate: crypto,
  Decapsulate: crypto,
  GetPublicKey: '..SS..S.',
  CreateGrant: '.DSSS.S.',
  CreateAlias: '..SS....',
  TagResource: '..SS....',
  UntagResource: '..SS....',
  UpdateKeyDescription: '..SS....',
  UpdateAlias: '..SS....',
  EnableKey: '..SSS.SS',
  DisableKey: '..SSS.SS',
  EnableKeyRotation: rotation,
  DisableKeyRotation: rotation,
  RotateKeyOnDemand: '.DSSSUS.',
  GetKeyRotationStatus: '....UU..',
  ListKeyRotations: '.....U..',
  GetParametersForImport: '..SS.USS',
  ImportKeyMaterial: '..SS.US.',
  DeleteImportedKeyMaterial: '......SS',
  ScheduleKeyDeletion: '..SS...S',
  CancelKeyDeletion: 'SS..SSSS',
  ReplicateKey: '.DSSSSSS',
  UpdatePrimaryRegion: '.DSSSSS.',
}

/**
 * Throws unless the operation works in the key's state. Comes after authorization and
 * after the question of key type.
 */
export function requireState(operation: string, key: Key) {
  const verdict = stateTable[operation]?.[columns.indexOf(key.state)]
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
