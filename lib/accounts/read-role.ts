/**
 * The role the console reads with, exactly as small as its features need (aws-facts
 * 11.2), with the explicit denials that keep it a reader whatever else is attached to
 * it. Pure: shown on a page to copy.
 */
import { toHcl } from './hcl'
import { toYaml } from './yaml'

export type RoleSettings = {
  roleName: string
  /** Of this installation; the trust policy asks for it (aws-facts 11.4). */
  externalId: string
  /** ARN of what the console runs as: only it may assume the role. */
  consolePrincipalArn: string
}

/** Feature -> actions. Each is used by a sweep or a page; nothing is here for later. */
export const readActions = {
  Inventory: [
    'kms:ListKeys',
    'kms:ListAliases',
    'kms:DescribeKey',
    'kms:ListResourceTags',
    'kms:GetKeyPolicy',
    'kms:GetKeyRotationStatus',
    'kms:ListKeyRotations',
    'kms:GetKeyLastUsage',
    'kms:GetPublicKey',
  ],
  Grants: ['kms:ListGrants', 'kms:ListRetirableGrants'],
  KeyStores: ['kms:DescribeCustomKeyStores', 'cloudhsm:DescribeClusters'],
  Quotas: [
    'servicequotas:ListServiceQuotas',
    'servicequotas:ListAWSDefaultServiceQuotas',
    'servicequotas:GetServiceQuota',
    'servicequotas:GetAWSDefaultServiceQuota',
    'servicequotas:ListRequestedServiceQuotaChangeHistory',
    'servicequotas:ListRequestedServiceQuotaChangeHistoryByQuota',
    'cloudwatch:GetMetricData',
    'cloudwatch:ListMetrics',
  ],
  Trail: [
    'cloudtrail:LookupEvents',
    'cloudtrail:DescribeTrails',
    'cloudtrail:GetTrailStatus',
    'cloudtrail:GetEventSelectors',
  ],
  Organization: [
    'organizations:ListAccounts',
    'organizations:DescribeOrganization',
    'organizations:DescribeOrganizationalUnit',
    'organizations:ListRoots',
    'organizations:ListParents',
    'organizations:ListPolicies',
    'organizations:ListPoliciesForTarget',
    'organizations:DescribePolicy',
    'account:ListRegions',
  ],
  Iam: ['iam:GetAccountAuthorizationDetails'],
} as const

/**
 * Never, even where a key policy or another attached policy allows it: the role
 * reads about keys and uses none.
 */
export const deniedActions = [
  'kms:Decrypt',
  'kms:Encrypt',
  'kms:ReEncrypt*',
  'kms:GenerateDataKey*',
  'kms:GenerateMac',
  'kms:Sign',
  'kms:DeriveSharedSecret',
  'kms:Decapsulate',
  'kms:Encapsulate',
  'kms:CreateGrant',
  'kms:RevokeGrant',
  'kms:RetireGrant',
  'kms:PutKeyPolicy',
  'kms:ScheduleKeyDeletion',
  'kms:DisableKey',
  'kms:ImportKeyMaterial',
  'kms:DeleteImportedKeyMaterial',
] as const

export function readRolePolicy() {
  return {
    Version: '2012-10-17',
    Statement: [
      ...Object.entries(readActions).map(([sid, actions]) => ({
        Sid: `Read${sid}`,
        Effect: 'Allow',
        Action: [...actions],
        Resource: '*',
      })),
      { Sid: 'NeverUseOrChange', Effect: 'Deny', Action: [...deniedActions], Resource: '*' },
    ],
  }
}

/** Only the console, and only with this installation's ExternalId, which no person chooses. */
export function trustPolicy(
  { consolePrincipalArn, externalId }: RoleSettings,
  more: readonly string[] = [],
) {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'ClavigerAssumesWithItsExternalId',
        Effect: 'Allow',
        Principal: { AWS: consolePrincipalArn },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'sts:ExternalId': externalId } },
      },
      // What else rides on AssumeRole is judged apart and carries no ExternalId of its own.
      ...(more.length > 0
        ? [
            {
              Sid: 'ClavigerNamesThePerson',
              Effect: 'Allow',
              Principal: { AWS: consolePrincipalArn },
              Action: [...more],
            },
          ]
        : []),
    ],
  }
}

export type RoleText = { json: string; cloudFormation: string; terraform: string }

/** The role in the three forms people deploy. */
export function renderReadRole(settings: RoleSettings): RoleText {
  return renderRole({
    name: settings.roleName,
    description: 'Read-only inventory of KMS keys by Claviger',
    trust: trustPolicy(settings),
    policyName: 'ClavigerRead',
    policy: readRolePolicy(),
  })
}

type Role = { name: string; description: string; trust: object; policyName: string; policy: object }

export function renderRole({ name, description, trust, policyName, policy }: Role): RoleText {
  const resource = {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: name,
      Description: description,
      MaxSessionDuration: 3600,
      AssumeRolePolicyDocument: trust,
      Policies: [{ PolicyName: policyName, PolicyDocument: policy }],
    },
  }
  const template = {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: description,
    Resources: { Role: resource },
    Outputs: { RoleArn: { Value: { 'Fn::GetAtt': ['Role', 'Arn'] } } },
  }
  const terraform = [
    `resource "aws_iam_role" "claviger_${policyName === 'ClavigerRead' ? 'read' : 'write'}" {`,
    `  name                 = ${JSON.stringify(name)}`,
    `  description          = ${JSON.stringify(description)}`,
    '  max_session_duration = 3600',
    `  assume_role_policy   = jsonencode(${toHcl(trust, 1)})`,
    '}',
    '',
    `resource "aws_iam_role_policy" "claviger_${policyName === 'ClavigerRead' ? 'read' : 'write'}" {`,
    `  name   = ${JSON.stringify(policyName)}`,
    `  role   = aws_iam_role.claviger_${policyName === 'ClavigerRead' ? 'read' : 'write'}.id`,
    `  policy = jsonencode(${toHcl(policy, 1)})`,
    '}',
    '',
  ].join('\n')
  return {
    json: JSON.stringify(
      { RoleName: name, AssumeRolePolicyDocument: trust, PolicyDocument: policy },
      null,
      2,
    ),
    cloudFormation: toYaml(template),
    terraform,
  }
}
