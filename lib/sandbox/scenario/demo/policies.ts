import { rootArn } from './company'

export type Statement = { Sid?: string; Effect: 'Allow' | 'Deny'; [member: string]: unknown }

export const USE = [
  'kms:Encrypt',
  'kms:Decrypt',
  'kms:ReEncrypt*',
  'kms:GenerateDataKey*',
  'kms:DescribeKey',
]
export const SIGN = ['kms:Sign', 'kms:Verify', 'kms:GetPublicKey', 'kms:DescribeKey']
const ADMINISTER = [
  'kms:Create*',
  'kms:Describe*',
  'kms:Enable*',
  'kms:List*',
  'kms:Put*',
  'kms:Update*',
  'kms:Revoke*',
  'kms:Disable*',
  'kms:Get*',
  'kms:Delete*',
  'kms:TagResource',
  'kms:UntagResource',
  'kms:ScheduleKeyDeletion',
  'kms:CancelKeyDeletion',
  'kms:RotateKeyOnDemand',
]

export function keyPolicy(...statements: Statement[]): object {
  return { Version: '2012-10-17', Id: 'key-policy', Statement: statements }
}

export function delegate(accountId: string): Statement {
  return {
    Sid: 'Enable IAM User Permissions',
    Effect: 'Allow',
    Principal: { AWS: rootArn(accountId) },
    Action: 'kms:*',
    Resource: '*',
  }
}

export const defaultPolicy = (accountId: string) => ({
  Version: '2012-10-17',
  Id: 'key-default-1',
  Statement: [delegate(accountId)],
})

export function allow(
  sid: string,
  principals: string | string[],
  actions: string | string[],
  condition?: object,
): Statement {
  const statement: Statement = {
    Sid: sid,
    Effect: 'Allow',
    Principal: { AWS: principals },
    Action: actions,
    Resource: '*',
  }
  return condition ? { ...statement, Condition: condition } : statement
}

export function allowService(
  sid: string,
  service: string,
  actions: string | string[],
  condition?: object,
): Statement {
  const statement: Statement = {
    Sid: sid,
    Effect: 'Allow',
    Principal: { Service: service },
    Action: actions,
    Resource: '*',
  }
  return condition ? { ...statement, Condition: condition } : statement
}

export function deny(
  sid: string,
  principal: unknown,
  actions: string | string[],
  condition?: object,
): Statement {
  const statement: Statement = {
    Sid: sid,
    Effect: 'Deny',
    Principal: principal,
    Action: actions,
    Resource: '*',
  }
  return condition ? { ...statement, Condition: condition } : statement
}

/**
 * Makes the four statements that AWS's console writes into a new key's policy.
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 */
export function consoleDefault(
  accountId: string,
  administrators: string[],
  users: string[],
  use: string[] = USE,
): object {
  return {
    Version: '2012-10-17',
    Id: 'key-consolepolicy-3',
    Statement: [
      delegate(accountId),
      allow('Allow access for Key Administrators', administrators, ADMINISTER),
      allow('Allow use of the key', users, use),
      allow(
        'Allow attachment of persistent resources',
        users,
        ['kms:CreateGrant', 'kms:ListGrants', 'kms:RevokeGrant'],
        { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
      ),
    ],
  }
}

export const administer = (administrators: string | string[]) =>
  allow('Key administrators', administrators, ADMINISTER)

/**
 * Makes the policy that AWS writes on its managed keys: through the one service, for the one
 * account.
 */
export function awsManagedPolicy(
  service: string,
  label: string,
  accountId: string,
  region: string,
): object {
  const use = [
    'kms:Encrypt',
    'kms:Decrypt',
    'kms:ReEncrypt*',
    'kms:GenerateDataKey*',
    'kms:CreateGrant',
    'kms:DescribeKey',
  ]
  const read = ['kms:Describe*', 'kms:Get*', 'kms:List*', 'kms:RevokeGrant']
  return {
    Version: '2012-10-17',
    Id: `auto-${label}-1`,
    Statement: [
      {
        Sid: `Allow access through ${service} for all principals in the account that are authorized to use it`,
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: use,
        Resource: '*',
        Condition: {
          StringEquals: {
            'kms:CallerAccount': accountId,
            'kms:ViaService': `${label}.${region}.amazonaws.com`,
          },
        },
      },
      {
        Sid: 'Allow direct access to key metadata to the account',
        Effect: 'Allow',
        Principal: { AWS: rootArn(accountId) },
        Action: read,
        Resource: '*',
      },
    ],
  }
}
