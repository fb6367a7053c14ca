import { randomUUID } from 'node:crypto'
import { AwsError, type Call, type Input } from '../call'
import type { Key, Material } from '../world'
import { recordCall } from '../record/record'
import { noteKey, permit, permitKey } from './access'
import { requireKeyQuota } from './create-key'
import { findKey } from './identify'
import { refuseManaged } from './managed'
import { defaultPolicy } from './make-key'
import { describe } from './metadata'
import { addKey, familyOf, keyArn, regionState } from './place'
import { checkPolicy, requireNoLockout } from './policy-check'
import { readFlag, readText } from './read-input'
import { schedule } from './schedule'
import { noteSynchronization } from './service-events'
import { requireState } from './state'
import { showRequest } from './trail-notes'
import { readTags, tagContext, tagList } from './tags'

/** How long Creating and Updating last. */
const passingMs = 1500

export function replicateKey(call: Call, input: Input): Input {
  const region = readText(input, 'ReplicaRegion') ?? ''
  const tags = readTags(input)
  const given = readText(input, 'Policy')
  const bypass = readFlag(input, 'BypassPolicyLockoutSafetyCheck')
  const found = findKey(call, readText(input, 'KeyId') ?? '')
  const primary = found.key
  noteKey(call, primary)
  permitKey(call, found, { 'kms:ReplicaRegion': region })
  refuseManaged(primary)
  const there: Call = { ...call, region }
  permitCreation(there, primary, tags, bypass)
  requirePrimary(primary)
  requireState(call.operation, primary)
  const target = regionState(call.world, primary.accountId, region)
  if (!target || target.optStatus === 'DISABLED') {
    throw new AwsError(
      'UnsupportedOperationException',
      `Region ${region} is not enabled for this account.`,
    )
  }
  const arn = keyArn(region, primary.accountId, primary.keyId)
  if (target.keys.has(primary.keyId))
    throw new AwsError('AlreadyExistsException', `${arn} already exists`)
  if (given !== undefined) checkPolicy(call, given)
  requireKeyQuota(target)
  const replica = makeReplica(call, primary, region, {
    arn,
    tags,
    description: readText(input, 'Description') ?? '',
    policy: given ?? defaultPolicy(primary.accountId),
  })
  if (!bypass) requireNoLockout(there, replica, replica.policy)
  addKey(target, replica)
  schedule(call.world, call.now + passingMs)
  recordCreation(there, replica, input)
  noteSynchronization(call.world, primary, call.now)
  return {
    ReplicaKeyMetadata: describe(call.world, replica),
    ReplicaPolicy: replica.policy,
    ...(tags.size === 0 ? {} : { ReplicaTags: tagList(tags) }),
  }
}

/** Records the CreateKey that CloudTrail shows in the replica's Region. */
function recordCreation(there: Call, replica: Key, input: Input) {
  const metadata = describe(there.world, replica)
  const trail = {
    keys: [replica],
    requestParameters: null,
    responseElements: { keyMetadata: { keyId: metadata.KeyId, arn: metadata.Arn } },
  }
  recordCall({ ...there, operation: 'CreateKey', eventId: randomUUID(), trail }, input, null)
}

/**
 * Asks IAM for kms:CreateKey in the replica's Region.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_ReplicateKey.html
 */
function permitCreation(there: Call, primary: Key, tags: Map<string, string>, bypass: boolean) {
  const context = {
    'kms:KeySpec': primary.keySpec,
    'kms:KeyUsage': primary.keyUsage,
    'kms:KeyOrigin': primary.origin,
    'kms:MultiRegion': true,
    'kms:MultiRegionKeyType': 'REPLICA',
    'kms:BypassPolicyLockoutSafetyCheck': bypass,
    ...tagContext(tags),
  }
  permit(there, '*', context, 'CreateKey')
  if (tags.size > 0) permit(there, '*', context, 'TagResource')
}

/**
 * Makes the replica: shared properties come from the primary; policy, grants, tags, description and
 * state are its own.
 * https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html
 */
function makeReplica(
  call: Call,
  primary: Key,
  region: string,
  own: Pick<Key, 'arn' | 'tags' | 'description' | 'policy'>,
): Key {
  return {
    ...primary,
    ...own,
    region,
    createdAt: call.now,
    state: 'Creating',
    settles: {
      state: primary.origin === 'EXTERNAL' ? 'PendingImport' : 'Enabled',
      at: call.now + passingMs,
    },
    deletionAt: null,
    pendingWindowDays: null,
    grants: new Map(),
    multiRegion: { type: 'REPLICA', primaryRegion: primary.region },
    rotation: primary.rotation && { ...primary.rotation },
    onDemand: primary.onDemand && { ...primary.onDemand },
    materials: primary.materials.map((material) =>
      primary.origin === 'EXTERNAL' ? withoutBytes(material) : { ...material },
    ),
    lastUsage: null,
  }
}

/**
 * Returns material without its bytes: imported material is never copied, every Region imports it
 * for itself.
 */
const withoutBytes = (material: Material): Material => ({
  ...material,
  secret: null,
  importState: 'PENDING_IMPORT',
  validTo: null,
  expirationModel: null,
  state:
    material.state === 'PENDING_ROTATION'
      ? 'PENDING_MULTI_REGION_IMPORT_AND_ROTATION'
      : material.state,
})

/**
 * Two keys change, each in its Region, and each Region's trail has a record of its own.
 * https://docs.aws.amazon.com/kms/latest/developerguide/ct-update-primary-region.html
 */
export function updatePrimaryRegion(call: Call, input: Input): Input {
  const region = readText(input, 'PrimaryRegion') ?? ''
  const found = findKey(call, readText(input, 'KeyId') ?? '')
  const old = found.key
  noteKey(call, old)
  permitKey(call, found, { 'kms:PrimaryRegion': region })
  refuseManaged(old)
  requirePrimary(old)
  requireState(call.operation, old)
  if (region === old.region) {
    throw new AwsError(
      'UnsupportedOperationException',
      `${old.arn} is already the primary key of its multi-Region set.`,
    )
  }
  const next = familyOf(call.world, old).find((member) => member.region === region)
  if (!next)
    throw new AwsError(
      'NotFoundException',
      `Key '${keyArn(region, old.accountId, old.keyId)}' does not exist`,
    )
  const there: Call = { ...call, region, eventId: randomUUID(), trail: { keys: [next] } }
  permitKey(there, { key: next, alias: null }, { 'kms:PrimaryRegion': region })
  requireState(call.operation, next)
  for (const member of familyOf(call.world, old)) {
    member.multiRegion = { type: member === next ? 'PRIMARY' : 'REPLICA', primaryRegion: region }
  }
  for (const member of [old, next]) {
    member.settles = { state: member.settles?.state ?? member.state, at: call.now + passingMs }
    member.state = 'Updating'
  }
  schedule(call.world, call.now + passingMs)
  const requestParameters = showRequest(call.operation, input)
  recordCall({ ...there, trail: { ...there.trail, requestParameters } }, input, null)
  return {}
}

function requirePrimary(key: Key) {
  if (key.multiRegion?.type === 'PRIMARY') return
  throw new AwsError(
    'UnsupportedOperationException',
    `${key.arn} is not a multi-region primary key.`,
  )
}
