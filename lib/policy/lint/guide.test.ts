import { describe, expect, test } from 'vitest'
import {
  abroad,
  allow,
  ann,
  deny,
  everyone,
  foreignRoot,
  home,
  policy,
  role,
  service,
  to,
  when,
} from '../test/examples'
import { explainPolicy } from '../explain/explain'
import type { PolicyType } from '../document'
import { delegation, type Statement } from './test/examples'
import { lintPolicy } from './lint'

const use = [
  'kms:Encrypt',
  'kms:Decrypt',
  'kms:ReEncrypt*',
  'kms:GenerateDataKey*',
  'kms:DescribeKey',
]
const both = (...conditions: [string, string, unknown][]): Statement => {
  const Condition: Record<string, Record<string, unknown>> = {}
  for (const [operator, key, value] of conditions)
    Condition[operator] = { ...Condition[operator], [key]: value }
  return { Condition }
}

/**
 * In the manner of the KMS developer guide and of the guides of services: sound policies, of
 * which lint must not complain.
 */
const sound: [string, Statement][] = [
  [
    'an account through a service',
    allow(use, {
      ...everyone,
      ...both(
        ['StringEquals', 'kms:CallerAccount', home],
        ['StringEquals', 'kms:ViaService', 'ec2.us-west-2.amazonaws.com'],
      ),
    }),
  ],
  ['another account', allow(use, to(foreignRoot))],
  ['a role of another account', allow(use, to(`arn:aws:iam::${abroad}:role/ExampleRole`))],
  [
    "grants to AWS resources of another account's role",
    allow(['kms:CreateGrant', 'kms:ListGrants', 'kms:RevokeGrant'], {
      ...to(`arn:aws:iam::${abroad}:role/ExampleRole`),
      ...when('Bool', 'kms:GrantIsForAWSResource', true),
    }),
  ],
  [
    'an organization',
    allow(use, { ...everyone, ...when('StringEquals', 'aws:PrincipalOrgID', 'o-a1b2c3d4e5') }),
  ],
  [
    'an encryption context',
    allow(['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*'], {
      ...to(role),
      ...when('StringEquals', 'kms:EncryptionContext:AppName', 'ExampleApp'),
    }),
  ],
  [
    'names in the encryption context',
    allow('kms:GenerateDataKey*', {
      ...to(role),
      ...both(
        ['ForAllValues:StringEquals', 'kms:EncryptionContextKeys', ['AppName']],
        ['Null', 'kms:EncryptionContextKeys', 'false'],
      ),
    }),
  ],
  [
    'operations of grants',
    allow('kms:CreateGrant', {
      ...to(role),
      ...when('ForAllValues:StringEquals', 'kms:GrantOperations', ['Encrypt', 'Decrypt']),
    }),
  ],
  [
    'constraints of grants',
    allow('kms:CreateGrant', {
      ...to(role),
      ...both(
        ['StringEquals', 'kms:GrantConstraintType', 'EncryptionContextEquals'],
        ['StringEquals', 'kms:GranteePrincipal', role],
      ),
    }),
  ],
  [
    'an alias',
    allow(use, { ...to(role), ...when('StringLike', 'kms:RequestAlias', 'alias/project-*') }),
  ],
  [
    'fresh multi-factor authentication',
    allow(['kms:PutKeyPolicy', 'kms:ScheduleKeyDeletion'], {
      ...to(ann),
      ...when('NumericLessThan', 'aws:MultiFactorAuthAge', '300'),
    }),
  ],
  [
    'waiting period',
    deny('kms:ScheduleKeyDeletion', {
      ...everyone,
      ...when('NumericLessThan', 'kms:ScheduleKeyDeletionPendingWindowInDays', 21),
    }),
  ],
  [
    'keys in use',
    deny(['kms:DisableKey', 'kms:ScheduleKeyDeletion'], {
      ...everyone,
      ...when('NumericLessThanEquals', 'kms:TrailingDaysWithoutKeyUsage', 90),
    }),
  ],
  [
    'the safety check',
    deny('kms:PutKeyPolicy', {
      ...everyone,
      ...when('Bool', 'kms:BypassPolicyLockoutSafetyCheck', true),
    }),
  ],
  [
    'Regions of replicas',
    allow('kms:ReplicateKey', {
      ...to(ann),
      ...when('StringEquals', 'kms:ReplicaRegion', ['us-east-2', 'ca-central-1']),
    }),
  ],
  [
    'end of imported material',
    allow('kms:ImportKeyMaterial', {
      ...to(ann),
      ...when('NumericLessThanEquals', 'kms:ValidTo', '1483257599.0'),
    }),
  ],
  [
    'signing',
    allow('kms:Sign', {
      ...to(role),
      ...both(
        ['StringEquals', 'kms:SigningAlgorithm', 'RSASSA_PSS_SHA_512'],
        ['StringEquals', 'kms:MessageType', 'DIGEST'],
      ),
    }),
  ],
  [
    'an enclave',
    allow('kms:Decrypt', {
      ...to(role),
      ...when('StringEqualsIgnoreCase', 'kms:RecipientAttestation:ImageSha384', 'ab'.repeat(48)),
    }),
  ],
  [
    'tags of the key',
    allow(use, { ...to(role), ...when('StringEquals', 'aws:ResourceTag/Project', 'Alpha') }),
  ],
  [
    'a VPC endpoint',
    deny(['kms:Encrypt', 'kms:Decrypt'], {
      ...everyone,
      ...both(
        ['StringNotEquals', 'aws:sourceVpce', 'vpce-1234abcd'],
        ['Bool', 'aws:ViaAWSService', 'false'],
      ),
    }),
  ],
  [
    'CloudTrail',
    allow('kms:GenerateDataKey*', {
      ...service('cloudtrail.amazonaws.com'),
      ...both(
        ['StringEquals', 'aws:SourceArn', `arn:aws:cloudtrail:us-west-2:${home}:trail/main`],
        [
          'StringLike',
          'kms:EncryptionContext:aws:cloudtrail:arn',
          `arn:aws:cloudtrail:*:${home}:trail/*`,
        ],
      ),
    }),
  ],
  [
    'CloudWatch Logs',
    allow(
      ['kms:Encrypt*', 'kms:Decrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
      {
        ...service('logs.us-west-2.amazonaws.com'),
        ...when(
          'ArnEquals',
          'kms:EncryptionContext:aws:logs:arn',
          `arn:aws:logs:us-west-2:${home}:log-group:main`,
        ),
      },
    ),
  ],
  [
    'Auto Scaling',
    allow('kms:CreateGrant', {
      ...to(
        `arn:aws:iam::${home}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`,
      ),
      ...when('Bool', 'kms:GrantIsForAWSResource', true),
    }),
  ],
]

const ofIam: [string, PolicyType, Statement][] = [
  [
    'use of two keys',
    'identity',
    allow(['kms:GenerateDataKey', 'kms:Decrypt'], {
      Resource: [
        `arn:aws:kms:us-west-2:${home}:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
        `arn:aws:kms:us-west-2:${abroad}:key/0987dcba-09fe-87dc-65ba-ab0987654321`,
      ],
    }),
  ],
  [
    'the console',
    'identity',
    allow(['kms:ListKeys', 'kms:ListAliases', 'kms:DescribeKey', 'kms:CreateKey']),
  ],
  [
    'creating keys of a kind',
    'identity',
    allow(
      'kms:CreateKey',
      both(
        ['StringEquals', 'kms:KeyUsage', 'SIGN_VERIFY'],
        ['StringLike', 'kms:KeySpec', 'RSA_*'],
        ['Bool', 'kms:MultiRegion', false],
      ),
    ),
  ],
  [
    'aliases and their keys',
    'identity',
    allow('kms:CreateAlias', {
      Resource: [
        `arn:aws:kms:us-west-2:${home}:alias/*`,
        `arn:aws:kms:us-west-2:${home}:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
      ],
    }),
  ],
  [
    'keys by alias',
    'identity',
    allow('kms:Decrypt', {
      Resource: `arn:aws:kms:*:${home}:key/*`,
      ...when('ForAnyValue:StringEquals', 'kms:ResourceAliases', 'alias/ExampleAlias'),
    }),
  ],
  [
    'an SCP over Regions',
    'scp',
    {
      Effect: 'Deny',
      NotAction: ['iam:*', 'sts:*'],
      Resource: '*',
      ...when('StringNotEquals', 'aws:RequestedRegion', ['eu-west-1']),
    },
  ],
  [
    'a data perimeter',
    'rcp',
    deny('kms:*', {
      ...everyone,
      ...both(
        ['StringNotEqualsIfExists', 'aws:PrincipalOrgID', 'o-a1b2c3d4e5'],
        ['BoolIfExists', 'aws:PrincipalIsAWSService', 'false'],
      ),
    }),
  ],
]

const cases: [string, PolicyType, object][] = [
  ...sound.map(([name, statement]): [string, PolicyType, object] => [
    name,
    'key',
    policy(delegation, statement),
  ]),
  ...ofIam.map(([name, type, statement]): [string, PolicyType, object] => [
    name,
    type,
    policy(statement),
  ]),
]

describe('sound policies have nothing above suggestions, and are explained', () => {
  test.each(cases)('%s', (_name, type, document) => {
    const text = JSON.stringify(document, null, 2)
    expect(
      lintPolicy(text, type)
        .filter(({ severity }) => severity !== 'suggestion')
        .map(({ code, message }) => `${code} ${message}`),
    ).toEqual([])
    const { statements, problems } = explainPolicy(text, type)
    expect(problems).toEqual([])
    for (const { sentence } of statements) expect(sentence).toMatch(/ may /)
  })
})
