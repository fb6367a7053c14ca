import { AwsError, type Call, type Input } from '../call'
import type { RequestContext } from '../authz/request-context'
import type { Grant, Key } from '../world'
import { contextPairs } from './access'
import { isAwsPrincipal } from './policy-check'
import { readRecord, readText, readTexts } from './read-input'
import { classOf, isSymmetric } from './specs'

export type GrantPlan = Omit<Grant, 'grantId' | 'createdAt' | 'tokens' | 'issuingAccount'>

/**
 * Reads a grant as CreateGrant asks for it. Throws ValidationException where its parameters exclude
 * one another. https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html
 */
export function readGrantPlan(input: Input): GrantPlan {
  const constraints = readRecord(input, 'Constraints') ?? {}
  const pairs = (member: string) =>
    readRecord(constraints, member) ? new Map(contextPairs(constraints, member)) : null
  const plan: GrantPlan = {
    name: readText(input, 'Name') ?? null,
    granteePrincipal: readText(input, 'GranteePrincipal') ?? null,
    granteeServicePrincipal: readText(input, 'GranteeServicePrincipal') ?? null,
    retiringPrincipal: readText(input, 'RetiringPrincipal') ?? null,
    retiringServicePrincipal: readText(input, 'RetiringServicePrincipal') ?? null,
    operations: [...new Set(readTexts(input, 'Operations'))],
    encryptionContextSubset: pairs('EncryptionContextSubset'),
    encryptionContextEquals: pairs('EncryptionContextEquals'),
    sourceArn: readText(constraints, 'SourceArn') ?? null,
  }
  checkParties(plan)
  if (plan.operations.length === 0) throw invalid('You must specify at least one operation.')
  for (const constraint of [plan.encryptionContextSubset, plan.encryptionContextEquals])
    checkPairs(constraint)
  return plan
}

function checkParties(plan: GrantPlan) {
  if ((plan.granteePrincipal === null) === (plan.granteeServicePrincipal === null)) {
    throw invalid('You must specify exactly one of GranteePrincipal and GranteeServicePrincipal.')
  }
  if (plan.retiringPrincipal !== null && plan.retiringServicePrincipal !== null) {
    throw invalid('You can specify only one of RetiringPrincipal and RetiringServicePrincipal.')
  }
  if (plan.granteeServicePrincipal === null) return
  if (plan.sourceArn === null)
    throw invalid('GranteeServicePrincipal requires a SourceArn constraint.')
  if (plan.retiringPrincipal === null && plan.retiringServicePrincipal === null) {
    throw invalid(
      'GranteeServicePrincipal requires a RetiringPrincipal or a RetiringServicePrincipal.',
    )
  }
}

/** Refuses more than 8 pairs and values above 384 characters, the bounds of the API model. */
function checkPairs(constraint: Map<string, string> | null) {
  if (constraint === null) return
  if (constraint.size > 8)
    throw invalid('An encryption context constraint can contain at most 8 pairs.')
  for (const value of constraint.values()) {
    if (value.length > 384)
      throw invalid('A value of an encryption context constraint can have at most 384 characters.')
  }
}

/**
 * Checks the principals: they must exist, and be such as a grant can name: no group, no service.
 */
export function checkPrincipals(call: Call, plan: GrantPlan) {
  for (const principal of [plan.granteePrincipal, plan.retiringPrincipal]) {
    if (principal === null) continue
    if (principal === '*' || !isAwsPrincipal(call.world, principal)) {
      throw new AwsError(
        'InvalidArnException',
        `ARN does not refer to a valid principal: ${principal}`,
      )
    }
  }
}

const always = ['CreateGrant', 'DescribeKey', 'RetireGrant']
const dataKeys = ['GenerateDataKey', 'GenerateDataKeyWithoutPlaintext']
const pairs = ['GenerateDataKeyPair', 'GenerateDataKeyPairWithoutPlaintext']
const cipher = ['Encrypt', 'Decrypt', 'ReEncryptFrom', 'ReEncryptTo']

/**
 * Returns the operations that a grant on this key can allow.
 * https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
 */
function grantableOperations(key: Key): string[] {
  if (isSymmetric(key))
    return [...always, ...cipher, ...dataKeys, ...(key.customKeyStoreId === null ? pairs : [])]
  if (classOf(key.keySpec) === 'hmac') return [...always, 'GenerateMac', 'VerifyMac']
  switch (key.keyUsage) {
    case 'ENCRYPT_DECRYPT':
      return [...always, ...cipher, 'GetPublicKey']
    case 'SIGN_VERIFY':
      return [...always, 'Sign', 'Verify', 'GetPublicKey']
    case 'KEY_AGREEMENT':
      return [...always, 'DeriveSharedSecret', 'GetPublicKey']
    default:
      return [...always, 'Encapsulate', 'Decapsulate', 'GetPublicKey']
  }
}

export function checkFitsKey(key: Key, plan: GrantPlan) {
  const allowed = grantableOperations(key)
  const wrong = plan.operations.filter((operation) => !allowed.includes(operation))
  if (wrong.length > 0) {
    throw invalid(
      `Operations [${wrong.join(', ')}] are not supported for a KMS key with key usage ` +
        `${key.keyUsage} and key spec ${key.keySpec}.`,
    )
  }
  if (!isSymmetric(key) && (plan.encryptionContextEquals || plan.encryptionContextSubset)) {
    throw invalid(
      'Encryption context constraints are supported only on symmetric encryption KMS keys.',
    )
  }
}

/**
 * Returns the condition keys of CreateGrant. The encryption context tested is that of the
 * constraint.
 */
export function grantContext(plan: GrantPlan): RequestContext {
  const constraint = plan.encryptionContextEquals ?? plan.encryptionContextSubset
  const context: RequestContext = {
    'kms:GrantIsForAWSResource': false,
    'kms:GrantOperations': plan.operations,
    'kms:GranteePrincipal': plan.granteePrincipal ?? undefined,
    'kms:GranteeServicePrincipal': plan.granteeServicePrincipal ?? undefined,
    'kms:RetiringPrincipal': plan.retiringPrincipal ?? undefined,
    'kms:RetiringServicePrincipal': plan.retiringServicePrincipal ?? undefined,
    'kms:GrantConstraintSourceArn': plan.sourceArn ?? undefined,
    'kms:GrantConstraintType': constraintType(plan),
    ...(constraint ? { 'kms:EncryptionContextKeys': [...constraint.keys()] } : {}),
  }
  for (const [name, value] of constraint ?? []) context[`kms:EncryptionContext:${name}`] = value
  return context
}

export function constraintType(
  plan: Pick<Grant, 'encryptionContextEquals' | 'encryptionContextSubset'>,
) {
  if (plan.encryptionContextEquals) return 'EncryptionContextEquals'
  return plan.encryptionContextSubset ? 'EncryptionContextSubset' : undefined
}

const invalid = (words: string) => new AwsError('ValidationException', words)
