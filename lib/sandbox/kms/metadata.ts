import type { Input } from '../call'
import type { Key, Material, World } from '../world'
import { familyOf, regionState, seconds } from './place'
import { algorithmField, algorithmsOf, hasDeprecatedSpec, isSymmetric } from './specs'

/** KeyMetadata of a key with exactly the fields AWS gives for its kind (aws-facts 1.2). */
export function describe(world: World, key: Key): Input {
  return {
    AWSAccountId: key.accountId,
    KeyId: key.keyId,
    Arn: key.arn,
    CreationDate: seconds(key.createdAt),
    Enabled: key.state === 'Enabled',
    Description: key.description,
    KeyUsage: key.keyUsage,
    KeyState: key.state,
    ...(key.state === 'PendingDeletion' && key.deletionAt !== null
      ? { DeletionDate: seconds(key.deletionAt) }
      : {}),
    ...describeExpiry(key),
    Origin: key.origin,
    ...describeStore(world, key),
    KeyManager: key.manager,
    ...(hasDeprecatedSpec(key.keySpec) ? { CustomerMasterKeySpec: key.keySpec } : {}),
    KeySpec: key.keySpec,
    [algorithmField(key.keyUsage)]: [...algorithmsOf(key)],
    MultiRegion: key.multiRegion !== null,
    ...describeFamily(world, key),
    ...(key.state === 'PendingReplicaDeletion' && key.pendingWindowDays !== null
      ? { PendingDeletionWindowInDays: key.pendingWindowDays }
      : {}),
    ...describeMaterial(key),
  }
}

/**
 * Materials that rotation has tied to the key for good: all but those that still
 * wait for their first rotation.
 */
export const permanentMaterials = (key: Key): Material[] =>
  key.materials.filter(
    (material) => material.state === 'CURRENT' || material.state === 'NON_CURRENT',
  )

export const currentMaterial = (key: Key): Material | undefined =>
  key.materials.find((material) => material.state === 'CURRENT')

function describeExpiry(key: Key): Input {
  const current = currentMaterial(key)
  if (key.origin !== 'EXTERNAL' || current?.importState !== 'IMPORTED') return {}
  const ends = permanentMaterials(key).flatMap((material) =>
    material.importState === 'IMPORTED' && material.validTo !== null ? [material.validTo] : [],
  )
  if (ends.length === 0) return { ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' }
  return { ValidTo: seconds(Math.min(...ends)), ExpirationModel: 'KEY_MATERIAL_EXPIRES' }
}

function describeStore(world: World, key: Key): Input {
  if (key.customKeyStoreId === null) return {}
  const store = regionState(world, key.accountId, key.region)?.keyStores.get(key.customKeyStoreId)
  return {
    CustomKeyStoreId: key.customKeyStoreId,
    ...(store?.cloudHsmClusterId ? { CloudHsmClusterId: store.cloudHsmClusterId } : {}),
    ...(key.xksKeyId === null ? {} : { XksKeyConfiguration: { Id: key.xksKeyId } }),
  }
}

function describeFamily(world: World, key: Key): Input {
  if (!key.multiRegion) return {}
  const family = familyOf(world, key)
  const name = (member: Key) => ({ Arn: member.arn, Region: member.region })
  const primary = family.find((member) => member.multiRegion?.type === 'PRIMARY')
  return {
    MultiRegionConfiguration: {
      MultiRegionKeyType: key.multiRegion.type,
      ...(primary ? { PrimaryKey: name(primary) } : {}),
      ReplicaKeys: family.filter((member) => member.multiRegion?.type === 'REPLICA').map(name),
    },
  }
}

function describeMaterial(key: Key): Input {
  const current = currentMaterial(key)
  const shown = isSymmetric(key) && (key.origin === 'AWS_KMS' || key.origin === 'EXTERNAL')
  // A replica has no material of its own yet while it is made.
  if (!shown || !current || key.state === 'Creating') return {}
  return { CurrentKeyMaterialId: current.id }
}
