import {
  allow,
  ann,
  deny,
  foreignRoot,
  home,
  key,
  otherKey,
  role,
  root,
  to,
  when,
} from '../../test/examples'
import type { PolicyType } from '../../document'
import type { RuleCode } from '../catalog'
import type { LintFacts } from '../finding'

export type Statement = Record<string, unknown>

/**
 * A rule, what it fires on, and a near miss that it leaves alone. A statement,
 * several, or a whole document.
 */
export interface RuleExample {
  code: RuleCode
  fires: Statement | Statement[]
  silent: Statement | Statement[]
  type?: PolicyType
  facts?: LintFacts
}

export const document = (statements: Statement | Statement[]): object =>
  'Statement' in statements ? statements : { Version: '2012-10-17', Statement: statements }

export const delegation: Statement = {
  Sid: 'Enable IAM User Permissions',
  ...allow('kms:*', to(root)),
}
export const use = (more: Statement = {}): Statement =>
  allow('kms:Decrypt', { ...to(role), ...more })
export const s3Service = { Principal: { Service: 's3.amazonaws.com' } }
const identity = { type: 'identity' as const }
const aliasArn = `arn:aws:kms:us-west-2:${home}:alias/orders`
const sessionArn = `arn:aws:sts::${home}:assumed-role/app/i-0abc`
const many = (count: number): string[] =>
  Array.from({ length: count }, (_, at) => `arn:aws:iam::${home}:user/user${at}`)
const filler = (bytes: number): Statement[] => [delegation, use({ Sid: 'x'.repeat(bytes) })]

