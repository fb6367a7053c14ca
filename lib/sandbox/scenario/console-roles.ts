import type { Account, World } from '../world'
import { addRole, addUser } from './make'

/**
 * The console's roles and what they are allowed, under the names that its settings have by default.
 * Written apart from the roles that the console offers to deploy.
 */
const READ_ROLE = 'ClavigerRead'
const WRITE_ROLE = 'ClavigerWrite'
const HOST_USER = 'claviger-host'

const READ_ACTIONS = [
  'kms:ListKeys',
  'kms:ListAliases',
  'kms:DescribeKey',
  'kms:ListResourceTags',
  'kms:GetKeyPolicy',
  'kms:ListGrants',
  'kms:GetKeyRotationStatus',
  'kms:ListKeyRotations',
  'kms:GetKeyLastUsage',
  'kms:GetPublicKey',
  'kms:DescribeCustomKeyStores',
  'servicequotas:ListServiceQuotas',
  'servicequotas:ListAWSDefaultServiceQuotas',
  'servicequotas:GetServiceQuota',
  'servicequotas:GetAWSDefaultServiceQuota',
  'servicequotas:ListRequestedServiceQuotaChangeHistoryByQuota',
  'organizations:ListAccounts',
  'organizations:DescribeOrganization',
  'organizations:DescribeOrganizationalUnit',
  'organizations:ListPolicies',
  'organizations:ListPoliciesForTarget',
  'organizations:DescribePolicy',
  'organizations:ListParents',
  'organizations:ListRoots',
  'account:ListRegions',
  'iam:GetAccountAuthorizationDetails',
]

const READ_DENIED = [
  'kms:Decrypt',
  'kms:Encrypt',
  'kms:GenerateDataKey*',
  'kms:Sign',
  'kms:CreateGrant',
  'kms:PutKeyPolicy',
  'kms:ScheduleKeyDeletion',
  'kms:DisableKey',
]

/** A key that the console makes carries the id of its change. */
const MARKED = { Null: { 'aws:RequestTag/claviger:change': 'false' } }
const LOCKOUT_CHECKED = { BoolIfExists: { 'kms:BypassPolicyLockoutSafetyCheck': 'false' } }
const OF_MARKED = { ...LOCKOUT_CHECKED, Null: { 'aws:ResourceTag/claviger:change': 'false' } }

const NEVER_USE = {
  Sid: 'NeverUse',
  Effect: 'Deny',
  Resource: '*',
  Action: [
    'kms:Decrypt',
    'kms:Encrypt',
    'kms:ReEncrypt*',
    'kms:GenerateDataKey*',
    'kms:GenerateMac',
    'kms:Sign',
    'kms:DeriveSharedSecret',
    'kms:Encapsulate',
    'kms:Decapsulate',
  ],
}

/**
 * Makes the policy that the console's page of roles gives to copy. That they are the same is a test
 * of the console (lib/changes/kinds/write-role.test.ts).
 */
function writePolicy(): object {
  const allow = (Sid: string, Action: string[], Condition?: object) => ({
    Sid,
    Effect: 'Allow',
    Action,
    Resource: '*',
    ...(Condition ? { Condition } : {}),
  })
  const serviceRole = (Sid: string, service: string) =>
    allow(Sid, ['iam:CreateServiceLinkedRole'], { StringEquals: { 'iam:AWSServiceName': service } })
  return {
    Version: '2012-10-17',
    Statement: [
      allow('Grants', ['kms:CreateGrant', 'kms:RevokeGrant', 'kms:RetireGrant']),
      allow('KeyPolicies', ['kms:PutKeyPolicy'], LOCKOUT_CHECKED),
      allow('State', ['kms:EnableKey', 'kms:DisableKey', 'kms:CancelKeyDeletion']),
      allow('Deletion', ['kms:ScheduleKeyDeletion'], {
        NumericGreaterThanEquals: { 'kms:ScheduleKeyDeletionPendingWindowInDays': '7' },
      }),
      allow('Rotation', [
        'kms:EnableKeyRotation',
        'kms:DisableKeyRotation',
        'kms:RotateKeyOnDemand',
      ]),
      allow('Aliases', ['kms:CreateAlias', 'kms:UpdateAlias', 'kms:DeleteAlias']),
      allow('Tags', ['kms:TagResource', 'kms:UntagResource']),
      allow('Descriptions', ['kms:UpdateKeyDescription']),
      allow('NewKeys', ['kms:CreateKey'], { ...LOCKOUT_CHECKED, ...MARKED }),
      allow('NewKeyTags', ['kms:TagResource'], MARKED),
      allow('NewKeyPolicies', ['kms:PutKeyPolicy'], OF_MARKED),
      serviceRole('NewMultiRegionKeys', 'mrk.kms.amazonaws.com'),
      allow('MultiRegion', ['kms:ReplicateKey', 'kms:UpdatePrimaryRegion']),
      allow('ReplicaKeys', ['kms:CreateKey'], {
        ...LOCKOUT_CHECKED,
        StringEquals: { 'kms:MultiRegionKeyType': 'REPLICA' },
      }),
      allow('ReplicaTags', ['kms:TagResource'], MARKED),
      allow('ReplicaPolicies', ['kms:PutKeyPolicy'], OF_MARKED),
      serviceRole('MultiRegionRole', 'mrk.kms.amazonaws.com'),
      allow('Quotas', ['servicequotas:RequestServiceQuotaIncrease'], {
        StringEqualsIfExists: { 'servicequotas:service': 'kms' },
      }),
      serviceRole('QuotasRole', 'servicequotas.amazonaws.com'),
      NEVER_USE,
    ],
  }
}

