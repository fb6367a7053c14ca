import { AwsError } from '../call'
import type { Key, Material, World } from '../world'
import { currentMaterial, permanentMaterials } from './metadata'
import { familyOf } from './place'
import { isSymmetric } from './specs'
import { materialId } from './wrapping'

export type Imported = Pick<Material, 'expirationModel' | 'validTo'> & {
  bytes: Buffer
  type: string | undefined
  keyMaterialId: string | undefined
  description: string | undefined
}

/**
 * Puts imported bytes into a key by the rules of NEW and EXISTING material (aws-facts 2.5), and
 * wakes the key when it is whole.
 */
export function addMaterial(world: World, key: Key, imported: Imported): Material {
  const id = materialId(key, imported.bytes)
  if (!isSymmetric(key) && imported.type !== undefined)
    throw invalid('ImportType is supported only for symmetric encryption KMS keys.')
  const type =
    imported.type ?? (key.materials.length === 0 ? 'NEW_KEY_MATERIAL' : 'EXISTING_KEY_MATERIAL')
  if (type === 'NEW_KEY_MATERIAL' && imported.keyMaterialId !== undefined) {
    throw invalid('KeyMaterialId cannot be specified when ImportType is NEW_KEY_MATERIAL.')
  }
  if (imported.description !== undefined && key.multiRegion?.type === 'REPLICA') {
    throw invalid(
      'KeyMaterialDescription can be set only on the primary key of a multi-Region set.',
    )
  }
  const material =
    type === 'NEW_KEY_MATERIAL'
      ? addNew(world, key, id)
      : findExisting(key, id, imported.keyMaterialId)
  // Copied out of node's shared pool, which a snapshot would otherwise clone with it.
  material.secret = Uint8Array.from(imported.bytes)
  material.importState = 'IMPORTED'
  material.expirationModel = imported.expirationModel
  material.validTo = imported.validTo
  describeMaterial(world, key, material, imported.description)
  finishSet(world, key, id)
  if (key.state === 'PendingImport' && isWhole(key)) key.state = 'Enabled'
  return material
}

/**
 * The first material is current at once; a later one waits for
 * RotateKeyOnDemand, and only one at a time.
 */
function addNew(world: World, key: Key, id: string): Material {
  if (key.multiRegion?.type === 'REPLICA') {
    throw new AwsError(
      'UnsupportedOperationException',
      `${key.arn} is a multi-Region replica key: import new key material into its primary key first.`,
    )
  }
  if (key.materials.some((material) => material.id === id)) throw incorrect()
  const waiting = key.materials.find(isWaiting)
  if (waiting) {
    throw new AwsError(
      'KMSInvalidStateException',
      `New key material (id: ${id}) cannot be imported into KMS key ${key.arn}, ` +
        `because another key material (id: ${waiting.id}) is pending rotation.`,
    )
  }
  const first = key.materials.length === 0
  const replicas = familyOf(world, key).filter((member) => member !== key)
  const state = first
    ? 'CURRENT'
    : replicas.length > 0
      ? 'PENDING_MULTI_REGION_IMPORT_AND_ROTATION'
      : 'PENDING_ROTATION'
  const material: Material = {
    id,
    state,
    secret: null,
    publicKey: null,
    importState: 'PENDING_IMPORT',
    expirationModel: null,
    validTo: null,
    description: null,
    rotatedAt: null,
    rotationType: null,
  }
  for (const replica of replicas) replica.materials.push({ ...material })
  key.materials.push(material)
  return material
}

function findExisting(key: Key, id: string, asked: string | undefined): Material {
  if (asked !== undefined && asked !== id) throw incorrect()
  const material = key.materials.find((candidate) => candidate.id === id)
  if (!material) throw incorrect()
  return material
}

/** A description belongs to the material in every Region. */
function describeMaterial(
  world: World,
  key: Key,
  material: Material,
  description: string | undefined,
) {
  if (description === undefined) return
  for (const member of familyOf(world, key)) {
    for (const twin of member.materials) if (twin.id === material.id) twin.description = description
  }
}

/** New material is ready to rotate once every Region of the set has it. */
function finishSet(world: World, key: Key, id: string) {
  const twins = familyOf(world, key).map((member) =>
    member.materials.find((material) => material.id === id),
  )
  if (!twins.every((twin) => twin?.importState === 'IMPORTED')) return
  for (const twin of twins)
    if (twin?.state === 'PENDING_MULTI_REGION_IMPORT_AND_ROTATION') twin.state = 'PENDING_ROTATION'
}

/**
 * Deletes imported bytes. Waiting material goes without harm (on the primary: in every
 * Region); a permanent one makes the key PendingImport. Gives the material meant, or
 * undefined when the key never had any.
 */
export function removeMaterial(
  world: World,
  key: Key,
  id: string | undefined,
): Material | undefined {
  const material =
    id === undefined ? currentMaterial(key) : key.materials.find((candidate) => candidate.id === id)
  if (!material) {
    if (id === undefined) return undefined
    throw new AwsError('NotFoundException', `Key material ${id} is not associated with ${key.arn}`)
  }
  if (isWaiting(material)) removeWaiting(world, key, material)
  else {
    forget(material)
    if (key.state === 'Enabled' || key.state === 'Disabled') key.state = 'PendingImport'
  }
  return material
}

function removeWaiting(world: World, key: Key, material: Material) {
  if (key.multiRegion?.type === 'REPLICA') {
    forget(material)
    for (const member of familyOf(world, key)) {
      for (const twin of member.materials)
        if (twin.id === material.id) twin.state = 'PENDING_MULTI_REGION_IMPORT_AND_ROTATION'
    }
    return
  }
  for (const member of familyOf(world, key))
    member.materials = member.materials.filter((twin) => twin.id !== material.id)
}

function forget(material: Material) {
  material.secret = null
  material.importState = 'PENDING_IMPORT'
  material.expirationModel = null
  material.validTo = null
}

const isWaiting = (material: Material) =>
  material.state === 'PENDING_ROTATION' ||
  material.state === 'PENDING_MULTI_REGION_IMPORT_AND_ROTATION'

/** Usable only with every permanent material present. */
const isWhole = (key: Key) =>
  permanentMaterials(key).every((material) => material.importState === 'IMPORTED')

const incorrect = () => new AwsError('IncorrectKeyMaterialException', '')
const invalid = (words: string) => new AwsError('ValidationException', words)
