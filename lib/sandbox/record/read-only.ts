import type { Call } from '../call'

/**
 * KMS operations that change something; all others, cryptography too, are readOnly for CloudTrail.
 */
const changes = new Set([
  'CancelKeyDeletion',
  'ConnectCustomKeyStore',
  'CreateAlias',
  'CreateCustomKeyStore',
  'CreateGrant',
  'CreateKey',
  'DeleteAlias',
  'DeleteCustomKeyStore',
  'DeleteImportedKeyMaterial',
  'DisableKey',
  'DisableKeyRotation',
  'DisconnectCustomKeyStore',
  'EnableKey',
  'EnableKeyRotation',
  'ImportKeyMaterial',
  'PutKeyPolicy',
  'ReplicateKey',
  'RetireGrant',
  'RevokeGrant',
  'RotateKeyOnDemand',
  'ScheduleKeyDeletion',
  'TagResource',
  'UntagResource',
  'UpdateAlias',
  'UpdateCustomKeyStore',
  'UpdateKeyDescription',
  'UpdatePrimaryRegion',
])

const reads = /^(Get|List|Describe|Lookup)/

export const isReadOnlyInKms = (operation: string) => !changes.has(operation)

export function isReadOnly(call: Call): boolean {
  if (call.service === 'kms') return isReadOnlyInKms(call.operation)
  return call.operation === 'AssumeRole' || reads.test(call.operation)
}

/** S3's calls on objects are data events, which no trail here takes, and no event history. */
const onObjects = /^(Head|.*Object$)/

/** Every KMS call; of the services around it only what changes something, and AssumeRole. */
export function isRecorded(call: Call): boolean {
  if (call.service === 's3' && onObjects.test(call.operation)) return false
  return call.service === 'kms' || !reads.test(call.operation)
}
