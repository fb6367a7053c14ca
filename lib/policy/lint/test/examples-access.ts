import {
  abroad,
  allow,
  ann,
  deny,
  eve,
  everyone,
  foreignRoot,
  home,
  role,
  root,
  service,
  to,
  when,
} from '../../test/examples'
import { delegation, s3Service, use, type RuleExample, type Statement } from './examples'

const identity = { type: 'identity' as const }
const open = (operator: string, name: string, value: unknown): Statement =>
  allow('kms:Decrypt', { ...everyone, ...when(operator, name, value) })
const org = 'o-a1b2c3d4e5'
const whom = (fires: Statement, silent: Statement): RuleExample => ({
  code: 'PUBLIC_ACCESS',
  fires: [delegation, fires],
  silent: [delegation, silent],
})
const sso = `arn:aws:iam::${home}:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admins_0123456789abcdef`
const passRole = (code: RuleExample['code'], more: Statement, spared: Statement): RuleExample => ({
  code,
  ...identity,
  fires: { Effect: 'Allow', ...more },
  silent: { Effect: 'Allow', ...more, ...spared },
})
const toService = when('StringEquals', 'iam:PassedToService', 'ec2.amazonaws.com')
const slrService = when('StringLike', 'iam:AWSServiceName', 'rds.amazonaws.com')
const wide: [string, Statement][] = [
  ['WITH_STAR_IN_RESOURCE', { Action: 'X', Resource: '*' }],
  ['WITH_STAR_IN_ACTION_AND_RESOURCE', { Action: 'iam:*', Resource: '*' }],
  ['WITH_NOT_RESOURCE', { Action: 'X', NotResource: role }],
  ['WITH_STAR_IN_ACTION_AND_NOT_RESOURCE', { Action: 'iam:*', NotResource: role }],
  ['WITH_NOT_ACTION_AND_NOT_RESOURCE', { NotAction: 's3:*', NotResource: role }],
  ['WITH_STAR_IN_RESOURCE_AND_NOT_ACTION', { NotAction: 's3:*', Resource: '*' }],
]

/**
 * Each way by which everyone gets in, beside the way that is closed. Other tools call the first
 * four not public (lib/policy/README.md, "Public access").
 */
