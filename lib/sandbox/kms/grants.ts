import { randomBytes } from 'node:crypto'
import { AwsError, type Call, type Input } from '../call'
import type { Grant, Key } from '../world'
import { page } from '../paging'
import { noteKey, permit, permitKey } from './access'
import {
  checkFitsKey,
  checkPrincipals,
  grantContext,
  readGrantPlan,
  type GrantPlan,
} from './grant-input'
import { findKey } from './identify'
import { refuseManaged } from './managed'
import { shapes } from './model'
import { regionState, seconds } from './place'
import { readText } from './read-input'
import { requireState } from './state'
import { checkGrantTokens, endDryRun, writeGrantToken } from './use'

export function createGrant(call: Call, input: Input): Input {
  const plan = readGrantPlan(input)
  checkGrantTokens(input)
  const found = findKey(call, readText(input, 'KeyId') ?? '')
  const { key } = found
  noteKey(call, key)
  permitKey(call, found, grantContext(plan))
  refuseManaged(key)
  requireState(call.operation, key)
  checkFitsKey(key, plan)
  checkPrincipals(call, plan)
  const issuingAccount = `arn:aws:iam::${call.caller.accountId}:root`
  const twin = findTwin(key, plan, issuingAccount)
  if (!twin) requireGrantQuota(call, key)
  endDryRun(input)
  const grant = twin ?? addGrant(call, key, { ...plan, issuingAccount })
  const token = writeGrantToken(
    { accountId: key.accountId, region: key.region, keyId: key.keyId, grantId: grant.grantId },
    randomBytes(32).toString('hex'),
  )
  grant.tokens.push(token)
  return { GrantToken: token, GrantId: grant.grantId }
}

function addGrant(call: Call, key: Key, plan: GrantPlan & { issuingAccount: string }): Grant {
  const grant: Grant = {
    ...plan,
    grantId: randomBytes(32).toString('hex'),
    createdAt: call.now,
    tokens: [],
  }
  key.grants.set(grant.grantId, grant)
  return grant
}

/**
 * With a Name, the same request gives the same grant; without one every request
 * gives another (aws-facts 5).
 */
function findTwin(key: Key, plan: GrantPlan, issuingAccount: string): Grant | undefined {
  if (plan.name === null) return undefined
  const wanted = fingerprint({ ...plan, issuingAccount })
  for (const grant of key.grants.values())
    if (grant.name === plan.name && fingerprint(grant) === wanted) return grant
  return undefined
}

function fingerprint(grant: GrantPlan & { issuingAccount: string }) {
  const pairs = (constraint: Map<string, string> | null) =>
    constraint ? [...constraint].sort(([a], [b]) => (a < b ? -1 : 1)) : null
  return JSON.stringify([
    grant.granteePrincipal,
    grant.granteeServicePrincipal,
    grant.retiringPrincipal,
    grant.retiringServicePrincipal,
    [...grant.operations].sort(),
    pairs(grant.encryptionContextSubset),
    pairs(grant.encryptionContextEquals),
    grant.sourceArn,
    grant.issuingAccount,
  ])
}

function requireGrantQuota(call: Call, key: Key) {
  const most =
    regionState(call.world, key.accountId, key.region)?.quotaOverrides.get('L-D594A657') ?? 50_000
  if (key.grants.size >= most)
    throw new AwsError(
      'LimitExceededException',
      `You cannot create more than ${most} grants per KMS key.`,
    )
}

export function listGrants(call: Call, input: Input): Input {
  const grantId = readGrantId(input)
  const grantee = readText(input, 'GranteePrincipal')
  const found = findKey(call, readText(input, 'KeyId') ?? '')
  noteKey(call, found.key)
  permitKey(call, found, { 'kms:GrantIsForAWSResource': false })
  if (readText(input, 'GranteeServicePrincipal') !== undefined)
    throw serviceOnly(call, found.key.arn)
  const fits = (grant: Grant) =>
    (grantId === undefined || grant.grantId === grantId) &&
    (grantee === undefined || grant.granteePrincipal === grantee)
  const all =
    grantId === undefined
      ? [...found.key.grants.values()]
      : [found.key.grants.get(grantId)].filter((grant) => grant !== undefined)
  const grants = page(call, all.filter(fits), {
    limit: input.Limit,
    default: 50,
    max: 100,
    marker: input.Marker,
    key: (grant) => grant.grantId,
  })
  return {
    Grants: grants.items.map((grant) => describeGrant(found.key, grant)),
    ...(grants.next === undefined ? {} : { NextMarker: grants.next }),
    Truncated: grants.truncated,
  }
}

