import fc from 'fast-check'
import type { RawCase, RawGrant, RawPolicy, RawStatement } from './reference'

/** A small world, so that random policies speak of the same things often enough to meet. */
const home = '111122223333'
const abroad = '444455556666'
export const key = `arn:aws:kms:eu-west-1:${home}:key/1234abcd-12ab-34cd-56ef-1234567890ab`
const principals = [
  `arn:aws:iam::${home}:user/ann`,
  `arn:aws:iam::${home}:role/app`,
  `arn:aws:sts::${home}:assumed-role/app/s1`,
  `arn:aws:iam::${home}:root`,
  `arn:aws:iam::${abroad}:user/eve`,
  `arn:aws:sts::${abroad}:assumed-role/guest/s1`,
  `arn:aws:iam::${abroad}:root`,
  'logs.amazonaws.com',
  '*',
]
const awsNames = [
  ...principals.filter((name) => name.startsWith('arn:')),
  `arn:aws:iam::${abroad}:role/guest`,
  home,
  '*',
  'AIDACKCEVSQ6C2EXAMPLE',
  `arn:aws:sts::${home}:assumed-role/app/s2`,
]
const actions = [
  'kms:Decrypt',
  'kms:Encrypt',
  'kms:CreateGrant',
  'kms:DescribeKey',
  'kms:PutKeyPolicy',
  'kms:DisableKey',
]
export const openKeys = [
  'aws:PrincipalOrgID',
  'kms:ViaService',
  'kms:EncryptionContext:App',
  'aws:SourceArn',
  'kms:GrantOperations',
  'kms:ResourceAliases',
]
export const contextValues = [
  'o-1',
  's3.eu-west-1.amazonaws.com',
  'a',
  'B',
  '7',
  '',
  `arn:aws:s3:::bucket`,
]

const oneOrMore = (items: readonly string[]): fc.Arbitrary<string | string[]> =>
  fc.oneof(
    fc.constantFrom(...items),
    fc.uniqueArray(fc.constantFrom(...items), { minLength: 1, maxLength: 3 }),
  )

const actionPatterns = oneOrMore([
  ...actions,
  'kms:*',
  '*',
  'kms:De*',
  'KMS:decrypt',
  'kms:?ncrypt',
  's3:*',
])
const resourcePatterns = oneOrMore([
  '*',
  '*',
  key,
  'arn:aws:kms:*:*:key/*',
  `arn:aws:kms:eu-west-1:${home}:alias/x`,
  'arn:aws:kms:*:key/*',
  `arn:aws:kms:eu-west-?:${home}:key/1234*`,
])
const operators = [
  'StringEquals',
  'StringNotEquals',
  'StringLike',
  'StringNotLike',
  'StringEqualsIgnoreCase',
  'ArnLike',
  'ArnNotEquals',
  'NumericLessThanEquals',
].flatMap((name) => [
  name,
  name,
  `${name}IfExists`,
  `ForAllValues:${name}`,
  `ForAnyValue:${name}`,
  `ForAnyValue:${name}IfExists`,
])
const patterns = [...contextValues, 'o-*', '*', '?', 'b', 'arn:aws:s3:::*', '10']
const anyKey = fc.constantFrom(
  ...openKeys,
  'aws:principalorgid',
  'aws:PrincipalArn',
  'kms:CallerAccount',
  'aws:PrincipalAccount',
)
const keyValues = fc.tuple(anyKey, oneOrMore([...patterns, home, awsNames[0] ?? '']))
const condition: fc.Arbitrary<NonNullable<RawStatement['Condition']>> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom(...operators), keyValues)
      .map(([operator, [name, values]]) => ({ [operator]: { [name]: values } })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(anyKey, fc.constantFrom('true', 'false'))
      .map(([name, value]) => ({ Null: { [name]: value } })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('true', 'false')
      .map((value) => ({ Bool: { 'aws:PrincipalIsAWSService': value } })),
  },
)
const principalMap = fc.oneof(
  { weight: 5, arbitrary: oneOrMore(awsNames).map((AWS) => ({ AWS })) },
  { weight: 1, arbitrary: fc.constant({ Service: 'logs.amazonaws.com' }) },
)

/**
 * Whom the statements of a kind of policy name: nobody, anyone they like, or
 * (control policies) everyone.
 */
export type Naming = 'nobody' | 'anyone' | 'everyone'

