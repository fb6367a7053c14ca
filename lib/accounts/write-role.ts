/**
 * Makes the role that approved changes are made with: for each kind of change exactly the actions
 * it takes, under the conditions that AWS has for them. Each change narrows it further by a session
 * policy to its own key and action. Pure: shown on a page to copy. The kinds stand above this on
 * the ladder: lib/changes/write-role.test.ts tests that the table fits them.
 */
import { renderRole, trustPolicy, type RoleSettings, type RoleText } from './role-text'

type RoleStatement = {
  Sid: string
  Effect: 'Allow' | 'Deny'
  Action: readonly string[]
  Resource: '*'
  Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>
}
export type WriteFeature = {
  id: string
  label: string
  words: string
  kinds: readonly string[]
  statements: readonly RoleStatement[]
}

/** IfExists, since AWS does not say whether a request without the parameter has the key. */
const keepsLockoutCheck = { BoolIfExists: { 'kms:BypassPolicyLockoutSafetyCheck': 'false' } }
/**
 * Keys that Claviger makes carry the id of their change; a change of tags never names this one, so
 * it cannot pass for a creation.
 */
const marked = { Null: { 'aws:RequestTag/claviger:change': 'false' } }
/**
 * Lets the session put the policy of a key with our mark: AWS makes no key whose policy the maker
 * could not put again (lib/kms/README.md, "Key policies").
 */
const ofMarked = { ...keepsLockoutCheck, Null: { 'aws:ResourceTag/claviger:change': 'false' } }
const allow = (
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
const serviceRole = (Sid: string, service: string) =>
  allow(Sid, ['iam:CreateServiceLinkedRole'], { StringEquals: { 'iam:AWSServiceName': service } })

/**
 * What a team can give and leave out. Without a feature its kinds of change are refused by AWS;
 * without the role the account is read-only.
 */
export const writeFeatures: readonly WriteFeature[] = [
  {
    id: 'grants',
    label: 'Grants',
    words: 'Create, revoke, retire and adopt grants',
    kinds: ['grant-create', 'grant-revoke', 'grant-retire', 'grant-adopt'],
    statements: [allow('Grants', ['kms:CreateGrant', 'kms:RevokeGrant', 'kms:RetireGrant'])],
  },
  {
    id: 'policy',
    label: 'Key policies',
    words: 'Change key policies, never past AWS’s lockout check',
    kinds: ['policy-put'],
    statements: [allow('KeyPolicies', ['kms:PutKeyPolicy'], keepsLockoutCheck)],
  },
  {
    id: 'state',
    label: 'State',
    words: 'Enable and disable keys, cancel a deletion',
    kinds: ['key-enable', 'key-disable', 'deletion-cancel'],
    statements: [allow('State', ['kms:EnableKey', 'kms:DisableKey', 'kms:CancelKeyDeletion'])],
  },
  {
    id: 'deletion',
    label: 'Deletion',
    words: 'Schedule the deletion of keys; raise the days to your own least window',
    kinds: ['deletion-schedule'],
    statements: [
      allow('Deletion', ['kms:ScheduleKeyDeletion'], {
        NumericGreaterThanEquals: { 'kms:ScheduleKeyDeletionPendingWindowInDays': '7' },
      }),
    ],
  },
  {
    id: 'rotation',
    label: 'Rotation',
    words: 'Automatic rotation on and off, rotate now',
    kinds: ['rotation-enable', 'rotation-disable', 'rotate-now'],
    statements: [
      allow('Rotation', [
        'kms:EnableKeyRotation',
        'kms:DisableKeyRotation',
        'kms:RotateKeyOnDemand',
      ]),
    ],
  },
  {
    id: 'aliases',
    label: 'Aliases',
    words: 'Create, move and delete aliases: permissions by alias follow them',
    kinds: ['alias-create', 'alias-update', 'alias-delete'],
    statements: [allow('Aliases', ['kms:CreateAlias', 'kms:UpdateAlias', 'kms:DeleteAlias'])],
  },
  {
    id: 'tags',
    label: 'Tags',
    words: 'Set and remove tags: permissions by tag follow them',
    kinds: ['tag', 'untag'],
    statements: [allow('Tags', ['kms:TagResource', 'kms:UntagResource'])],
  },
  {
    id: 'descriptions',
    label: 'Descriptions',
    words: 'Change descriptions',
    kinds: ['description'],
    statements: [allow('Descriptions', ['kms:UpdateKeyDescription'])],
  },
  {
    id: 'creation',
    label: 'New keys',
    words: 'Create keys, each with the mark of its change',
    kinds: ['key-create'],
    statements: [
      allow('NewKeys', ['kms:CreateKey'], { ...keepsLockoutCheck, ...marked }),
      allow('NewKeyTags', ['kms:TagResource'], marked),
      allow('NewKeyPolicies', ['kms:PutKeyPolicy'], ofMarked),
      serviceRole('NewMultiRegionKeys', 'mrk.kms.amazonaws.com'),
    ],
  },
  {
    id: 'multiRegion',
    label: 'Multi-Region',
    words: 'Replicate keys, move the primary key',
    kinds: ['replicate', 'primary-update'],
    statements: [
      allow('MultiRegion', ['kms:ReplicateKey', 'kms:UpdatePrimaryRegion']),
      allow('ReplicaKeys', ['kms:CreateKey'], {
        ...keepsLockoutCheck,
        StringEquals: { 'kms:MultiRegionKeyType': 'REPLICA' },
      }),
      allow('ReplicaTags', ['kms:TagResource'], marked),
      allow('ReplicaPolicies', ['kms:PutKeyPolicy'], ofMarked),
      serviceRole('MultiRegionRole', 'mrk.kms.amazonaws.com'),
    ],
  },
  {
    id: 'quotas',
    label: 'Quotas',
    words: 'Ask AWS for higher quotas of KMS',
    kinds: ['quota-increase'],
    statements: [
      allow('Quotas', ['servicequotas:RequestServiceQuotaIncrease'], {
        StringEqualsIfExists: { 'servicequotas:service': 'kms' },
      }),
      serviceRole('QuotasRole', 'servicequotas.amazonaws.com'),
    ],
  },
]
export const allFeatures: readonly string[] = writeFeatures.map(({ id }) => id)

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

/** Returns the policy of the chosen features. `features`: ids; taken in the order of the table. */
export function writeRolePolicy(features: readonly string[] = allFeatures) {
  const chosen = writeFeatures.filter(({ id }) => features.includes(id))
  return {
    Version: '2012-10-17',
    Statement: [...chosen.flatMap(({ statements }) => statements), neverUse],
  }
}

/**
 * Renders the role. SourceIdentity names the person a change was made for, so the trust policy lets
 * it be set.
 */
export function renderWriteRole(
  settings: RoleSettings,
  features: readonly string[] = allFeatures,
): RoleText {
  return renderRole({
    name: settings.roleName,
    description: 'Approved changes to KMS keys by Claviger',
    trust: trustPolicy(settings, ['sts:SetSourceIdentity', 'sts:TagSession']),
    policyName: 'ClavigerWrite',
    policy: writeRolePolicy(features),
  })
}
