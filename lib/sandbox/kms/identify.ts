import { AwsError, type Call } from '../call'
import { foreignRefusal } from '../authz/authorize'
import type { Key } from '../world'
import { aliasArn, keyArn, regionState } from './place'

/**
 * `alias`: the full alias name by which the caller asked, or null. `byCiphertext`: the
 * caller named no key at all.
 */
export type Found = { key: Key; alias: string | null; byCiphertext?: true }

/** Operations that work on another account's key (aws-facts 1, column X). */
const crossAccountOperations = new Set([
  'CreateGrant',
  'Decapsulate',
  'Decrypt',
  'DeriveSharedSecret',
  'DescribeKey',
  'Encapsulate',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext',
  'GenerateDataKeyWithoutPlaintext',
  'GenerateMac',
  'GetKeyRotationStatus',
  'GetPublicKey',
  'ListGrants',
  'ReEncrypt',
  'RetireGrant',
  'RevokeGrant',
  'Sign',
  'Verify',
  'VerifyMac',
])

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const multiRegionId = /^mrk-[0-9a-f]{32}$/i
const isKeyId = (text: string) => uuid.test(text) || multiRegionId.test(text)

/** `action`: what the refusal of a foreign key names, where it is not the operation (ReEncrypt). */
type Options = { aliases?: boolean; action?: string }

/**
 * The key a KeyId names (aws-facts 1.1): key id or key ARN, and alias or alias ARN only where
 * `aliases` says that the operation takes them. Throws NotFoundException and
 * InvalidArnException in AWS's words.
 */
export function findKey(call: Call, id: string, options: Options = {}): Found {
  if (id.startsWith('arn:')) return findByArn(call, id, options)
  if (id.startsWith('alias/')) {
    if (!options.aliases) throw invalidKeyId(id)
    return findByAlias(call, call.caller.accountId, id, options)
  }
  if (!isKeyId(id)) throw invalidKeyId(id)
  return { key: requireKey(call, call.caller.accountId, id, options), alias: null }
}

function findByArn(call: Call, arn: string, options: Options): Found {
  const [, partition, service, region, accountId, ...rest] = arn.split(':')
  const resource = rest.join(':')
  if (service !== 'kms' || region === undefined || accountId === undefined || resource === '')
    throw invalidArn(arn)
  if (partition !== 'aws' || region !== call.region)
    throw new AwsError('NotFoundException', `Invalid arn ${region}`)
  if (resource.startsWith('alias/')) {
    if (!options.aliases) throw invalidArn(arn)
    return findByAlias(call, accountId, resource, options)
  }
  if (!resource.startsWith('key/')) throw invalidArn(arn)
  return { key: requireKey(call, accountId, resource.slice('key/'.length), options), alias: null }
}

function findByAlias(call: Call, accountId: string, name: string, options: Options): Found {
  const state = regionState(call.world, accountId, call.region)
  const target = state?.aliases.get(name)?.targetKeyId
  if (!target || !state?.keys.has(target)) {
    throw new AwsError(
      'NotFoundException',
      `Alias ${aliasArn(call.region, accountId, name)} is not found.`,
    )
  }
  return { key: requireKey(call, accountId, target, options), alias: name }
}

function requireKey(call: Call, accountId: string, keyId: string, options: Options): Key {
  const key = regionState(call.world, accountId, call.region)?.keys.get(keyId)
  const arn = keyArn(call.region, accountId, keyId)
  if (key && (accountId === call.caller.accountId || crossAccountOperations.has(call.operation)))
    return key
  if (accountId === call.caller.accountId)
    throw new AwsError('NotFoundException', `Key '${arn}' does not exist`)
  throw refuseForeign(call, options.action)
}

/**
 * KMS says the same of another account's key whether it is missing, forbidden, or
 * of no use in this operation.
 */
export const refuseForeign = (call: Call, action = `kms:${call.operation}`) =>
  new AwsError('AccessDeniedException', foreignRefusal(call, action))

const invalidKeyId = (id: string) => new AwsError('NotFoundException', `Invalid keyId '${id}'`)
const invalidArn = (arn: string) => new AwsError('InvalidArnException', `Invalid arn ${arn}`)
