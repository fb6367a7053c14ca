import { AwsError, type Call, type Input } from '../call'
import type { Key, Material } from '../world'
import { page } from '../paging'
import { noteKey, permitKey } from './access'
import { findKey } from './identify'
import { refuseManaged } from './managed'
import { familyOf, primaryOf, seconds } from './place'
import { readNumber, readText } from './read-input'
import { schedule } from './schedule'
import { isSymmetric } from './specs'
import { requireState, unsupportedOrigin } from './state'

const day = 86_400_000
const minute = 60_000
/** How long an on-demand rotation shows OnDemandRotationStartDate before it is done. */
const onDemandMs = 1500
const mostOnDemand = 25

export function enableKeyRotation(call: Call, input: Input): Input {
  const asked = readNumber(input, 'RotationPeriodInDays')
  const key = permitRotation(call, input, asked)
  const periodDays = asked ?? 365
  const known = key.rotation
  const unchanged = known?.enabled === true && known.periodDays === periodDays
  if (!unchanged)
    setRotation(call, key, { enabled: true, periodDays, nextAt: call.now + periodDays * day })
  return {}
}

export function disableKeyRotation(call: Call, input: Input): Input {
  const key = permitRotation(call, input)
  setRotation(call, key, { enabled: false, periodDays: key.rotation?.periodDays ?? 365, nextAt: 0 })
  return {}
}

/** Sets the rotation of every member: it is one property of the whole set. */
function setRotation(
  call: Call,
  key: Key,
  rotation: { enabled: boolean; periodDays: number; nextAt: number },
) {
  for (const member of familyOf(call.world, key)) member.rotation = { ...rotation }
  if (rotation.enabled) schedule(call.world, rotation.nextAt)
}

export function getKeyRotationStatus(call: Call, input: Input): Input {
  const found = findKey(call, readText(input, 'KeyId') ?? '')
  noteKey(call, found.key)
  permitKey(call, found)
  requireState(call.operation, found.key)
  const { key } = found
  const primary = primaryOf(call.world, key)
  const pending = key.state === 'PendingDeletion' || key.state === 'PendingReplicaDeletion'
  const rotation = primary.rotation?.enabled && !pending ? primary.rotation : null
  return {
    KeyRotationEnabled: rotation !== null,
    KeyId: key.arn,
    ...(rotation
      ? { RotationPeriodInDays: rotation.periodDays, NextRotationDate: seconds(rotation.nextAt) }
      : {}),
    ...(primary.onDemand ? { OnDemandRotationStartDate: seconds(primary.onDemand.startedAt) } : {}),
  }
}

export function rotateKeyOnDemand(call: Call, input: Input): Input {
  const found = findKey(call, readText(input, 'KeyId') ?? '')
  const { key } = found
  noteKey(call, key)
  permitKey(call, found)
  refuseManaged(key)
  // AWS looks at the state before the spec here, and only here: a disabled RSA key is disabled.
  if (key.state === 'Disabled') requireState(call.operation, key)
  requireSymmetric(key)
  if (key.customKeyStoreId !== null) throw unsupportedOrigin(key)
  requirePrimary(key)
  requireState(call.operation, key)
  if (key.origin === 'EXTERNAL') requireWaitingMaterial(key)
  refuseConflict(call, key)
  const done = key.materials.filter((material) => material.rotationType === 'ON_DEMAND').length
  if (done >= mostOnDemand) {
    throw new AwsError(
      'LimitExceededException',
      'The on-demand rotations limit has been reached for the given keyId. ' +
        `No more on-demand rotations can be performed for this key: ${key.arn}`,
    )
  }
  for (const member of familyOf(call.world, key))
    member.onDemand = { startedAt: call.now, endsAt: call.now + onDemandMs }
  schedule(call.world, call.now + onDemandMs)
  return { KeyId: key.arn }
}

function requireWaitingMaterial(key: Key) {
  if (key.materials.some((material) => material.state === 'PENDING_ROTATION')) return
  throw new AwsError(
    'KMSInvalidStateException',
    `No available key material pending rotation for the key: ${key.arn}.`,
  )
}

/**
 * Refuses while a rotation runs or an automatic one begins within 20 minutes. For a second
 * on-demand rotation AWS does not say; this is an assumption.
 */
function refuseConflict(call: Call, key: Key) {
  if (key.onDemand)
    throw new AwsError('ConflictException', `A rotation of ${key.arn} is already in progress.`)
  if (!key.rotation?.enabled || key.rotation.nextAt - call.now > 20 * minute) return
  throw new AwsError(
    'ConflictException',
    `An automatic rotation of ${key.arn} is in progress or scheduled to begin within the next 20 minutes.`,
  )
}

export function listKeyRotations(call: Call, input: Input): Input {
  const found = findKey(call, readText(input, 'KeyId') ?? '')
  const { key } = found
  noteKey(call, key)
  permitKey(call, found)
  requireSymmetric(key)
  if (key.customKeyStoreId !== null) throw unsupportedOrigin(key)
  requireState(call.operation, key)
  const all = readText(input, 'IncludeKeyMaterial') === 'ALL_KEY_MATERIAL'
  const order = (material: Material) => String(key.materials.indexOf(material)).padStart(6, '0')
  const rotations = page(
    call,
    key.materials.filter((material) => all || material.rotatedAt !== null),
    {
      limit: input.Limit,
      default: 100,
      max: 1000,
      marker: input.Marker,
      key: order,
    },
  )
  return {
    Rotations: rotations.items.map((material) => describeRotation(key, material)),
    ...(rotations.next === undefined ? {} : { NextMarker: rotations.next }),
    Truncated: rotations.truncated,
  }
}

function describeRotation(key: Key, material: Material): Input {
  return {
    KeyId: key.arn,
    KeyMaterialId: material.id,
    ...(material.description === null ? {} : { KeyMaterialDescription: material.description }),
    ...(key.origin === 'EXTERNAL' && material.importState !== null
      ? { ImportState: material.importState }
      : {}),
    KeyMaterialState: material.state,
    ...(material.expirationModel === null ? {} : { ExpirationModel: material.expirationModel }),
    ...(material.validTo === null ? {} : { ValidTo: seconds(material.validTo) }),
    ...(material.rotatedAt === null ? {} : { RotationDate: seconds(material.rotatedAt) }),
    ...(material.rotationType === null ? {} : { RotationType: material.rotationType }),
  }
}

function permitRotation(call: Call, input: Input, periodDays?: number): Key {
  const found = findKey(call, readText(input, 'KeyId') ?? '')
  const { key } = found
  noteKey(call, key)
  permitKey(call, found, { 'kms:RotationPeriodInDays': periodDays })
  refuseManaged(key)
  requireSymmetric(key)
  if (key.origin !== 'AWS_KMS') throw unsupportedOrigin(key)
  requirePrimary(key)
  requireState(call.operation, key)
  return key
}

/** Refuses a key that is not symmetric, without a message as AWS does. */
function requireSymmetric(key: Key) {
  if (!isSymmetric(key)) throw new AwsError('UnsupportedOperationException', '')
}

function requirePrimary(key: Key) {
  if (key.multiRegion?.type !== 'REPLICA') return
  throw new AwsError(
    'UnsupportedOperationException',
    `${key.arn} is a multi-Region replica key, which is not valid for this operation.`,
  )
}
