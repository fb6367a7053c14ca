import type { Account, World } from '../world'
import { addRole, addUser } from './make'

/** What the console's roles are and may: aws-facts 11.2 and 11.3. The names are those of its settings' defaults. */
export const READ_ROLE = 'ClavigerRead'
export const WRITE_ROLE = 'ClavigerWrite'
export const HOST_USER = 'claviger-host'

const READ_ACTIONS = [
  'kms:ListKeys', 'kms:ListAliases', 'kms:DescribeKey', 'kms:ListResourceTags', 'kms:GetKeyPolicy', 'kms:ListGrants',
  'kms:ListRetirableGrants', 'kms:GetKeyRotationStatus', 'kms:ListKeyRotations', 'kms:GetKeyLastUsage', 'kms:GetPublicKey',
  'kms:DescribeCustomKeyStores', 'cloudhsm:DescribeClusters', 'servicequotas:ListServiceQuotas',
  'servicequotas:ListAWSDefaultServiceQuotas',
  'servicequotas:GetServiceQuota', 'servicequotas:GetAWSDefaultServiceQuota', 'servicequotas:ListRequestedServiceQuotaChangeHistory',
  'servicequotas:ListRequestedServiceQuotaChangeHistoryByQuota', 'cloudwatch:GetMetricData', 'cloudwatch:ListMetrics',
  'cloudtrail:LookupEvents', 'cloudtrail:DescribeTrails', 'cloudtrail:GetTrailStatus', 'cloudtrail:GetEventSelectors',
  'organizations:ListAccounts', 'organizations:DescribeOrganization', 'organizations:DescribeOrganizationalUnit', 'organizations:ListPolicies', 'organizations:ListPoliciesForTarget',
  'organizations:DescribePolicy', 'organizations:ListParents', 'organizations:ListRoots', 'account:ListRegions',
  'iam:GetAccountAuthorizationDetails',
]

const READ_DENIED = [
  'kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:Sign', 'kms:CreateGrant', 'kms:PutKeyPolicy', 'kms:ScheduleKeyDeletion',
  'kms:DisableKey',
]

const WRITE_ACTIONS = [
  'kms:CreateKey', 'kms:TagResource', 'kms:UntagResource', 'kms:CreateAlias', 'kms:UpdateAlias', 'kms:DeleteAlias', 'kms:EnableKey',
  'kms:DisableKey', 'kms:UpdateKeyDescription', 'kms:ScheduleKeyDeletion', 'kms:CancelKeyDeletion', 'kms:CreateGrant', 'kms:RevokeGrant',
  'kms:EnableKeyRotation', 'kms:DisableKeyRotation', 'kms:RotateKeyOnDemand', 'kms:GetParametersForImport', 'kms:ImportKeyMaterial',
  'kms:DeleteImportedKeyMaterial', 'kms:ReplicateKey', 'kms:UpdatePrimaryRegion', 'kms:CreateCustomKeyStore', 'kms:UpdateCustomKeyStore',
  'kms:ConnectCustomKeyStore', 'kms:DisconnectCustomKeyStore', 'kms:DeleteCustomKeyStore', 'cloudhsm:DescribeClusters',
  'kms:GetKeyPolicy', 'kms:DescribeKey', 'kms:RetireGrant', 'servicequotas:RequestServiceQuotaIncrease',
]

function writePolicy(): object {
  const serviceRoles = ['mrk.kms.amazonaws.com', 'servicequotas.amazonaws.com']
  return {
    Version: '2012-10-17',
    Statement: [
      { Sid: 'ClavigerChanges', Effect: 'Allow', Action: WRITE_ACTIONS, Resource: '*' },
      {
        Sid: 'ClavigerPolicyChanges', Effect: 'Allow', Action: 'kms:PutKeyPolicy', Resource: '*',
        Condition: { BoolIfExists: { 'kms:BypassPolicyLockoutSafetyCheck': 'false' } },
      },
      {
        Sid: 'ClavigerServiceLinkedRoles', Effect: 'Allow', Action: 'iam:CreateServiceLinkedRole', Resource: '*',
        Condition: { StringEquals: { 'iam:AWSServiceName': serviceRoles } },
      },
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

/** `lacks`: actions this account's read role was not given. `readOnly`: no write role here. */
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
    name: READ_ROLE, createdAt, description: 'Read-only inventory of KMS keys by Claviger', lastUsedAt: createdAt,
    trust: consoleTrust(roles, ['sts:AssumeRole', 'sts:SetSourceIdentity']), inline: { ClavigerRead: readPolicy },
  })
  if (roles.readOnly) return
  addRole(world, account, {
    name: WRITE_ROLE, createdAt, description: 'Approved changes to KMS keys by Claviger', maxSessionHours: 1,
    trust: consoleTrust(roles, ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession']), inline: { ClavigerWrite: writePolicy() },
  })
}

function consoleTrust(roles: ConsoleRoles, actions: string[]): object {
  const statement = {
    Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${roles.managementAccountId}:user/${HOST_USER}` }, Action: actions,
  }
  // The ExternalId goes with AssumeRole alone: SetSourceIdentity is judged in the same call, so one statement serves both.
  const condition = roles.externalId === undefined ? {} : { Condition: { StringEquals: { 'sts:ExternalId': roles.externalId } } }
  return { Version: '2012-10-17', Statement: [{ ...statement, ...condition }] }
}

/** The principal the console itself runs as: it may assume its two roles and look at the organization, nothing else. */
export function addHostUser(world: World, account: Account, createdAt: number): void {
  const roles = [`arn:aws:iam::*:role/${READ_ROLE}`, `arn:aws:iam::*:role/${WRITE_ROLE}`]
  const policy = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'], Resource: roles },
      {
        Effect: 'Allow', Resource: '*',
        Action: [
          'organizations:ListAccounts', 'organizations:DescribeOrganization', 'organizations:DescribeOrganizationalUnit', 'organizations:ListParents', 'organizations:ListRoots',
        ],
      },
    ],
  }
  addUser(world, account, { name: HOST_USER, createdAt, inline: { ClavigerHost: policy } })
}
