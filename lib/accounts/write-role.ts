/**
 * Makes the role that approved changes are made with: for each kind of change exactly the actions
 * it takes, under the conditions that AWS has for them. Each change narrows it further by a session
 * policy to its own key and action. Pure: shown on a page to copy. What a kind needs it says
 * itself; lib/changes/kinds/write-features.ts puts that together.
 */
import { renderRole, trustPolicy, type RoleSettings, type RoleText } from './role-text'

export type RoleStatement = {
  Sid: string
  Effect: 'Allow' | 'Deny'
  Action: readonly string[]
  Resource: '*'
  Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>
}
/** One of the features, with the statements of all its kinds of change. */
export type WriteFeature = {
  id: string
  label: string
  words: string
  statements: readonly RoleStatement[]
}

/** IfExists, since AWS does not say whether a request without the parameter has the key. */
export const keepsLockoutCheck = { BoolIfExists: { 'kms:BypassPolicyLockoutSafetyCheck': 'false' } }
/**
 * Keys that Claviger makes carry the id of their change; a change of tags never names this one, so
 * it cannot pass for a creation.
 */
export const marked = { Null: { 'aws:RequestTag/claviger:change': 'false' } }
/**
 * Lets the session put the policy of a key with our mark: AWS makes no key whose policy the maker
 * could not put again (lib/kms/README.md, "Key policies").
 */
export const ofMarked = {
  ...keepsLockoutCheck,
  Null: { 'aws:ResourceTag/claviger:change': 'false' },
}
export const allow = (
  Sid: string,
  Action: readonly string[],
  Condition?: RoleStatement['Condition'],
): RoleStatement => ({
  Sid,
  Effect: 'Allow',
  Action,
  Resource: '*',
  ...(Condition ? { Condition } : {}),
})
export const serviceRole = (Sid: string, service: string): RoleStatement =>
  allow(Sid, ['iam:CreateServiceLinkedRole'], { StringEquals: { 'iam:AWSServiceName': service } })

/**
 * What a team can give and leave out. Without a feature its kinds of change are refused by AWS;
 * without the role the account is read-only.
 */
export const featureWords = {
  grants: { label: 'Grants', words: 'Create, revoke, retire and adopt grants' },
  policy: { label: 'Key policies', words: 'Change key policies, never past AWS’s lockout check' },
  state: { label: 'State', words: 'Enable and disable keys, cancel a deletion' },
  deletion: {
    label: 'Deletion',
    words: 'Schedule the deletion of keys; raise the days to your own least window',
  },
  rotation: { label: 'Rotation', words: 'Automatic rotation on and off, rotate now' },
  aliases: {
    label: 'Aliases',
    words: 'Create, move and delete aliases: permissions by alias follow them',
  },
  tags: { label: 'Tags', words: 'Set and remove tags: permissions by tag follow them' },
  descriptions: { label: 'Descriptions', words: 'Change descriptions' },
  creation: { label: 'New keys', words: 'Create keys, each with the mark of its change' },
  multiRegion: { label: 'Multi-Region', words: 'Replicate keys, move the primary key' },
  quotas: { label: 'Quotas', words: 'Ask AWS for higher quotas of KMS' },
} as const satisfies Readonly<Record<string, { label: string; words: string }>>
export type FeatureId = keyof typeof featureWords

/** Whatever else is attached to the role: it changes keys and uses none. */
const neverUse: RoleStatement = {
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

/** Returns the policy of the chosen features. */
export function writeRolePolicy(features: readonly WriteFeature[]) {
  return {
    Version: '2012-10-17',
    Statement: [...features.flatMap(({ statements }) => statements), neverUse],
  }
}

/**
 * Renders the role. SourceIdentity names the person a change was made for, so the trust policy lets
 * it be set.
 */
export function renderWriteRole(
  settings: RoleSettings,
  features: readonly WriteFeature[],
): RoleText {
  return renderRole({
    name: settings.roleName,
    description: 'Approved changes to KMS keys by Claviger',
    trust: trustPolicy(settings, ['sts:SetSourceIdentity', 'sts:TagSession']),
    policyName: 'ClavigerWrite',
    policy: writeRolePolicy(features),
  })
}