export function statements(
  naming: Naming,
  effects: readonly ('Allow' | 'Deny')[] = ['Allow', 'Allow', 'Allow', 'Deny'],
): fc.Arbitrary<RawStatement> {
  const principal: fc.Arbitrary<Partial<RawStatement>> =
    naming !== 'anyone'
      ? fc.constant(naming === 'nobody' ? {} : { Principal: '*' as const })
      : fc.oneof(
          { weight: 6, arbitrary: principalMap.map((Principal) => ({ Principal })) },
          { weight: 1, arbitrary: fc.constant({ Principal: '*' as const }) },
          { weight: 1, arbitrary: principalMap.map((NotPrincipal) => ({ NotPrincipal })) },
        )
  return fc
    .record({
      effect: fc.constantFrom(...effects),
      principal,
      action: fc.oneof(
        { weight: 5, arbitrary: actionPatterns.map((Action) => ({ Action })) },
        { weight: 1, arbitrary: actionPatterns.map((NotAction) => ({ NotAction })) },
      ),
      resource: fc.oneof(
        { weight: 5, arbitrary: resourcePatterns.map((Resource) => ({ Resource })) },
        { weight: 1, arbitrary: resourcePatterns.map((NotResource) => ({ NotResource })) },
      ),
      condition: fc.option(condition, { freq: 2 }),
    })
    .map((parts) => ({
      Effect: parts.effect,
      ...parts.principal,
      ...parts.action,
      ...parts.resource,
      ...(parts.condition ? { Condition: parts.condition } : {}),
    }))
}

function policies(
  naming: Naming,
  effects?: readonly ('Allow' | 'Deny')[],
): fc.Arbitrary<RawPolicy> {
  return fc
    .array(statements(naming, effects), { minLength: 1, maxLength: 4 })
    .map((Statement) => ({ Version: '2012-10-17', Statement }))
}

/** Mostly permissive, so that the parts behind them are reached. */
function guardrails(naming: Naming): fc.Arbitrary<RawPolicy> {
  const open: RawPolicy = {
    Statement: [
      {
        Effect: 'Allow',
        Action: '*',
        Resource: '*',
        ...(naming === 'nobody' ? {} : { Principal: '*' as const }),
      },
    ],
  }
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant(open) },
    { weight: 2, arbitrary: policies(naming) },
  )
}

const pairs = fc.constantFrom<Record<string, string>>(
  { App: 'a' },
  { app: 'a' },
  { app: 'B' },
  {},
  { app: 'a', Team: 'x' },
)
const grants: fc.Arbitrary<RawGrant> = fc.record({
  GranteePrincipal: fc.constantFrom(
    ...awsNames.filter((name) => name.startsWith('arn:')),
    'logs.amazonaws.com',
  ),
  Operations: fc.uniqueArray(fc.constantFrom('Decrypt', 'Encrypt', 'DescribeKey'), {
    minLength: 1,
  }),
  Constraints: fc.option(
    fc.oneof(
      pairs.map((EncryptionContextEquals) => ({ EncryptionContextEquals })),
      pairs.map((EncryptionContextSubset) => ({ EncryptionContextSubset })),
      fc.constant({ SourceArn: 'arn:aws:s3:::bucket' }),
    ),
    { nil: undefined },
  ),
})

const context = fc
  .uniqueArray(
    fc.tuple(
      fc.constantFrom(...openKeys),
      fc.oneof(
        fc.constantFrom(...contextValues),
        fc.uniqueArray(fc.constantFrom(...contextValues), { minLength: 1, maxLength: 2 }),
      ),
    ),
    { selector: ([name]) => name, maxLength: 4 },
  )
  .map((entries) =>
    Object.fromEntries(
      entries.map(([name, value]) => [
        name,
        !/^kms:(?:Grant|Resource)/.test(name) && typeof value !== 'string'
          ? (value[0] ?? '')
          : value,
      ]),
    ),
  )

/** Present so many times of ten. */
const sometimes = <T>(arbitrary: fc.Arbitrary<T>, tenths: number): fc.Arbitrary<T | undefined> =>
  fc.oneof(
    { weight: tenths, arbitrary },
    { weight: 10 - tenths, arbitrary: fc.constant(undefined) },
  )
const some = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.array(arbitrary, { maxLength: 2 })

export const cases: fc.Arbitrary<RawCase> = fc.record({
  request: fc.record({
    principal: fc.constantFrom(...principals),
    action: fc.constantFrom(...actions),
    resource: fc.constant(key),
    context,
  }),
  keyPolicy: sometimes(
    policies('anyone', ['Allow', 'Allow', 'Allow', 'Allow', 'Allow', 'Deny']),
    9,
  ),
  identityPolicies: sometimes(
    some(policies('nobody', ['Allow', 'Allow', 'Allow', 'Allow', 'Deny'])),
    8,
  ),
  permissionBoundaries: sometimes(some(guardrails('nobody')), 2),
  sessionPolicies: sometimes(some(guardrails('nobody')), 2),
  serviceControlPolicies: sometimes(some(some(guardrails('nobody'))), 2),
  resourceControlPolicies: sometimes(some(some(guardrails('everyone'))), 2),
  vpcEndpointPolicies: sometimes(some(guardrails('anyone')), 2),
  grants: sometimes(some(grants), 5),
})
