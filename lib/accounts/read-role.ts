/**
 * Makes the role the console reads with, as small as what reads with it needs, with explicit
 * denials that keep it a reader whatever else is attached to it.
 */
import 'server-only'
import { renderRole, trustPolicy, type RoleSettings, type RoleText } from './role-text'
import { sweeps } from './sweeps'

/** What reads with this role beside the sweeps. */
const beside: Readonly<Record<string, readonly string[]>> = {
  PublicKeys: ['kms:GetPublicKey'],
  Accounts: ['organizations:ListAccounts'],
  // What a request for a higher quota stands on (lib/changes/kinds/quota-increase).
  QuotaIncreases: [
    'servicequotas:GetServiceQuota',
    'servicequotas:GetAWSDefaultServiceQuota',
    'servicequotas:ListRequestedServiceQuotaChangeHistoryByQuota',
  ],
}

/** Feature -> actions, each action once. */
export const readActions: Readonly<Record<string, readonly string[]>> = listReadActions()

function listReadActions(): Record<string, string[]> {
  const listed = new Set<string>()
  const wanted = [
    ...sweeps.map(({ kind, needs }) => [capitalize(kind), Object.keys(needs)] as const),
    ...Object.entries(beside),
  ]
  const features: Record<string, string[]> = {}
  for (const [feature, actions] of wanted) {
    const fresh = actions.filter((action) => !listed.has(action))
    for (const action of fresh) listed.add(action)
    if (fresh.length > 0) features[feature] = fresh
  }
  return features
}

/** A Sid takes letters and digits alone. */
function capitalize(kind: string): string {
  return kind.charAt(0).toUpperCase() + kind.slice(1)
}

/**
 * Denied even where a key policy or another attached policy allows it: the role reads about keys
 * and uses none.
 */
const deniedActions = [
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

/** Renders the role in the three forms people deploy. */
export function renderReadRole(settings: RoleSettings): RoleText {
  return renderRole({
    name: settings.roleName,
    description: 'Read-only inventory of KMS keys by Claviger',
    trust: trustPolicy(settings),
    policyName: 'ClavigerRead',
    policy: readRolePolicy(),
  })
}
