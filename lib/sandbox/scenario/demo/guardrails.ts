import type { Organization, OrganizationPolicy } from '../../world'
import { attachPolicy } from '../organization'
import { ACCOUNT, COMPANY, REGIONS, UNIT } from './company'

/** The organization's policies: what no member may do, and from where its keys may be reached. */
export function addGuardrails(organization: Organization): void {
  attachPolicy(organization, DENY_LEAVING, [COMPANY.rootId])
  attachPolicy(organization, REGION_RESTRICTION, [UNIT.infrastructure.id, UNIT.workloads.id])
  attachPolicy(organization, DELETION_GUARD, [UNIT.production.id])
  attachPolicy(organization, LOCKOUT_GUARD, [UNIT.workloads.id])
  attachPolicy(organization, SANDBOX_LIMITS, [UNIT.sandbox.id])
  attachPolicy(organization, DATA_PERIMETER, [UNIT.production.id])
  organization.delegatedAdministrators = [ACCOUNT.security]
}

type Kind = OrganizationPolicy['type']

function policy(
  id: string,
  name: string,
  description: string,
  statements: object[],
  type: Kind = 'SERVICE_CONTROL_POLICY',
): OrganizationPolicy {
  const content = JSON.stringify({ Version: '2012-10-17', Statement: statements }, null, 2)
  return { id, name, description, type, awsManaged: false, content }
}

const DENY_LEAVING = policy(
  'p-leave4k2m',
  'deny-leaving',
  'No account leaves the organization or switches its trail off',
  [
    {
      Sid: 'DenyLeaving',
      Effect: 'Deny',
      Action: 'organizations:LeaveOrganization',
      Resource: '*',
    },
    {
      Sid: 'ProtectTrail',
      Effect: 'Deny',
      Action: ['cloudtrail:StopLogging', 'cloudtrail:DeleteTrail', 'cloudtrail:PutEventSelectors'],
      Resource: '*',
    },
  ],
)

const REGION_RESTRICTION = policy(
  'p-region7x1c',
  'allowed-regions',
  'Workloads stay in Ireland, Frankfurt and Virginia',
  [
    {
      Sid: 'DenyOtherRegions',
      Effect: 'Deny',
      Resource: '*',
      NotAction: [
        'iam:*',
        'organizations:*',
        'sts:*',
        'account:*',
        'support:*',
        'cloudfront:*',
        'route53:*',
        'budgets:*',
        'health:*',
      ],
      Condition: {
        StringNotEquals: { 'aws:RequestedRegion': REGIONS },
        ArnNotLike: {
          'aws:PrincipalArn': [
            'arn:aws:iam::*:role/ClavigerRead',
            'arn:aws:iam::*:role/aws-reserved/*',
          ],
        },
      },
    },
  ],
)

// In force since the day before yesterday: what was scheduled last week is what it was written for.
const DELETION_GUARD = policy(
  'p-delete9q3h',
  'kms-deletion-guard',
  'Keys in use are neither disabled nor deleted in production',
  [
    {
      Sid: 'DenyDeletionOfUsedKeys',
      Effect: 'Deny',
      Action: ['kms:ScheduleKeyDeletion', 'kms:DisableKey'],
      Resource: '*',
      Condition: { NumericLessThanEquals: { 'kms:TrailingDaysWithoutKeyUsage': '90' } },
    },
    {
      Sid: 'DenyShortWindows',
      Effect: 'Deny',
      Action: 'kms:ScheduleKeyDeletion',
      Resource: '*',
      Condition: { NumericLessThan: { 'kms:ScheduleKeyDeletionPendingWindowInDays': '14' } },
    },
  ],
)

const LOCKOUT_GUARD = policy(
  'p-lockout2v8',
  'kms-lockout-guard',
  'The lockout safety check stays on',
  [
    {
      Sid: 'DenyBypass',
      Effect: 'Deny',
      Action: ['kms:PutKeyPolicy', 'kms:CreateKey', 'kms:ReplicateKey'],
      Resource: '*',
      Condition: { Bool: { 'kms:BypassPolicyLockoutSafetyCheck': 'true' } },
    },
  ],
)

const SANDBOX_LIMITS = policy(
  'p-sandbox5t0',
  'sandbox-limits',
  'No key stores and no large instances in the sandbox',
  [
    {
      Sid: 'DenyKeyStores',
      Effect: 'Deny',
      Action: ['kms:CreateCustomKeyStore', 'kms:ConnectCustomKeyStore'],
      Resource: '*',
    },
    {
      Sid: 'DenyForeignMultiRegion',
      Effect: 'Deny',
      Action: 'kms:CreateKey',
      Resource: '*',
      Condition: {
        Bool: { 'kms:MultiRegion': 'true' },
        StringNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/ClavigerWrite' },
      },
    },
  ],
)

const DATA_PERIMETER = policy(
  'p-rcpkms3d6w',
  'kms-data-perimeter',
  'Production keys serve our organization and AWS services only',
  [
    {
      Sid: 'OurPrincipalsOnly',
      Effect: 'Deny',
      Principal: '*',
      Action: 'kms:*',
      Resource: '*',
      Condition: {
        StringNotEqualsIfExists: { 'aws:PrincipalOrgID': COMPANY.organizationId },
        BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' },
      },
    },
  ],
  'RESOURCE_CONTROL_POLICY',
)
