import type { Organization, OrganizationPolicy } from '../world'

const FULL_ACCESS = 'p-FullAWSAccess'
const RCP_FULL_ACCESS = 'p-RCPFullAWSAccess'

function allowAll(extra: object): string {
  return JSON.stringify(
    {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', ...extra, Action: '*', Resource: '*' }],
    },
    null,
    2,
  )
}

const AWS_POLICIES: OrganizationPolicy[] = [
  {
    id: FULL_ACCESS,
    name: 'FullAWSAccess',
    description: 'Allows access to every operation',
    type: 'SERVICE_CONTROL_POLICY',
    awsManaged: true,
    content: allowAll({}),
  },
  {
    id: RCP_FULL_ACCESS,
    name: 'RCPFullAWSAccess',
    description: 'Allows access to every resource',
    type: 'RESOURCE_CONTROL_POLICY',
    awsManaged: true,
    content: allowAll({ Principal: '*' }),
  },
]

/**
 * Root and units with AWS's own allow-everything policies at each level. Accounts get
 * theirs by `attachFullAccess`.
 */
export function makeOrganization(
  plan: Pick<Organization, 'id' | 'rootId' | 'managementAccountId'> & {
    units: { id: string; name: string; parentId: string }[]
  },
): Organization {
  const { units, ...rest } = plan
  const organization: Organization = {
    ...rest,
    units: new Map(units.map((unit) => [unit.id, unit])),
    parentOf: new Map(),
    policies: new Map(AWS_POLICIES.map((policy) => [policy.id, { ...policy }])),
    attachments: new Map(),
  }
  for (const target of [plan.rootId, ...units.map((unit) => unit.id)])
    attachFullAccess(organization, target)
  return organization
}

export function attachFullAccess(organization: Organization, target: string): void {
  organization.attachments.set(target, [FULL_ACCESS, RCP_FULL_ACCESS])
}

export function attachPolicy(
  organization: Organization,
  policy: OrganizationPolicy,
  targets: string[],
): void {
  organization.policies.set(policy.id, policy)
  for (const target of targets) {
    organization.attachments.set(target, [
      ...(organization.attachments.get(target) ?? []),
      policy.id,
    ])
  }
}