/** Grants of this Region, on keys of any account, that the principal may retire. */
export function listRetirableGrants(call: Call, input: Input): Input {
  const principal = readText(input, 'RetiringPrincipal')
  const service = readText(input, 'RetiringServicePrincipal')
  if ((principal === undefined) === (service === undefined)) {
    throw new AwsError(
      'ValidationException',
      'You must specify exactly one of RetiringPrincipal and RetiringServicePrincipal.',
    )
  }
  permit(call, principal ?? '*')
  if (principal === undefined) throw serviceOnly(call, '*')
  const [, , service_, , accountId] = principal.split(':')
  if (!principal.startsWith('arn:') || (service_ !== 'iam' && service_ !== 'sts')) {
    throw new AwsError(
      'InvalidArnException',
      `ARN does not refer to a valid principal: ${principal}`,
    )
  }
  if (accountId !== call.caller.accountId) throw serviceOnly(call, principal)
  const grants = page(call, findRetirable(call, principal), {
    limit: input.Limit,
    default: 50,
    max: 100,
    marker: input.Marker,
    key: ({ key, grant }) => `${grant.grantId}/${key.arn}`,
  })
  return {
    Grants: grants.items.map(({ key, grant }) => describeGrant(key, grant)),
    ...(grants.next === undefined ? {} : { NextMarker: grants.next }),
    Truncated: grants.truncated,
  }
}

function* findRetirable(call: Call, principal: string): Generator<{ key: Key; grant: Grant }> {
  for (const account of call.world.accounts.values()) {
    for (const key of account.regions.get(call.region)?.keys.values() ?? []) {
      if (key.grants.size === 0) continue
      for (const grant of key.grants.values())
        if (grant.retiringPrincipal === principal) yield { key, grant }
    }
  }
}

/** Filters by service principal answer only to the service itself. */
const serviceOnly = (call: Call, resource: string) =>
  new AwsError(
    'AccessDeniedException',
    `User: ${call.caller.arn} is not authorized to perform: kms:${call.operation} on resource: ${resource}`,
  )

export function readGrantId(input: Input): string | undefined {
  const grantId = readText(input, 'GrantId')
  if (grantId !== undefined && !/^[0-9a-f]{64}$/.test(grantId))
    throw new AwsError('InvalidGrantIdException', `Invalid grant ID ${grantId}`)
  return grantId
}

/**
 * Operations are a set to AWS: it lists them in the order of its model,
 * whatever the order of the request.
 */
function inOrder(operations: string[]): string[] {
  const shape = shapes.GrantOperation
  const order = shape?.type === 'string' ? (shape.enum ?? []) : []
  return [...operations].sort((a, b) => order.indexOf(a) - order.indexOf(b))
}

/** As ListGrants shows it: tokens never, a missing name as the empty text. */
function describeGrant(key: Key, grant: Grant): Input {
  const { encryptionContextSubset, encryptionContextEquals, sourceArn } = grant
  const constrained =
    encryptionContextSubset !== null || encryptionContextEquals !== null || sourceArn !== null
  return {
    KeyId: key.arn,
    GrantId: grant.grantId,
    Name: grant.name ?? '',
    CreationDate: seconds(grant.createdAt),
    ...(grant.granteePrincipal === null ? {} : { GranteePrincipal: grant.granteePrincipal }),
    ...(grant.granteeServicePrincipal === null
      ? {}
      : { GranteeServicePrincipal: grant.granteeServicePrincipal }),
    ...(grant.retiringPrincipal === null ? {} : { RetiringPrincipal: grant.retiringPrincipal }),
    ...(grant.retiringServicePrincipal === null
      ? {}
      : { RetiringServicePrincipal: grant.retiringServicePrincipal }),
    IssuingAccount: grant.issuingAccount,
    Operations: inOrder(grant.operations),
    ...(constrained
      ? {
          Constraints: {
            ...(encryptionContextSubset
              ? { EncryptionContextSubset: Object.fromEntries(encryptionContextSubset) }
              : {}),
            ...(encryptionContextEquals
              ? { EncryptionContextEquals: Object.fromEntries(encryptionContextEquals) }
              : {}),
            ...(sourceArn === null ? {} : { SourceArn: sourceArn }),
          },
        }
      : {}),
  }
}