export type ConsoleRoles = {
  managementAccountId: string
  /** The ExternalId the roles demand; undefined: any or none. */
  externalId: string | undefined
  createdAt: number
  lacks?: string[]
  readOnly?: boolean
}

/**
 * Adds the console's roles. `lacks`: actions this account's read role was not given. `readOnly`: no
 * write role here.
 */
export function addConsoleRoles(world: World, account: Account, roles: ConsoleRoles): void {
  const { createdAt, lacks = [] } = roles
  const actions = READ_ACTIONS.filter((action) => !lacks.includes(action))
  const readPolicy = {
    Version: '2012-10-17',
    Statement: [
      { Sid: 'ClavigerInventory', Effect: 'Allow', Action: actions, Resource: '*' },
      { Sid: 'ClavigerNeverChangesOrUses', Effect: 'Deny', Action: READ_DENIED, Resource: '*' },
    ],
  }
  addRole(world, account, {
    name: READ_ROLE,
    createdAt,
    description: 'Read-only inventory of KMS keys by Claviger',
    lastUsedAt: createdAt,
    trust: consoleTrust(roles, account.id, ['sts:AssumeRole', 'sts:SetSourceIdentity']),
    inline: { ClavigerRead: readPolicy },
  })
  if (roles.readOnly) return
  addRole(world, account, {
    name: WRITE_ROLE,
    createdAt,
    description: 'Approved changes to KMS keys by Claviger',
    maxSessionHours: 1,
    trust: consoleTrust(roles, account.id, [
      'sts:AssumeRole',
      'sts:SetSourceIdentity',
      'sts:TagSession',
    ]),
    inline: { ClavigerWrite: writePolicy() },
  })
}

function consoleTrust(roles: ConsoleRoles, accountId: string, actions: string[]): object {
  const admin = (accountId: string) => `arn:aws:iam::${accountId}:user/admin`
  // The admins, whom a 12-digit access key stands for, are what one tries first.
  const trusted = [
    `arn:aws:iam::${roles.managementAccountId}:user/${HOST_USER}`,
    ...new Set([admin(roles.managementAccountId), admin(accountId)]),
  ]
  const statement = { Effect: 'Allow', Principal: { AWS: trusted }, Action: actions }
  // The ExternalId goes with AssumeRole alone: SetSourceIdentity is judged in the same call, so one
  // statement serves both.
  const condition =
    roles.externalId === undefined
      ? {}
      : { Condition: { StringEquals: { 'sts:ExternalId': roles.externalId } } }
  return { Version: '2012-10-17', Statement: [{ ...statement, ...condition }] }
}

/**
 * Adds the principal the console itself runs as: it can assume its two roles and look at the
 * organization, nothing else.
 */
export function addHostUser(world: World, account: Account, createdAt: number): void {
  const roles = [`arn:aws:iam::*:role/${READ_ROLE}`, `arn:aws:iam::*:role/${WRITE_ROLE}`]
  const policy = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'],
        Resource: roles,
      },
      {
        Effect: 'Allow',
        Resource: '*',
        Action: [
          'organizations:ListAccounts',
          'organizations:DescribeOrganization',
          'organizations:DescribeOrganizationalUnit',
          'organizations:ListParents',
          'organizations:ListRoots',
        ],
      },
    ],
  }
  addUser(world, account, { name: HOST_USER, createdAt, inline: { ClavigerHost: policy } })
}