export const publicRoads: RuleExample[] = [
  whom(
    open('StringEquals', 'kms:ViaService', 's3.us-east-1.amazonaws.com'),
    open('StringEquals', 'kms:CallerAccount', home),
  ),
  whom(
    open('StringLike', 'aws:PrincipalArn', '*'),
    open('StringLike', 'aws:PrincipalArn', `arn:aws:iam::${home}:role/*`),
  ),
  whom(open('StringLike', 'kms:CallerAccount', '*'), open('StringLike', 'kms:CallerAccount', home)),
  whom(
    { Effect: 'Allow', NotPrincipal: { AWS: ann }, Action: 'kms:Decrypt', Resource: '*' },
    { Effect: 'Deny', NotPrincipal: { AWS: ann }, Action: 'kms:Decrypt', Resource: '*' },
  ),
  whom(allow('kms:Decrypt', everyone), deny('kms:Decrypt', everyone)),
  whom(
    allow('kms:Decrypt', to('*')),
    allow('kms:Decrypt', { ...to('*'), Resource: 'arn:aws:s3:::x' }),
  ),
  whom(
    open('ArnLike', 'aws:PrincipalArn', 'arn:aws:iam::*:role/admin'),
    open('ArnLike', 'aws:PrincipalArn', `arn:aws:iam::${home}:role/admin`),
  ),
  whom(
    open('StringLike', 'aws:PrincipalArn', `arn:aws:iam::${home.slice(0, 6)}*:role/admin`),
    open('StringEquals', 'aws:PrincipalArn', 'arn:aws:iam::*:role/admin'),
  ),
  whom(
    open('StringLike', 'aws:PrincipalOrgID', 'o-*'),
    open('StringEquals', 'aws:PrincipalOrgID', org),
  ),
  whom(
    open('StringEqualsIfExists', 'aws:PrincipalOrgID', org),
    open('ForAnyValue:StringLike', 'aws:PrincipalOrgPaths', `${org}/*`),
  ),
  whom(
    open('Null', 'aws:PrincipalOrgID', 'false'),
    open('StringEquals', 'aws:PrincipalOrgID', ['o-a1b2c3d4e5', 'o-b1b2c3d4e5']),
  ),
  whom(
    open('StringNotEquals', 'aws:PrincipalAccount', abroad),
    open('StringEquals', 'aws:PrincipalAccount', abroad),
  ),
  whom(
    open('ForAllValues:StringEquals', 'aws:PrincipalOrgID', org),
    open('ForAnyValue:StringEquals', 'aws:PrincipalOrgID', org),
  ),
  whom(
    open('ForAllValues:StringLike', 'aws:PrincipalOrgPaths', `${org}/*`),
    allow('kms:Decrypt', {
      ...everyone,
      Condition: {
        'ForAllValues:StringLike': { 'aws:PrincipalOrgPaths': `${org}/*` },
        Null: { 'aws:PrincipalOrgPaths': 'false' },
      },
    }),
  ),
  whom(
    open('IpAddress', 'aws:SourceIp', '0.0.0.0/0'),
    open('IpAddress', 'aws:SourceIp', '203.0.113.0/24'),
  ),
  whom(
    open('IpAddress', 'aws:SourceIp', ['0.0.0.0/1', '128.0.0.0/1']),
    open('StringEquals', 'aws:SourceVpce', 'vpce-0123456789abcdef0'),
  ),
  whom(
    open('StringEquals', 'aws:PrincipalAccount', '${aws:PrincipalAccount}'),
    open('StringEquals', 'aws:PrincipalAccount', '${aws:ResourceAccount}'),
  ),
  whom(
    open('StringEquals', 'aws:PrincipalTag/team', 'x'),
    open('StringLike', 'aws:userid', 'AROAEXAMPLE123456789:*'),
  ),
  whom(
    open('StringEquals', 'kms:EncryptionContext:a', 'b'),
    open('ArnLike', 'aws:SourceArn', `arn:aws:sns:*:${home}:*`),
  ),
  whom(
    open('Bool', 'aws:MultiFactorAuthPresent', 'true'),
    open('StringEquals', 'aws:SourceOrgID', org),
  ),
  whom(
    open('StringLike', 'aws:SourceArn', 'arn:aws:s3:::*'),
    open('StringLike', 'aws:SourceArn', 'arn:aws:s3:::our-bucket'),
  ),
  {
    code: 'PUBLIC_ACCESS',
    fires: [
      delegation,
      allow('kms:Decrypt', everyone),
      deny('kms:Encrypt', { ...everyone, ...when('StringNotEquals', 'aws:PrincipalOrgID', org) }),
    ],
    silent: [
      delegation,
      allow('kms:Decrypt', everyone),
      deny('kms:*', { ...everyone, ...when('StringNotEquals', 'aws:PrincipalOrgID', org) }),
    ],
  },
  {
    code: 'PUBLIC_ACCESS',
    fires: [
      delegation,
      allow('kms:Decrypt', everyone),
      deny('kms:*', { ...everyone, ...when('StringNotLike', 'aws:PrincipalOrgID', 'o-*') }),
    ],
    silent: [
      delegation,
      allow('kms:Decrypt', everyone),
      deny('kms:*', { NotPrincipal: { AWS: [ann, root] } }),
    ],
  },
]

