import { AwsError, type Call, type Input } from '../call'
import type { RequestContext } from '../authz/request-context'
import type { Key, World } from '../world'
import { contextPairs, noteKey, permitKey } from './access'
import { readFlag, readTexts } from './read-input'
import type { Found } from './identify'
import { requireState } from './state'
import { algorithmsOf, isSymmetric } from './specs'
import { regionState } from './place'

/**
 * Authorization, usage and state of a key for a cryptographic operation, in AWS's order.
 * `action` differs for ReEncrypt.
 */
export function permitUse(
  call: Call,
  found: Found,
  usage: string,
  context: RequestContext = {},
  action = call.operation,
) {
  noteKey(call, found.key)
  permitKey(call, found, context, action)
  requireUsage(call, found.key, usage)
  requireState(call.operation, found.key)
  requireStore(call.world, found.key)
}

function requireUsage(call: Call, key: Key, usage: string) {
  if (key.keyUsage === usage) return
  throw new AwsError(
    'InvalidKeyUsageException',
    `${key.arn} key usage is ${key.keyUsage} which is not valid for ${call.operation}.`,
  )
}

export function requireAlgorithm(key: Key, algorithm: string) {
  if (algorithmsOf(key).includes(algorithm)) return
  throw new AwsError(
    'InvalidKeyUsageException',
    `Algorithm ${algorithm} is incompatible with key spec ${key.keySpec}.`,
  )
}

/** An encryption context belongs to symmetric encryption alone. */
export function refuseContext(key: Key, input: Input, member = 'EncryptionContext') {
  if (isSymmetric(key) || contextPairs(input, member).length === 0) return
  throw new AwsError(
    'ValidationException',
    'EncryptionContext is not supported with asymmetric CMKs.',
  )
}

function requireStore(world: World, key: Key) {
  if (key.customKeyStoreId === null) return
  const store = regionState(world, key.accountId, key.region)?.keyStores.get(key.customKeyStoreId)
  if (store?.connectionState !== 'CONNECTED')
    throw new AwsError('KMSInvalidStateException', `${key.arn} is unavailable.`)
}

/** Thrown at the very end of a dry run: everything but the deed has been done. */
export function endDryRun(input: Input) {
  if (!readFlag(input, 'DryRun')) return
  throw new AwsError(
    'DryRunOperationException',
    'The request would have succeeded, but the DryRun option is set.',
  )
}

/** Only attested enclaves can send a Recipient, and the sandbox verifies no attestation. */
export function refuseRecipient(input: Input) {
  if (input.Recipient === undefined || input.Recipient === null) return
  throw new AwsError(
    'ValidationException',
    'The attestation document could not be verified: the sandbox supports no Recipient.',
  )
}

/** The grant tokens of this sandbox name a grant in base64; anything else is no token. */
export function checkGrantTokens(input: Input) {
  for (const token of readTexts(input, 'GrantTokens'))
    if (!readGrantToken(token)) throw new AwsError('InvalidGrantTokenException', '')
}

export type GrantTokenParts = { accountId: string; region: string; keyId: string; grantId: string }

export function writeGrantToken(parts: GrantTokenParts, nonce: string): string {
  return Buffer.from(
    `claviger-grant|${parts.accountId}|${parts.region}|${parts.keyId}|${parts.grantId}|${nonce}`,
  ).toString('base64')
}

export function readGrantToken(token: string): GrantTokenParts | null {
  const [mark, accountId, region, keyId, grantId, nonce] = Buffer.from(token, 'base64')
    .toString('latin1')
    .split('|')
  if (mark !== 'claviger-grant' || !accountId || !region || !keyId || !grantId || !nonce)
    return null
  return { accountId, region, keyId, grantId }
}

/** For GetKeyLastUsage: the last successful cryptographic operation, per key and Region. */
export function recordUse(call: Call, key: Key) {
  key.lastUsage = {
    operation: call.operation,
    at: call.now,
    eventId: call.eventId,
    requestId: call.requestId,
  }
}

export function noteMaterial(call: Call, key: Key, materialId: string) {
  if (isSymmetric(key))
    call.trail.additionalEventData = {
      ...call.trail.additionalEventData,
      keyMaterialId: materialId,
    }
}
