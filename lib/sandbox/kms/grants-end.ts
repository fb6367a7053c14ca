import { AwsError, type Call, type Input } from '../call'
import { authorize } from '../authz/authorize'
import type { Grant, Key } from '../world'
import { noteKey, permitKey } from './access'
import { constraintType } from './grant-input'
import { readGrantId } from './grants'
import { findKey, refuseForeign } from './identify'
import { refuseManaged } from './managed'
import { keyArn, regionState } from './place'
import { readText } from './read-input'
import { requireState } from './state'
import { endDryRun, readGrantToken } from './use'

const noPolicy = '{"Version":"2012-10-17","Statement":[]}'

export function revokeGrant(call: Call, input: Input): Input {
  const grantId = readGrantId(input) ?? ''
  const found = findKey(call, readText(input, 'KeyId') ?? '')
  noteKey(call, found.key)
  permitKey(call, found, { 'kms:GrantIsForAWSResource': false })
  requireState(call.operation, found.key)
  if (!found.key.grants.has(grantId)) throw notFound(grantId)
  refuseServiceGrant(found.key)
  endDryRun(input)
  found.key.grants.delete(grantId)
  return {}
}

export function retireGrant(call: Call, input: Input): Input {
  const { key, grant } = findGrant(call, input)
  noteKey(call, key)
  permitRetire(call, key, grant)
  requireState(call.operation, key)
  endDryRun(input)
  key.grants.delete(grant.grantId)
  call.trail.additionalEventData = { ...call.trail.additionalEventData, grantId: grant.grantId }
  return {}
}

function findGrant(call: Call, input: Input): { key: Key; grant: Grant } {
  const token = readText(input, 'GrantToken')
  const id = readText(input, 'KeyId')
  const grantId = readGrantId(input)
  const byId = id !== undefined && grantId !== undefined
  if (
    (token !== undefined) === byId ||
    (token !== undefined && (id !== undefined || grantId !== undefined))
  ) {
    throw new AwsError('ValidationException', 'Grant token OR (grant ID, key ID) must be specified')
  }
  if (token !== undefined) return findByToken(call, token)
  const { key } = findKey(call, id ?? '')
  const grant = key.grants.get(grantId ?? '')
  if (!grant)
    throw key.accountId === call.caller.accountId ? notFound(grantId ?? '') : refuseForeign(call)
  return { key, grant }
}

function findByToken(call: Call, token: string): { key: Key; grant: Grant } {
  const parts = readGrantToken(token)
  if (!parts || parts.region !== call.region) throw new AwsError('InvalidGrantTokenException', '')
  const key = regionState(call.world, parts.accountId, parts.region)?.keys.get(parts.keyId)
  if (!key)
    throw new AwsError(
      'NotFoundException',
      `Key '${keyArn(parts.region, parts.accountId, parts.keyId)}' does not exist`,
    )
  const grant = key.grants.get(parts.grantId)
  if (!grant) throw notFound(parts.grantId)
  if (!grant.tokens.includes(token)) throw new AwsError('InvalidGrantTokenException', '')
  return { key, grant }
}

/**
 * The retiring principal, the grantee of a grant with RetireGrant, and the account that made the
 * grant may retire it (aws-facts 5): each a grant of that one operation, on a key whose policy has
 * no say. Denies of IAM and SCPs still bind.
 */
function permitRetire(call: Call, key: Key, grant: Grant) {
  const free: Grant = {
    ...grant,
    operations: ['RetireGrant'],
    encryptionContextEquals: null,
    encryptionContextSubset: null,
    sourceArn: null,
  }
  const parties = [
    grant.retiringPrincipal,
    grant.issuingAccount,
    grant.operations.includes('RetireGrant') ? grant.granteePrincipal : null,
  ]
  const grants = new Map(
    parties.flatMap((party): [string, Grant][] =>
      party === null ? [] : [[party, { ...free, granteePrincipal: party }]],
    ),
  )
  const constraint = grant.encryptionContextEquals ?? grant.encryptionContextSubset
  authorize(call, {
    action: 'kms:RetireGrant',
    key: { ...key, policy: noPolicy, grants },
    resourceArn: key.arn,
    context: {
      'kms:GrantConstraintType': constraintType(grant),
      ...(constraint ? { 'kms:EncryptionContextKeys': [...constraint.keys()] } : {}),
      ...Object.fromEntries(
        [...(constraint ?? [])].map(([name, value]) => [`kms:EncryptionContext:${name}`, value]),
      ),
    },
  })
}

/**
 * Grants on AWS managed keys are revocable by the account where the key's policy says so
 * (kms:RevokeGrant); others refuse changes.
 */
function refuseServiceGrant(key: Key) {
  if (key.manager === 'AWS' && !key.policy.includes('kms:RevokeGrant')) refuseManaged(key)
}

const notFound = (grantId: string) =>
  new AwsError('NotFoundException', `Grant ID ${grantId} not found`)