export const accessExamples: RuleExample[] = [
  {
    code: 'ACCOUNT_NOT_KNOWN',
    fires: [allow('kms:*', to(root)), allow('kms:*', to(foreignRoot))],
    silent: [delegation, allow('kms:*', to(foreignRoot))],
  },
  {
    code: 'CREATE_GRANT_NOT_BOUND',
    fires: [delegation, allow('kms:*', to(eve))],
    silent: [
      delegation,
      allow(['kms:Decrypt', 'kms:CreateGrant'], {
        ...to(eve),
        ...when('Bool', 'kms:GrantIsForAWSResource', 'true'),
      }),
    ],
    facts: { accountId: home },
  },
  ...publicRoads,
  {
    code: 'ALLOW_WITH_NOT_PRINCIPAL',
    fires: { Effect: 'Allow', NotPrincipal: { AWS: ann }, Action: 'kms:Decrypt', Resource: '*' },
    silent: { Effect: 'Deny', NotPrincipal: { AWS: ann }, Action: 'kms:Decrypt', Resource: '*' },
  },
  { code: 'EXTERNAL_ACCESS', fires: use(to(eve)), silent: use(), facts: { accountId: home } },
  {
    code: 'EXTERNAL_ACCESS',
    fires: use(to(eve, `arn:aws:iam::777788889999:root`)),
    silent: use(to(eve)),
    facts: { accountId: home, knownAccounts: [abroad] },
  },
  {
    code: 'EXTERNAL_ACCESS',
    fires: use({ ...to(eve), ...when('StringEquals', 'aws:PrincipalOrgID', 'o-b1b2c3d4e5') }),
    silent: use({ ...to(eve), ...when('StringEquals', 'aws:PrincipalOrgID', org) }),
    facts: { accountId: home, organizationId: org, knownAccounts: [] },
  },
  {
    code: 'EXTERNAL_ACCESS',
    fires: [delegation, open('StringEquals', 'kms:CallerAccount', abroad)],
    silent: [delegation, open('StringEquals', 'kms:CallerAccount', home)],
  },
  {
    code: 'EXTERNAL_ACCESS',
    fires: [delegation, open('StringEquals', 'aws:PrincipalOrgID', 'o-b1b2c3d4e5')],
    silent: [delegation, open('StringEquals', 'aws:PrincipalOrgID', org)],
    facts: { organizationId: org },
  },
  {
    code: 'EXTERNAL_ACCOUNT_TRUST',
    fires: [delegation, allow('kms:CreateGrant', to(foreignRoot))],
    silent: [delegation, allow('kms:CreateGrant', to(eve))],
  },
  {
    code: 'EXTERNAL_ACCOUNT_TRUST',
    fires: [delegation, allow('kms:*', { Sid: 'them', ...to(foreignRoot) })],
    silent: [delegation, use(to(foreignRoot))],
  },
  {
    code: 'NO_EFFECT_ACROSS_ACCOUNTS',
    fires: [delegation, allow(['kms:Decrypt', 'kms:EnableKey'], to(eve))],
    silent: [delegation, allow(['kms:Decrypt', 'kms:DescribeKey'], to(eve))],
  },
  {
    code: 'NO_EFFECT_ACROSS_ACCOUNTS',
    fires: [delegation, allow('kms:PutKeyPolicy', to(eve))],
    silent: [delegation, allow('kms:PutKeyPolicy', to(ann))],
  },
  {
    code: 'SEPARATION_OF_DUTIES',
    fires: [delegation, use(), allow('kms:PutKeyPolicy', to(role))],
    silent: [delegation, use(), allow('kms:PutKeyPolicy', to(ann))],
  },
  {
    code: 'NO_POLICY_ADMINISTRATOR',
    fires: use(),
    silent: [use(), allow('kms:PutKeyPolicy', to(ann, role))],
  },
  {
    code: 'NO_POLICY_ADMINISTRATOR',
    fires: [delegation, deny('kms:Put*', everyone)],
    silent: [
      delegation,
      deny('kms:Put*', { ...everyone, ...when('ArnNotLike', 'aws:PrincipalArn', ann) }),
    ],
  },
  {
    code: 'NO_POLICY_ADMINISTRATOR',
    fires: allow('kms:*', to('AROAEXAMPLE123456789')),
    silent: delegation,
  },
  {
    code: 'SINGLE_POLICY_ADMINISTRATOR',
    fires: allow('kms:*', to(ann, 'AIDAEXAMPLE123456789')),
    silent: [delegation, allow('kms:*', to(ann))],
  },
  {
    code: 'SINGLE_POLICY_ADMINISTRATOR',
    fires: allow('kms:*', to(ann, role)),
    silent: allow('kms:*', to(ann, `arn:aws:iam::${abroad}:role/unknown`)),
    facts: { principals: { [home]: [ann] } },
  },
  {
    code: 'SSO_ROLE_AS_PRINCIPAL',
    fires: [delegation, use(to(sso))],
    silent: [delegation, use({ ...to(root), ...when('ArnLike', 'aws:PrincipalArn', sso) })],
  },
  { code: 'DEAD_PRINCIPAL', fires: use(to('AIDAEXAMPLE123456789')), silent: use() },
  {
    code: 'UNKNOWN_PRINCIPAL',
    fires: use(),
    silent: use(to(ann, eve, root)),
    facts: { principals: { [home]: [ann] } },
  },
  {
    code: 'LOCKOUT_CHECK_BYPASS',
    fires: [delegation, allow('kms:Put*', to(ann))],
    silent: [
      delegation,
      allow('kms:Put*', to(ann)),
      deny('kms:PutKeyPolicy', {
        ...everyone,
        ...when('Bool', 'kms:BypassPolicyLockoutSafetyCheck', 'true'),
      }),
    ],
  },
  {
    code: 'RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL',
    fires: use(s3Service),
    silent: use({ ...s3Service, ...when('StringEquals', 'aws:SourceAccount', home) }),
  },
  {
    code: 'RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL',
    fires: use({ ...s3Service, ...when('StringLike', 'aws:SourceArn', '*') }),
    silent: use({ ...s3Service, ...when('StringLike', 'aws:SourceArn', `arn:aws:s3:*:${home}:*`) }),
  },
  {
    code: 'RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL',
    fires: use({
      ...service('logs.eu-west-1.amazonaws.com'),
      ...when('ArnLike', 'kms:EncryptionContext:aws:logs:arn', 'arn:aws:logs:*:*:*'),
    }),
    silent: use({
      ...service('logs.eu-west-1.amazonaws.com'),
      ...when('ArnLike', 'kms:EncryptionContext:aws:logs:arn', `arn:aws:logs:eu-west-1:${home}:*`),
    }),
  },
  {
    code: 'DECRYPT_ON_ALL_KEYS',
    ...identity,
    fires: allow('kms:Decrypt'),
    silent: allow('kms:Decrypt', { Resource: `arn:aws:kms:eu-west-1:${home}:key/1` }),
  },
  { code: 'FULL_ACCESS_TO_KMS', ...identity, fires: allow('kms:*'), silent: allow('kms:List*') },
  {
    code: 'CREATE_GRANT_NOT_BOUND',
    ...identity,
    fires: allow('kms:CreateGrant'),
    silent: allow('kms:CreateGrant', when('Bool', 'kms:GrantIsForAWSResource', 'true')),
  },
  {
    code: 'CREATE_GRANT_NOT_BOUND',
    fires: [delegation, allow('kms:CreateGrant', to(role))],
    silent: [
      delegation,
      allow('kms:CreateGrant', { ...to(role), ...when('Bool', 'kms:GrantIsForAWSResource', true) }),
    ],
  },
  ...wide.map(([variant, statement]) =>
    passRole(
      `PASS_ROLE_${variant}` as RuleExample['code'],
      {
        ...statement,
        ...('Action' in statement && statement.Action === 'X' ? { Action: 'iam:PassRole' } : {}),
      },
      toService,
    ),
  ),
  ...wide.map(([variant, statement]) =>
    passRole(
      `CREATE_SLR_${variant}` as RuleExample['code'],
      {
        ...statement,
        ...('Action' in statement && statement.Action === 'X'
          ? { Action: 'iam:CreateServiceLinkedRole' }
          : {}),
      },
      slrService,
    ),
  ),
]
