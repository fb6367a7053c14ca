/** The role approved changes are made with. Each change narrows it further by a session policy to its own key and action. Pure. */
import { renderRole, trustPolicy, type RoleSettings, type RoleText } from './read-role'

export const writeActions = ['kms:CreateGrant', 'kms:RevokeGrant', 'kms:ListGrants', 'kms:DescribeKey', 'kms:GetKeyPolicy'] as const

export function writeRolePolicy() {
  return {
    Version: '2012-10-17',
    Statement: [
      { Sid: 'ApprovedChanges', Effect: 'Allow', Action: [...writeActions], Resource: '*' },
      {
        Sid: 'PolicyChangesWithTheLockoutCheck', Effect: 'Allow', Action: ['kms:PutKeyPolicy'], Resource: '*',
        Condition: { Bool: { 'kms:BypassPolicyLockoutSafetyCheck': 'false' } },
      },
      { Sid: 'NeverUse', Effect: 'Deny', Action: ['kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:GenerateMac', 'kms:Sign', 'kms:DeriveSharedSecret', 'kms:Decapsulate'], Resource: '*' },
    ],
  }
}

/** SourceIdentity names the person a change was made for, so the trust policy lets it be set. */
export function renderWriteRole(settings: RoleSettings): RoleText {
  return renderRole({
    name: settings.roleName, description: 'Approved changes to KMS keys by Claviger', trust: trustPolicy(settings, ['sts:SetSourceIdentity', 'sts:TagSession']),
    policyName: 'ClavigerWrite', policy: writeRolePolicy(),
  })
}
