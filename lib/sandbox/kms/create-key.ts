import { AwsError, type Call, type Input } from '../call'
import type { Key, RegionState } from '../world'
import { noteKey, permit } from './access'
import { describe } from './metadata'
import { defaultPolicy, makeKey } from './make-key'
import { addKey, ownRegion } from './place'
import { checkPolicy, requireNoLockout } from './policy-check'
import { readFlag, readText } from './read-input'
import { algorithmsOf, specs } from './specs'
import { readTags, tagContext } from './tags'

type Kind = Pick<Key, 'keySpec' | 'keyUsage' | 'origin'>

export function createKey(call: Call, input: Input): Input {
  const kind = readKind(input)
  const tags = readTags(input)
  const multiRegion = readFlag(input, 'MultiRegion')
  const bypass = readFlag(input, 'BypassPolicyLockoutSafetyCheck')
  const given = readText(input, 'Policy')
  const context = {
    'kms:KeySpec': kind.keySpec,
    'kms:KeyUsage': kind.keyUsage,
    'kms:KeyOrigin': kind.origin,
    'kms:MultiRegion': multiRegion,
    ...(multiRegion ? { 'kms:MultiRegionKeyType': 'PRIMARY' } : {}),
    'kms:BypassPolicyLockoutSafetyCheck': bypass,
    ...tagContext(tags),
  }
  permit(call, '*', context)
  if (tags.size > 0) permit(call, '*', context, 'TagResource')
  const state = ownRegion(call)
  checkOrigin(kind, input, multiRegion)
  const store = readStore(state, kind, input)
  if (given !== undefined) checkPolicy(call, given)
  requireKeyQuota(state)
  const key = makeKey(
    call,
    {
      ...kind,
      ...store,
      tags,
      description: readText(input, 'Description') ?? '',
      policy: given ?? defaultPolicy(call.caller.accountId),
    },
    multiRegion,
  )
  if (!bypass) requireNoLockout(call, key, key.policy)
  addKey(state, key)
  noteKey(call, key)
  const metadata = describe(call.world, key)
  return { KeyMetadata: metadata }
}

/**
 * Spec, usage and origin asked for. Throws ValidationException where they do not fit
 * one another (aws-facts 2.2).
 */
function readKind(input: Input): Kind {
  const deprecated = readText(input, 'CustomerMasterKeySpec')
  const named = readText(input, 'KeySpec')
  if (deprecated !== undefined && named !== undefined) {
    throw new AwsError(
      'ValidationException',
      'You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.',
    )
  }
  const keySpec = named ?? deprecated ?? 'SYMMETRIC_DEFAULT'
  const usage = readText(input, 'KeyUsage')
  if (!specs[keySpec])
    throw new AwsError(
      'UnsupportedOperationException',
      `KeySpec ${keySpec} is not supported in this Region.`,
    )
  if (usage === undefined && keySpec !== 'SYMMETRIC_DEFAULT') {
    throw new AwsError(
      'ValidationException',
      'You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.',
    )
  }
  const keyUsage = usage ?? 'ENCRYPT_DECRYPT'
  if (algorithmsOf({ keySpec, keyUsage }).length === 0) {
    throw new AwsError(
      'ValidationException',
      `KeyUsage ${keyUsage} is not compatible with KeySpec ${keySpec}`,
    )
  }
  return { keySpec, keyUsage, origin: readOrigin(input) }
}

function readOrigin(input: Input): Key['origin'] {
  const origin = readText(input, 'Origin')
  return origin === 'EXTERNAL' || origin === 'AWS_CLOUDHSM' || origin === 'EXTERNAL_KEY_STORE'
    ? origin
    : 'AWS_KMS'
}

function checkOrigin(kind: Kind, input: Input, multiRegion: boolean) {
  const { origin, keySpec } = kind
  if (origin === 'EXTERNAL' && !specs[keySpec]?.importable) {
    throw new AwsError(
      'UnsupportedOperationException',
      `KeySpec ${keySpec} is not supported for Origin ${origin}`,
    )
  }
  if (origin !== 'AWS_CLOUDHSM' && origin !== 'EXTERNAL_KEY_STORE') {
    if (
      readText(input, 'CustomKeyStoreId') === undefined &&
      readText(input, 'XksKeyId') === undefined
    )
      return
    throw new AwsError(
      'ValidationException',
      `A custom key store requires the origin AWS_CLOUDHSM or EXTERNAL_KEY_STORE, not ${origin}.`,
    )
  }
  if (keySpec !== 'SYMMETRIC_DEFAULT') {
    throw new AwsError(
      'UnsupportedOperationException',
      `KeySpec ${keySpec} is not supported for Origin ${origin}`,
    )
  }
  if (multiRegion)
    throw new AwsError(
      'UnsupportedOperationException',
      'Multi-Region keys cannot be created in a custom key store.',
    )
}

/** The store a key of these origins lives in: named, of the right type and connected. */
function readStore(
  state: RegionState,
  kind: Kind,
  input: Input,
): Pick<Key, 'customKeyStoreId' | 'xksKeyId'> {
  if (kind.origin !== 'AWS_CLOUDHSM' && kind.origin !== 'EXTERNAL_KEY_STORE')
    return { customKeyStoreId: null, xksKeyId: null }
  const id = readText(input, 'CustomKeyStoreId')
  const xksKeyId = readText(input, 'XksKeyId') ?? null
  if (id === undefined)
    throw new AwsError(
      'ValidationException',
      `CustomKeyStoreId is required when Origin is ${kind.origin}.`,
    )
  if (kind.origin === 'EXTERNAL_KEY_STORE' && xksKeyId === null) {
    throw new AwsError(
      'ValidationException',
      'XksKeyId is required when Origin is EXTERNAL_KEY_STORE.',
    )
  }
  if (kind.origin === 'AWS_CLOUDHSM' && xksKeyId !== null) {
    throw new AwsError(
      'ValidationException',
      'XksKeyId is only valid when Origin is EXTERNAL_KEY_STORE.',
    )
  }
  const store = state.keyStores.get(id)
  if (!store) throw new AwsError('CustomKeyStoreNotFoundException', '')
  const expected = kind.origin === 'AWS_CLOUDHSM' ? 'AWS_CLOUDHSM' : 'EXTERNAL_KEY_STORE'
  if (store.type !== expected) {
    throw new AwsError(
      'ValidationException',
      `Origin ${kind.origin} does not fit a custom key store of type ${store.type}.`,
    )
  }
  if (store.connectionState !== 'CONNECTED')
    throw new AwsError('CustomKeyStoreInvalidStateException', '')
  if (xksKeyId !== null) refuseSharedXksKey(state, id, xksKeyId)
  return { customKeyStoreId: id, xksKeyId }
}

function refuseSharedXksKey(state: RegionState, storeId: string, xksKeyId: string) {
  for (const key of state.keys.values()) {
    if (key.customKeyStoreId === storeId && key.xksKeyId === xksKeyId)
      throw new AwsError('XksKeyAlreadyInUseException', '')
  }
}

/** Customer managed keys of every state count (aws-facts 6.2). */
export function requireKeyQuota(state: RegionState) {
  const most = state.quotaOverrides.get('L-C2F1777E') ?? 100_000
  if (state.keys.size < most) return
  let count = 0
  for (const key of state.keys.values()) if (key.manager === 'CUSTOMER') count += 1
  if (count >= most) {
    throw new AwsError(
      'LimitExceededException',
      'You have reached the maximum number of KMS keys in this account and Region.',
    )
  }
}
