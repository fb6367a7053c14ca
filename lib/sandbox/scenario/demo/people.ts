import { hashText } from '../random'
import { ACCOUNT, COMPANY, REGION } from './company'

/** Sign-in by IAM Identity Center, as IAM sees it: one role a permission set and account. */
export const SSO_PATH = `/aws-reserved/sso.amazonaws.com/${REGION.ireland}/`

export type PermissionSet =
  | 'AdministratorAccess'
  | 'KeyAdministrator'
  | 'SecurityAudit'
  | 'Developer'
  | 'DataAnalyst'
  | 'SupportOnCall'
  | 'ReadOnly'

export function ssoRoleName(accountId: string, set: PermissionSet): string {
  const hash =
    hashText(`${accountId}/${set}`).toString(16).padStart(8, '0') +
    hashText(`${set}|${accountId}`).toString(16).padStart(8, '0')
  return `AWSReservedSSO_${set}_${hash}`
}

export const ssoArn = (accountId: string, set: PermissionSet) =>
  `arn:aws:iam::${accountId}:role${SSO_PATH}${ssoRoleName(accountId, set)}`

/** Who is behind the sessions: the session's name is the sign-in name. */
export const PERSON = {
  ingrid: `ingrid.solberg@${COMPANY.domain}`, // head of platform, administers keys
  tomasz: `tomasz.wrona@${COMPANY.domain}`, // platform engineer
  amara: `amara.okafor@${COMPANY.domain}`, // payments lead
  luis: `luis.ferreira@${COMPANY.domain}`, // data engineer
  mei: `mei.tanaka@${COMPANY.domain}`, // analyst
  henrik: `henrik.aas@${COMPANY.domain}`, // security
  dana: `dana.kohl@${COMPANY.domain}`, // support on call
  petra: `petra.novak@${COMPANY.domain}`, // developer
} as const

/** Which sets each account has. */
export const PERMISSION_SETS: Record<string, PermissionSet[]> = {
  [ACCOUNT.management]: ['AdministratorAccess', 'SecurityAudit', 'ReadOnly'],
  [ACCOUNT.security]: ['AdministratorAccess', 'SecurityAudit'],
  [ACCOUNT.shared]: ['AdministratorAccess', 'KeyAdministrator', 'SecurityAudit', 'Developer'],
  [ACCOUNT.prod]: [
    'AdministratorAccess',
    'KeyAdministrator',
    'SecurityAudit',
    'SupportOnCall',
    'ReadOnly',
  ],
  [ACCOUNT.data]: [
    'AdministratorAccess',
    'KeyAdministrator',
    'SecurityAudit',
    'DataAnalyst',
    'ReadOnly',
  ],
  [ACCOUNT.dev]: ['AdministratorAccess', 'Developer', 'SecurityAudit'],
}

const KEY_ADMINISTRATION = [
  'kms:CreateKey',
  'kms:CreateAlias',
  'kms:UpdateAlias',
  'kms:DeleteAlias',
  'kms:Describe*',
  'kms:List*',
  'kms:Get*',
  'kms:PutKeyPolicy',
  'kms:EnableKey*',
  'kms:DisableKey*',
  'kms:TagResource',
  'kms:UntagResource',
  'kms:UpdateKeyDescription',
  'kms:ScheduleKeyDeletion',
  'kms:CancelKeyDeletion',
  'kms:RotateKeyOnDemand',
  'kms:ImportKeyMaterial',
  'kms:DeleteImportedKeyMaterial',
  'kms:ReplicateKey',
  'kms:UpdatePrimaryRegion',
  'kms:RevokeGrant',
  'kms:*CustomKeyStore*',
]

const READ = [
  'kms:Describe*',
  'kms:List*',
  'kms:GetKeyPolicy',
  'kms:GetKeyRotationStatus',
  'kms:GetKeyLastUsage',
  'cloudtrail:LookupEvents',
]

export type Document = { Version: string; Statement: object[] }
export const document = (...Statement: object[]): Document => ({ Version: '2012-10-17', Statement })
export const may = (
  Action: string | string[],
  Resource: string | string[] = '*',
  Condition?: object,
) => ({ Effect: 'Allow', Action, Resource, ...(Condition ? { Condition } : {}) })
export const mayNot = (
  Action: string | string[],
  Resource: string | string[] = '*',
  Condition?: object,
) => ({ Effect: 'Deny', Action, Resource, ...(Condition ? { Condition } : {}) })

/** What a permission set gives: AWS managed policies and one inline document. */
export const SET_POLICIES: Record<PermissionSet, { attached?: string[]; inline?: Document }> = {
  AdministratorAccess: { attached: ['arn:aws:iam::aws:policy/AdministratorAccess'] },
  KeyAdministrator: {
    inline: document(
      may(KEY_ADMINISTRATION),
      mayNot([
        'kms:Decrypt',
        'kms:GenerateDataKey*',
        'kms:Sign',
        'kms:GenerateMac',
        'kms:CreateGrant',
      ]),
    ),
  },
  SecurityAudit: { inline: document(may(READ)) },
  Developer: {
    inline: document(
      may([
        'kms:Encrypt',
        'kms:Decrypt',
        'kms:ReEncrypt*',
        'kms:GenerateDataKey*',
        'kms:Describe*',
        'kms:List*',
        'kms:CreateKey',
        'kms:CreateAlias',
        'kms:TagResource',
        'kms:ScheduleKeyDeletion',
        'kms:CreateGrant',
        'kms:PutKeyPolicy',
        'kms:GetKeyPolicy',
      ]),
    ),
  },
  // Attribute-based: whatever key carries this alias, and UpdateAlias in the same hands.
  DataAnalyst: {
    inline: document(
      may(['kms:Decrypt', 'kms:DescribeKey'], `arn:aws:kms:*:${ACCOUNT.data}:key/*`, {
        'ForAllValues:StringLike': { 'kms:ResourceAliases': 'alias/analytics/*' },
      }),
      may(['kms:UpdateAlias', 'kms:CreateAlias', 'kms:ListAliases', 'kms:ListKeys']),
    ),
  },
  SupportOnCall: {
    inline: document(
      may(READ),
      may('kms:Decrypt', `arn:aws:kms:*:${ACCOUNT.prod}:key/*`, {
        StringEquals: { 'aws:ResourceTag/data-class': 'internal' },
      }),
    ),
  },
  ReadOnly: { inline: document(may(READ)) },
}

/** Trust of the roles that Identity Center makes. */
export function ssoTrust(accountId: string): object {
  const provider = `arn:aws:iam::${accountId}:saml-provider/AWSSSO_3c1b7d52e5a84f60_DO_NOT_DELETE`
  return document({
    Effect: 'Allow',
    Principal: { Federated: provider },
    Action: ['sts:AssumeRoleWithSAML', 'sts:TagSession'],
    Condition: { StringEquals: { 'SAML:aud': 'https://signin.aws.amazon.com/saml' } },
  })
}
