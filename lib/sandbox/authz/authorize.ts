import { AwsError, type Call } from '../call'
import type { Bucket, IamRole, Key } from '../world'
import { decideOutcome, type Ask, type Refusal } from './decide'
import type { RequestContext } from './request-context'

export type AccessRequest = {
  /** `kms:Decrypt` */
  action: string
  /** The key the request is about; null for operations on `*` or on an alias alone. */
  key: Key | null
  resourceArn: string
  context?: RequestContext
  /** The key was found by the ciphertext, not named: AWS then says so instead of naming it. */
  byCiphertext?: boolean
}

export type Decision =
  | { allowed: true; by: 'key-policy' | 'identity-policy' | 'grant'; grantId?: string }
  | { allowed: false; reason: string }

/**
 * What a foreign principal can be allowed at all.
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html
 */
const crossAccount = new Set(
  [
    'Encrypt',
    'Decrypt',
    'ReEncryptFrom',
    'ReEncryptTo',
    'GenerateDataKey',
    'GenerateDataKeyWithoutPlaintext',
    'GenerateDataKeyPair',
    'GenerateDataKeyPairWithoutPlaintext',
    'GenerateMac',
    'VerifyMac',
    'Sign',
    'Verify',
    'DeriveSharedSecret',
    'Encapsulate',
    'Decapsulate',
    'CreateGrant',
    'DescribeKey',
    'GetKeyRotationStatus',
    'GetPublicKey',
    'ListGrants',
    'RetireGrant',
    'RevokeGrant',
  ].map((operation) => `kms:${operation}`),
)

/**
 * Throws AccessDeniedException in AWS's words unless the caller is allowed; returns what allowed
 * it.
 */
export function authorize(call: Call, request: AccessRequest): Decision {
  const decision = decide(call, request)
  if (!decision.allowed) throw new AwsError('AccessDeniedException', decision.reason)
  return decision
}

/** Decides without throwing. */
export function decide(call: Call, request: AccessRequest): Decision {
  const { key, action, resourceArn, context = {} } = request
  const resource = key && {
    accountId: key.accountId,
    policy: key.policy,
    key,
    crossAccountWorks: crossAccount.has(action),
  }
  return conclude(call, { action, resourceArn, context, resource }, request.byCiphertext ?? false)
}

/**
 * Authorizes what is not KMS: identity policies, boundary, session policy, SCP. Throws
 * AccessDeniedException.
 */
export function authorizeService(
  call: Call,
  request: { action: string; resourceArn: string; context?: RequestContext },
): void {
  authorize(call, { ...request, key: null })
}

/**
 * Decides whether the caller is allowed `action` (sts:AssumeRole, sts:SetSourceIdentity, …) on the
 * role: its trust policy and IAM.
 */
export function decideOnRole(
  call: Call,
  role: IamRole,
  action: string,
  context: RequestContext,
): Decision {
  const resource = {
    accountId: role.arn.split(':')[4] ?? '',
    policy: role.trustPolicy,
    key: null,
    crossAccountWorks: true,
  }
  return conclude(call, { action, resourceArn: role.arn, context, resource }, false)
}

/**
 * Decides on a bucket or an object: its policy and IAM, either of which is enough within the
 * account. https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-policy-language-overview.html
 */
export function decideOnBucket(
  call: Call,
  bucket: Bucket,
  action: string,
  resourceArn: string,
  context: RequestContext,
): Decision {
  const resource = {
    accountId: bucket.accountId,
    policy: bucket.policy ?? '{}',
    key: null,
    crossAccountWorks: true,
    identitySuffices: true,
  }
  return conclude(call, { action, resourceArn, context, resource }, false)
}

/**
 * Returns what a caller of another account is told, whether the key is not there or not for it.
 * `byCiphertext` as in AccessRequest.
 */
export function foreignRefusal(call: Call, action: string, byCiphertext = false): string {
  const resource = byCiphertext ? 'the resource associated with this ciphertext' : 'this resource'
  return (
    `User: ${call.caller.arn} is not authorized to perform: ${action} on ${resource} ` +
    'because the resource does not exist in this Region, no resource-based policies allow access, ' +
    'or a resource-based policy explicitly denies access'
  )
}

function conclude(call: Call, ask: Ask, byCiphertext: boolean): Decision {
  const outcome = decideOutcome(call, ask)
  if ('by' in outcome) return { allowed: true, ...outcome }
  return { allowed: false, reason: wordRefusal(call, ask, outcome.refusal, byCiphertext) }
}

function wordRefusal(call: Call, ask: Ask, refusal: Refusal, byCiphertext: boolean): string {
  if (refusal.external && ask.resource?.key) return foreignRefusal(call, ask.action, byCiphertext)
  const resource = byCiphertext
    ? 'on the resource associated with this ciphertext'
    : `on resource: ${ask.resourceArn}`
  const who = `User: ${call.caller.arn} is not authorized to perform: ${ask.action} ${resource}`
  const article = refusal.kind === 'identity-based policy' ? 'an' : 'a'
  if (refusal.explicit) return `${who} with an explicit deny in ${article} ${refusal.kind}`
  return `${who} because no ${refusal.kind} allows the ${ask.action} action`
}
