import type { Key, Material, World } from '../world'
import { makeMaterial } from './make-key'
import { currentMaterial } from './metadata'
import { familyOf } from './place'
import { noteServiceEvent, noteSynchronization } from './service-events'

/**
 * Makes the next material current in every Region of the key's set at once: AWS-made material is
 * new, imported material is the one that waits with PENDING_ROTATION. Old ciphertext stays
 * readable. Leaves the automatic schedule alone.
 */
export function rotate(
  world: World,
  primary: Key,
  at: number,
  rotationType: 'AUTOMATIC' | 'ON_DEMAND',
) {
  const old = currentMaterial(primary)
  const waiting = primary.materials.find((material) => material.state === 'PENDING_ROTATION')
  if (primary.origin === 'EXTERNAL' && !waiting) return
  const fresh = waiting ?? makeMaterial()
  const family = familyOf(world, primary)
  for (const member of family) switchMaterial(member, fresh, at, rotationType)
  noteServiceEvent(world, primary, 'RotateKey', at, {
    rotationType,
    keyOrigin: primary.origin,
    previousKeyMaterialId: old?.id,
    currentKeyMaterialId: fresh.id,
    keyId: primary.keyId,
  })
  if (family.length > 1) noteSynchronization(world, primary, at)
}

function switchMaterial(
  member: Key,
  fresh: Material,
  at: number,
  rotationType: 'AUTOMATIC' | 'ON_DEMAND',
) {
  const own = member.materials.find((material) => material.id === fresh.id) ?? { ...fresh }
  if (!member.materials.includes(own)) member.materials.push(own)
  for (const material of member.materials)
    if (material.state === 'CURRENT') material.state = 'NON_CURRENT'
  own.state = 'CURRENT'
  own.rotatedAt = at
  own.rotationType = rotationType
}
