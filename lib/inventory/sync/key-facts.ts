import type { KeyMetadata } from '@aws-sdk/client-kms'
import { partitionOfArn } from '../../kms/arn'

/** Returns what has a column of its own in DescribeKey's answer. Pure. */
export function readMetadata(metadata: KeyMetadata) {
  const config = metadata.MultiRegionConfiguration
  return {
    partition: partitionOfArn(metadata.Arn),
    description: metadata.Description ?? '',
    keyState: metadata.KeyState ?? null,
    // CustomerMasterKeySpec is the deprecated twin that omits newer specs; only endpoints too old
    // for KeySpec are read by it.
    keySpec: metadata.KeySpec ?? metadata.CustomerMasterKeySpec ?? null,
    keyUsage: metadata.KeyUsage ?? null,
    origin: metadata.Origin ?? null,
    keyManager: metadata.KeyManager ?? null,
    scope: scopeOf(metadata),
    primaryKeyArn: config?.PrimaryKey?.Arn ?? null,
    createdAt: metadata.CreationDate ?? null,
    deletionAt: metadata.DeletionDate ?? null,
    pendingWindowDays: metadata.PendingDeletionWindowInDays ?? null,
    validTo: metadata.ValidTo ?? null,
    expirationModel: metadata.ExpirationModel ?? null,
    customKeyStoreId: metadata.CustomKeyStoreId ?? null,
    xksKeyId: metadata.XksKeyConfiguration?.Id ?? null,
    currentKeyMaterialId: metadata.CurrentKeyMaterialId ?? null,
    metadata,
  }
}

function scopeOf(metadata: KeyMetadata): 'single' | 'primary' | 'replica' | null {
  const type = metadata.MultiRegionConfiguration?.MultiRegionKeyType
  if (type) return type === 'PRIMARY' ? 'primary' : 'replica'
  if (metadata.MultiRegion === undefined)
    return metadata.KeyId?.startsWith('mrk-') ? null : 'single'
  return metadata.MultiRegion ? null : 'single'
}

export type KeyKind = {
  keyManager: string | null
  keySpec: string | null
  origin: string | null
  keyState: string | null
}

const isSymmetric = (key: KeyKind) => key.keySpec === 'SYMMETRIC_DEFAULT'
const isOurMaterial = (key: KeyKind) => key.origin === 'AWS_KMS' || key.origin === 'EXTERNAL'

/**
 * Tells whether GetKeyRotationStatus has something to say; KMS refuses it for every other key
 * (lib/kms/README.md, "Key states").
 */
export function mayAskRotationStatus(key: KeyKind): boolean {
  return (
    isSymmetric(key) &&
    isOurMaterial(key) &&
    !['PendingImport', 'Unavailable', 'Creating'].includes(key.keyState ?? '')
  )
}

/** Tells whether KMS can rotate the key by itself: symmetric with material that KMS made. */
export function canRotateAutomatically(key: KeyKind): boolean {
  return isSymmetric(key) && key.origin === 'AWS_KMS'
}

/**
 * Tells whether ListKeyRotations has something to say. AWS managed keys are not asked: they allow
 * only the reads listed in lib/kms/README.md, "Who manages a key".
 */
export function mayAskRotations(key: KeyKind): boolean {
  return (
    key.keyManager === 'CUSTOMER' &&
    isSymmetric(key) &&
    isOurMaterial(key) &&
    !['Unavailable', 'Creating'].includes(key.keyState ?? '')
  )
}

/** Tells whether GetKeyLastUsage is asked: for customer managed keys only, as above. */
export function mayAskLastUse(key: KeyKind): boolean {
  return key.keyManager === 'CUSTOMER'
}
