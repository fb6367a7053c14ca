/** The session policy of CreateGrant, cut to this one grant. Pure. */
import type { Statement } from '../kind'
import type { GrantInput } from './grant-input'

/**
 * STS takes 2,048 characters of session policies in all, and packs what it is given; the rest of
 * the policy is far below this.
 */
const mostCharacters = 1_600

type Condition = Record<string, Record<string, string | readonly string[]>>

/**
 * Lets through this grant and what is narrower, nothing else: operations, parties and constraints
 * by KMS's condition keys. RevokeGrant has no condition key that names a grant: it is bound to the
 * key alone (lib/kms/README.md, "Condition keys").
 */
export function grantStatements(keyArn: string, input: GrantInput): readonly Statement[] {
  const create = { Effect: 'Allow' as const, Action: ['kms:CreateGrant'], Resource: [keyArn] }
  const tight = addContext(makeCondition(input), input)
  const fits = JSON.stringify(tight).length <= mostCharacters
  return [
    { ...create, Condition: fits ? tight : makeCondition(input) },
    { Effect: 'Allow', Action: ['kms:RevokeGrant'], Resource: [keyArn] },
  ]
}

function makeCondition(input: GrantInput): Condition {
  const exact = {
    ...named('kms:GranteePrincipal', input.granteePrincipal),
    ...named('kms:GranteeServicePrincipal', input.granteeServicePrincipal),
    ...named('kms:RetiringPrincipal', input.retiringPrincipal),
    ...named('kms:RetiringServicePrincipal', input.retiringServicePrincipal),
    ...typeOf(input),
  }
  const absent = {
    ...missing('kms:RetiringPrincipal', input.retiringPrincipal),
    ...missing('kms:RetiringServicePrincipal', input.retiringServicePrincipal),
  }
  const sourceArn = input.constraints?.SourceArn
  return {
    'ForAllValues:StringEquals': { 'kms:GrantOperations': input.operations },
    StringEquals: exact,
    ...(Object.keys(absent).length > 0 ? { Null: absent } : {}),
    ...(sourceArn === undefined || !isPlain(sourceArn)
      ? {}
      : { ArnEquals: { 'kms:GrantConstraintSourceArn': sourceArn } }),
  }
}

const named = (key: string, value: string | null) =>
  value === null || !isPlain(value) ? {} : { [key]: value }
const missing = (key: string, value: string | null) => (value === null ? { [key]: 'true' } : {})

/**
 * Leaves kms:GrantConstraintType out beside a SourceArn: AWS does not document its value there
 * (lib/kms/README.md, "Condition keys").
 */
function typeOf({ constraints }: GrantInput): Record<string, string> {
  if (constraints?.SourceArn !== undefined) return {}
  if (constraints?.EncryptionContextEquals)
    return { 'kms:GrantConstraintType': 'EncryptionContextEquals' }
  return constraints?.EncryptionContextSubset
    ? { 'kms:GrantConstraintType': 'EncryptionContextSubset' }
    : {}
}

/** The pairs of the constraint: CreateGrant brings them as if they were its encryption context. */
function addContext(condition: Condition, { constraints }: GrantInput): Condition {
  const pairs = Object.entries(
    constraints?.EncryptionContextEquals ?? constraints?.EncryptionContextSubset ?? {},
  ).filter(([name, value]) => /^[\w .:/=+@-]+$/.test(name) && isPlain(value))
  return {
    ...condition,
    StringEquals: {
      ...condition.StringEquals,
      ...Object.fromEntries(pairs.map(([name, value]) => [`kms:EncryptionContext:${name}`, value])),
    },
  }
}

/**
 * Tells whether a text stands in a policy for itself alone: `${` would be a policy variable, `*` and
 * `?` wildcards of an ARN, and other letters than Latin ones STS does not take. What is not plain
 * gets no condition.
 */
function isPlain(text: string): boolean {
  return /^[\x20-\xff]*$/.test(text) && !/[$*?]/.test(text)
}