export const elementExamples: RuleExample[] = [
  {
    code: 'MISSING_VERSION',
    fires: { Statement: [delegation] },
    silent: { Version: '2008-10-17', Statement: [delegation] },
  },
  { code: 'POLICY_SIZE_NEAR_LIMIT', fires: filler(26_000), silent: filler(20_000) },
  { code: 'EMPTY_SID_VALUE', fires: use({ Sid: '' }), silent: use({ Sid: 'x' }) },
  {
    code: 'REDUNDANT_STATEMENT',
    fires: [use(), allow('kms:De*', { Sid: 'wide', ...to(role, ann) })],
    silent: [use(), allow('kms:De*', to(ann))],
  },
  {
    code: 'REDUNDANT_STATEMENT',
    fires: [use(), use(when('Bool', 'aws:SecureTransport', 'true'))],
    silent: [
      use(when('Bool', 'aws:SecureTransport', 'false')),
      use(when('Bool', 'aws:SecureTransport', 'true')),
    ],
  },
  {
    code: 'REDUNDANT_STATEMENT',
    fires: [
      deny('kms:Decrypt', { NotPrincipal: { AWS: ann } }),
      deny('kms:Decrypt', { NotPrincipal: { AWS: [ann, role] } }),
    ],
    silent: [deny('kms:Decrypt', { NotPrincipal: { AWS: ann } }), deny('kms:Decrypt', to(ann))],
  },
  { code: 'MISSING_ACTION', fires: { Effect: 'Allow', ...to(role), Resource: '*' }, silent: use() },
  {
    code: 'MISSING_RESOURCE',
    fires: { Effect: 'Allow', ...to(role), Action: 'kms:Decrypt' },
    silent: use(),
  },
  {
    code: 'EMPTY_ARRAY_ACTION',
    fires: allow([], to(role)),
    silent: allow(['kms:Decrypt'], to(role)),
  },
  { code: 'EMPTY_ARRAY_RESOURCE', fires: use({ Resource: [] }), silent: use({ Resource: ['*'] }) },
  {
    code: 'EMPTY_ARRAY_PRINCIPAL',
    fires: use({ Principal: { AWS: [] } }),
    silent: use({ Principal: { AWS: [role] } }),
  },
  {
    code: 'EMPTY_ARRAY_PRINCIPAL',
    fires: use({ Principal: { AWS: [role], Service: [] } }),
    silent: use({ Principal: { AWS: [role] } }),
  },
  { code: 'EMPTY_OBJECT_PRINCIPAL', fires: use({ Principal: {} }), silent: use() },
  {
    code: 'EMPTY_OBJECT_CONDITION',
    fires: use({ Condition: {} }),
    silent: use(when('Bool', 'aws:SecureTransport', 'true')),
  },
  { code: 'INVALID_SERVICE_IN_ACTION', fires: allow('kmss:Decrypt', to(role)), silent: use() },
  {
    code: 'INVALID_ACTION',
    fires: allow('kms:Decrpyt', to(role)),
    silent: allow('KMS:decrypt', to(role)),
  },
  {
    code: 'INVALID_ACTION',
    fires: allow('kms:Decipher*', to(role)),
    silent: allow('kms:*apsulate', to(role)),
  },
  {
    code: 'UNSUPPORTED_ACTION_IN_POLICY',
    fires: allow(['kms:Decrypt', 's3:GetObject'], to(role)),
    silent: allow('*', to(root)),
  },
  {
    code: 'INEFFECTIVE_ACTION',
    fires: allow(['kms:Decrypt', 'kms:ListKeys'], to(role)),
    silent: allow(['kms:Create*', 'kms:List*'], to(role)),
  },
  {
    code: 'ACTION_NOT_FOR_KEY_USAGE',
    fires: allow('kms:Sign', to(role)),
    silent: allow(['kms:Decrypt', 'kms:GenerateDataKey*', 'kms:DescribeKey'], to(role)),
    facts: { keySpec: 'SYMMETRIC_DEFAULT', keyUsage: 'ENCRYPT_DECRYPT' },
  },
  {
    code: 'ACTION_NOT_FOR_KEY_USAGE',
    fires: allow('kms:GenerateDataKey', to(role)),
    silent: allow(['kms:Decrypt', 'kms:GetPublicKey'], to(role)),
    facts: { keySpec: 'RSA_4096', keyUsage: 'ENCRYPT_DECRYPT' },
  },
  {
    code: 'REDUNDANT_ACTION',
    fires: allow(['kms:GenerateDataKey*', 'kms:GenerateDataKeyPair'], to(role)),
    silent: allow(['kms:GenerateDataKey*', 'kms:GenerateMac'], to(role)),
  },
  {
    code: 'WILDCARD_IN_SERVICE_NAME',
    fires: allow('k*:Decrypt', to(role)),
    silent: allow('kms:D*', to(role)),
  },
  {
    code: 'ALLOW_WITH_NOT_ACTION',
    fires: { Effect: 'Allow', ...to(role), NotAction: 'kms:Decrypt', Resource: '*' },
    silent: { Effect: 'Deny', ...to(role), NotAction: 'kms:Decrypt', Resource: '*' },
  },
  {
    code: 'INVALID_ARN_PREFIX',
    fires: use({ Resource: '1234abcd-12ab-34cd-56ef-1234567890ab' }),
    silent: use(),
  },
  {
    code: 'MISSING_ARN_FIELD',
    fires: use({ Resource: 'arn:aws:kms:us-west-2:key/x' }),
    silent: use({ Resource: key }),
  },
  {
    code: 'MISSING_ARN_FIELD',
    ...identity,
    fires: allow('kms:Decrypt', { Resource: 'arn:aws:kms:*:key/*' }),
    silent: allow('kms:Decrypt', { Resource: 'arn:aws:kms:*' }),
  },
  {
    code: 'MISSING_ARN_FIELD',
    type: 'scp',
    fires: deny('kms:*', { Resource: 'arn:aws:kms:us-east-1:key/*' }),
    silent: deny('kms:*', { Resource: 'arn:aws:kms:us-east-1:*:key/*' }),
  },
  {
    code: 'RESOURCE_NEVER_MATCHES',
    ...identity,
    fires: allow(['kms:CreateKey', 'kms:Decrypt'], { Resource: key }),
    silent: [allow('kms:CreateKey'), allow(['kms:List*', 'kms:Decrypt'], { Resource: key })],
  },
  {
    code: 'RESOURCE_NEVER_MATCHES',
    type: 'scp',
    fires: deny('kms:GenerateRandom', { Resource: key.replace(/key\/.*/, '*') }),
    silent: deny('kms:GenerateRandom'),
  },
  {
    code: 'ALIAS_WITHOUT_KEY',
    ...identity,
    fires: allow('kms:CreateAlias', { Resource: aliasArn }),
    silent: [
      allow('kms:CreateAlias', { Resource: aliasArn }),
      allow('kms:CreateAlias', { Resource: key }),
    ],
  },
  {
    code: 'INEFFECTIVE_ACTION',
    fires: allow(['kms:CreateGrant', 'kms:RetireGrant'], {
      ...to(role),
      ...when('Bool', 'kms:GrantIsForAWSResource', 'true'),
    }),
    silent: allow('kms:RevokeGrant', to(role)),
  },
  {
    code: 'UNKNOWN_SERVICE_PRINCIPAL',
    fires: use({ Principal: { Service: 'cloudtrial.amazonaws.com' } }),
    silent: [
      use({
        Principal: {
          Service: [
            'cloudtrail.amazonaws.com',
            'delivery.logs.amazonaws.com',
            'vpc-flow-logs.amazonaws.com',
            'logs.eu-west-1.amazonaws.com',
          ],
        },
      }),
    ],
  },
  {
    code: 'UNKNOWN_SERVICE_PRINCIPAL',
    fires: use({ Principal: { Service: 'detectve.amazonaws.com' } }),
    silent: use({ Principal: { Service: ['macie.amazonaws.com', 'detective2.amazonaws.com'] } }),
  },
  {
    code: 'DENY_WITH_INCOMPLETE_NOT_PRINCIPAL',
    fires: { ...deny(), NotPrincipal: { AWS: ann } },
    silent: { ...deny(), NotPrincipal: { AWS: ['*', ann] } },
  },
  {
    code: 'DENY_WITH_INCOMPLETE_NOT_PRINCIPAL',
    fires: { ...deny(), NotPrincipal: { AWS: [ann, foreignRoot] } },
    silent: { ...deny(), NotPrincipal: { AWS: [ann, home] } },
  },
  {
    code: 'DENY_WITH_INCOMPLETE_NOT_PRINCIPAL',
    fires: { ...deny(), NotPrincipal: { AWS: [sessionArn, root] } },
    silent: { ...deny(), NotPrincipal: { AWS: [sessionArn, role, root] } },
  },
  {
    code: 'INVALID_PARTITION',
    fires: use({ Resource: key.replace('arn:aws:', 'arn:amazon:') }),
    silent: use({ Resource: key.replace('arn:aws:', 'arn:aws-cn:') }),
  },
  {
    code: 'INVALID_ARN_SERVICE_CASE',
    fires: use({ Resource: key.replace(':kms:', ':KMS:') }),
    silent: use({ Resource: key }),
  },
  {
    code: 'INVALID_ARN_REGION',
    fires: use({ Resource: key.replace('us-west-2', 'us-wset-2') }),
    silent: use({ Resource: key.replace('us-west-2', '*') }),
  },
  {
    code: 'MISSING_ARN_REGION',
    fires: use({ Resource: key.replace('us-west-2', '') }),
    silent: use({ Resource: key }),
  },
  {
    code: 'INVALID_ARN_ACCOUNT',
    fires: use({ Resource: key.replace(home, '1234') }),
    silent: use({ Resource: key.replace(home, '*') }),
  },
  {
    code: 'ARN_REGION_NOT_ALLOWED',
    ...identity,
    fires: allow('iam:GetRole', { Resource: `arn:aws:iam:us-east-1:${home}:role/x` }),
    silent: allow('iam:GetRole', { Resource: role }),
  },
  {
    code: 'INVALID_ARN_RESOURCE',
    fires: use({ Resource: key.replace('key/', 'keys/') }),
    silent: use({ Resource: key.replace(/key\/.*/, 'key/*') }),
  },
  {
    code: 'UNSUPPORTED_RESOURCE_ARN_IN_POLICY',
    fires: use({ Resource: 'arn:aws:s3:::bucket/x' }),
    silent: use({ Resource: key }),
  },
  {
    code: 'RESOURCE_IS_ALIAS',
    fires: use({ Resource: `arn:aws:kms:us-west-2:${home}:alias/orders` }),
    silent: use(),
  },
  {
    code: 'RESOURCE_IS_ALIAS',
    ...identity,
    fires: allow('kms:Decrypt', { Resource: `arn:aws:kms:us-west-2:${home}:alias/orders` }),
    silent: allow('kms:UpdateAlias', { Resource: `arn:aws:kms:us-west-2:${home}:alias/orders` }),
  },
  {
    code: 'RESOURCE_IS_ANOTHER_KEY',
    fires: use({ Resource: otherKey }),
    silent: use({ Resource: key.replace(/key\/.*/, 'key/*') }),
    facts: { keyArn: key },
  },
  { code: 'RESOURCE_NOT_STAR', fires: use({ Resource: key }), silent: use() },
  {
    code: 'REDUNDANT_RESOURCE',
    ...identity,
    fires: allow('kms:Decrypt', { Resource: [key, key.replace(/key\/.*/, 'key/*')] }),
    silent: allow('kms:Decrypt', { Resource: [key, otherKey] }),
  },
  {
    code: 'ALLOW_WITH_NOT_RESOURCE',
    ...identity,
    fires: { Effect: 'Allow', Action: 'kms:DescribeKey', NotResource: key },
    silent: { Effect: 'Deny', Action: 'kms:DescribeKey', NotResource: key },
  },
  { code: 'REDUNDANT_PRINCIPAL', fires: use(to(home, root)), silent: use(to(root, foreignRoot)) },
  {
    code: 'REDUNDANT_PRINCIPAL',
    fires: use({ Principal: { AWS: ['*', ann] } }),
    silent: use(to(role, ann)),
  },
  {
    code: 'INEFFECTIVE_PRINCIPAL',
    fires: use({ Principal: { Federated: `arn:aws:iam::${home}:saml-provider/corp` } }),
    silent: use(),
  },
  {
    code: 'SESSION_AS_PRINCIPAL',
    fires: use(to(`arn:aws:sts::${home}:assumed-role/app/i-0abc`)),
    silent: use(),
  },
  {
    code: 'TOO_MANY_PRINCIPALS',
    fires: use(to(...many(21))),
    silent: [use(to(...many(20))), deny('kms:Decrypt', to(...many(40)))],
  },
]
