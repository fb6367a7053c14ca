import { AwsError, type Call, type Input } from '../call'
import type { RequestContext } from '../authz/request-context'
import type { Key } from '../world'
import { page } from '../paging'
import { noteKey, permit, permitKey } from './access'
import { findKey, type Found } from './identify'
import { openManagedKey, refuseManaged } from './managed'
import { describe } from './metadata'
import { familyOf, listKeysSorted, ownRegion, regionState, seconds } from './place'
import { readNumber, readText } from './read-input'
import { requireState } from './state'
import { schedule } from './schedule'
import { checkGrantTokens } from './use'

const day = 86_400_000
/** Where the record of last use begins. */
const trackingStart = Date.UTC(2026, 3, 23)

export function describeKey(call: Call, input: Input): Input {
  const id = readText(input, 'KeyId') ?? ''
  checkGrantTokens(input)
  if (id.startsWith('alias/aws/')) openManagedKey(call, ownRegion(call), call.caller.accountId, id)
  const found = findKey(call, id, { aliases: true })
  noteKey(call, found.key)
  permitKey(call, found)
  return { KeyMetadata: describe(call.world, found.key) }
}

export function listKeys(call: Call, input: Input): Input {
  permit(call)
  const keys = page(call, listKeysSorted(ownRegion(call)), {
    limit: input.Limit,
    default: 100,
    max: 1000,
    marker: input.Marker,
    key: (key) => key.keyId,
    inOrder: true,
  })
  return {
    Keys: keys.items.map((key) => ({ KeyId: key.keyId, KeyArn: key.arn })),
    ...(keys.next === undefined ? {} : { NextMarker: keys.next }),
    Truncated: keys.truncated,
  }
}

export function updateKeyDescription(call: Call, input: Input): Input {
  const { key } = permitChange(call, input)
  key.description = readText(input, 'Description') ?? ''
  return {}
}

export function enableKey(call: Call, input: Input): Input {
  const { key } = permitChange(call, input)
  if (key.state === 'Unavailable') key.settles = { state: 'Enabled', at: Infinity }
  else key.state = 'Enabled'
  catchUpRotation(call, key)
  return {}
}

/** Rotates at once what fell due while the key was disabled. */
function catchUpRotation(call: Call, key: Key) {
  if (!key.rotation?.enabled || key.multiRegion?.type === 'REPLICA') return
  key.rotation.nextAt = Math.max(key.rotation.nextAt, call.now)
  schedule(call.world, key.rotation.nextAt)
}

export function disableKey(call: Call, input: Input): Input {
  const { key } = permitChange(call, input)
  if (key.state === 'Unavailable') key.settles = { state: 'Disabled', at: Infinity }
  else key.state = 'Disabled'
  return {}
}

export function scheduleKeyDeletion(call: Call, input: Input): Input {
  const days = readNumber(input, 'PendingWindowInDays') ?? 30
  if (days < 7 || days > 30)
    throw new AwsError('ValidationException', 'PendingWindowInDays must be between 7 and 30')
  const { key } = permitChange(call, input, { 'kms:ScheduleKeyDeletionPendingWindowInDays': days })
  key.settles = null
  key.pendingWindowDays = days
  const waits = key.multiRegion?.type === 'PRIMARY' && familyOf(call.world, key).length > 1
  if (waits) key.state = 'PendingReplicaDeletion'
  else startDeletion(call, key, days)
  return {
    KeyId: key.arn,
    ...(key.deletionAt === null ? {} : { DeletionDate: seconds(key.deletionAt) }),
    KeyState: key.state,
    PendingWindowInDays: days,
  }
}

function startDeletion(call: Call, key: Key, days: number) {
  key.state = 'PendingDeletion'
  key.deletionAt = call.now + days * day
  schedule(call.world, key.deletionAt)
}

export function cancelKeyDeletion(call: Call, input: Input): Input {
  const { key } = permitChange(call, input)
  key.deletionAt = null
  key.pendingWindowDays = null
  const connected =
    regionState(call.world, key.accountId, key.region)?.keyStores.get(key.customKeyStoreId ?? '')
      ?.connectionState === 'CONNECTED'
  if (key.customKeyStoreId !== null && !connected) {
    key.state = 'Unavailable'
    key.settles = { state: 'Disabled', at: Infinity }
  } else key.state = 'Disabled'
  return { KeyId: key.arn }
}

export function getKeyLastUsage(call: Call, input: Input): Input {
  const found = findKey(call, readText(input, 'KeyId') ?? '')
  noteKey(call, found.key)
  permitKey(call, found)
  const { key } = found
  const used = key.lastUsage
  return {
    KeyId: key.keyId,
    KeyLastUsage: used
      ? {
          Operation: used.operation,
          Timestamp: seconds(used.at),
          CloudTrailEventId: used.eventId,
          KmsRequestId: used.requestId,
        }
      : {},
    TrackingStartDate: seconds(Math.max(trackingStart, key.createdAt)),
    KeyCreationDate: seconds(key.createdAt),
  }
}

/**
 * Permits a change of one key named by KeyId: lookup, authorization, type and state, in this order.
 */
function permitChange(call: Call, input: Input, context?: RequestContext): Found {
  const found = findKey(call, readText(input, 'KeyId') ?? '')
  noteKey(call, found.key)
  permitKey(call, found, context)
  refuseManaged(found.key)
  requireState(call.operation, found.key)
  return found
}
