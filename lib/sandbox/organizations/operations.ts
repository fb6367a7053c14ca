import { AwsError, type Call, type Input, type Operations } from '../call'
import { authorizeService } from '../authz/authorize'
import { readText } from '../kms/read-input'
import { page } from '../paging'
import type { Account, Organization, OrganizationPolicy } from '../world'

/** Organizations, as far as reading who belongs where and under which policies. */
export const organizationsOperations: Operations = {
  DescribeOrganization: (call) => describeOrganization(call),
  ListAccounts: (call, input) => {
    const organization = enter(call, 'ListAccounts')
    const members = [...call.world.accounts.values()].filter((account) =>
      organization.parentOf.has(account.id),
    )
    const { items, next } = list(call, input, members, (account) => account.id)
    return { Accounts: items.map((account) => describeAccount(organization, account)), ...next }
  },
  ListRoots: (call, input) => {
    const organization = enter(call, 'ListRoots')
    const { items, next } = list(call, input, [organization.rootId], (id) => id)
    return { Roots: items.map((id) => describeRoot(organization, id)), ...next }
  },
  ListParents: (call, input) => {
    const organization = enter(call, 'ListParents')
    const child = required(input, 'ChildId')
    const parent = organization.parentOf.get(child) ?? organization.units.get(child)?.parentId
    if (!parent)
      throw new AwsError('ChildNotFoundException', `You specified a child that doesn't exist.`)
    return {
      Parents: [
        { Id: parent, Type: parent === organization.rootId ? 'ROOT' : 'ORGANIZATIONAL_UNIT' },
      ],
    }
  },
  ListOrganizationalUnitsForParent: (call, input) => {
    const organization = enter(call, 'ListOrganizationalUnitsForParent')
    const parent = knownTarget(organization, required(input, 'ParentId'), 'ParentNotFoundException')
    const units = [...organization.units.values()].filter((unit) => unit.parentId === parent)
    const { items, next } = list(call, input, units, (unit) => unit.id)
    return {
      OrganizationalUnits: items.map((unit) => ({
        Id: unit.id,
        Arn: unitArn(organization, unit.id),
        Name: unit.name,
      })),
      ...next,
    }
  },
  DescribeOrganizationalUnit: (call, input) => {
    const organization = enter(call, 'DescribeOrganizationalUnit')
    const unit = organization.units.get(required(input, 'OrganizationalUnitId'))
    if (!unit)
      throw new AwsError(
        'OrganizationalUnitNotFoundException',
        `You specified an organizational unit that doesn't exist.`,
      )
    return {
      OrganizationalUnit: { Id: unit.id, Arn: unitArn(organization, unit.id), Name: unit.name },
    }
  },
  ListAccountsForParent: (call, input) => {
    const organization = enter(call, 'ListAccountsForParent')
    const parent = knownTarget(organization, required(input, 'ParentId'), 'ParentNotFoundException')
    const members = [...call.world.accounts.values()].filter(
      (account) => organization.parentOf.get(account.id) === parent,
    )
    const { items, next } = list(call, input, members, (account) => account.id)
    return { Accounts: items.map((account) => describeAccount(organization, account)), ...next }
  },
  ListPolicies: (call, input) => {
    const organization = enter(call, 'ListPolicies')
    const type = readType(input)
    const policies = [...organization.policies.values()].filter((policy) => policy.type === type)
    const { items, next } = list(call, input, policies, (policy) => policy.id)
    return { Policies: items.map((policy) => summarize(organization, policy)), ...next }
  },
  ListPoliciesForTarget: (call, input) => {
    const organization = enter(call, 'ListPoliciesForTarget')
    const type = readType(input)
    const target = knownTarget(organization, required(input, 'TargetId'), 'TargetNotFoundException')
    const ids = organization.attachments.get(target) ?? []
    const policies = ids
      .flatMap((id) => organization.policies.get(id) ?? [])
      .filter((policy) => policy.type === type)
    const { items, next } = list(call, input, policies, (policy) => policy.id)
    return { Policies: items.map((policy) => summarize(organization, policy)), ...next }
  },
  ListTargetsForPolicy: (call, input) => {
    const organization = enter(call, 'ListTargetsForPolicy')
    const policy = findPolicy(organization, required(input, 'PolicyId'))
    const targets = [...organization.attachments]
      .filter(([, ids]) => ids.includes(policy.id))
      .map(([target]) => target)
    const { items, next } = list(call, input, targets, (target) => target)
    return { Targets: items.map((target) => describeTarget(call, organization, target)), ...next }
  },
  DescribePolicy: (call, input) => {
    const organization = enter(call, 'DescribePolicy')
    const policy = findPolicy(organization, required(input, 'PolicyId'))
    return { Policy: { PolicySummary: summarize(organization, policy), Content: policy.content } }
  },
}

function describeOrganization(call: Call): Input {
  // IAM answers first: who may not ask is not told that there is no organization.
  authorizeService(call, { action: 'organizations:DescribeOrganization', resourceArn: '*' })
  const organization = findOrganization(call)
  const management = call.world.accounts.get(organization.managementAccountId)
  return {
    Organization: {
      Id: organization.id,
      Arn: `${prefix(organization)}:organization/${organization.id}`,
      FeatureSet: 'ALL',
      MasterAccountArn: `${prefix(organization)}:account/${organization.id}/${organization.managementAccountId}`,
      MasterAccountId: organization.managementAccountId,
      MasterAccountEmail: management?.email,
      AvailablePolicyTypes: [{ Type: 'SERVICE_CONTROL_POLICY', Status: 'ENABLED' }],
    },
  }
}

function findOrganization(call: Call): Organization {
  const { organization } = call.world
  if (organization?.parentOf.has(call.caller.accountId)) return organization
  throw new AwsError(
    'AWSOrganizationsNotInUseException',
    'Your account is not a member of an organization.',
  )
}

/**
 * Refuses all but DescribeOrganization to accounts that are neither the management account nor a
 * delegated administrator.
 */
function enter(call: Call, operation: string): Organization {
  authorizeService(call, { action: `organizations:${operation}`, resourceArn: '*' })
  const organization = findOrganization(call)
  const { accountId } = call.caller
  if (
    accountId === organization.managementAccountId ||
    organization.delegatedAdministrators?.includes(accountId)
  )
    return organization
  throw new AwsError('AccessDeniedException', `You don't have permissions to access this resource.`)
}

function list<Item>(
  call: Call,
  input: Input,
  items: Item[],
  key: (item: Item) => string,
): { items: Item[]; next: Input } {
  const found = page(call, items, {
    limit: input.MaxResults,
    default: 20,
    max: 20,
    marker: input.NextToken,
    key,
    limitName: 'maxResults',
    invalidMarker: 'InvalidInputException',
  })
  return { items: found.items, next: found.next === undefined ? {} : { NextToken: found.next } }
}

function required(input: Input, name: string): string {
  const value = readText(input, name)
  if (value) return value
  throw new AwsError('InvalidInputException', `You must provide a value for ${name}.`)
}

function readType(input: Input): string {
  const type = required(input, 'Filter')
  if (type === 'SERVICE_CONTROL_POLICY' || type === 'RESOURCE_CONTROL_POLICY') return type
  const others = [
    'TAG_POLICY',
    'BACKUP_POLICY',
    'AISERVICES_OPT_OUT_POLICY',
    'CHATBOT_POLICY',
    'DECLARATIVE_POLICY_EC2',
    'SECURITYHUB_POLICY',
  ]
  if (others.includes(type)) return type
  throw new AwsError('InvalidInputException', `You specified an invalid value for Filter: ${type}.`)
}

function knownTarget(organization: Organization, id: string, error: string): string {
  if (id === organization.rootId || organization.units.has(id) || organization.parentOf.has(id))
    return id
  throw new AwsError(error, `You specified a target that doesn't exist.`)
}

function findPolicy(organization: Organization, id: string): OrganizationPolicy {
  const policy = organization.policies.get(id)
  if (policy) return policy
  throw new AwsError('PolicyNotFoundException', `You specified a policy that doesn't exist.`)
}

const prefix = (organization: Organization) =>
  `arn:aws:organizations::${organization.managementAccountId}`
const unitArn = (organization: Organization, id: string) =>
  `${prefix(organization)}:ou/${organization.id}/${id}`

function pathOf(organization: Organization, accountId: string): string {
  const steps: string[] = []
  for (let at = organization.parentOf.get(accountId); at; at = organization.units.get(at)?.parentId)
    steps.unshift(at)
  return `${[organization.id, ...steps].join('/')}/${accountId}/`
}

function describeAccount(organization: Organization, account: Account): Input {
  return {
    Id: account.id,
    Arn: `${prefix(organization)}:account/${organization.id}/${account.id}`,
    Email: account.email,
    Name: account.name,
    Status: account.state,
    State: account.state,
    Paths: [pathOf(organization, account.id)],
    JoinedMethod: account.id === organization.managementAccountId ? 'INVITED' : 'CREATED',
    JoinedTimestamp: account.joinedAt / 1000,
  }
}

function describeRoot(organization: Organization, id: string): Input {
  const types = ['SERVICE_CONTROL_POLICY', 'RESOURCE_CONTROL_POLICY']
  const arn = `${prefix(organization)}:root/${organization.id}/${id}`
  return {
    Id: id,
    Arn: arn,
    Name: 'Root',
    PolicyTypes: types.map((Type) => ({ Type, Status: 'ENABLED' })),
  }
}

function describeTarget(call: Call, organization: Organization, id: string): Input {
  const account = call.world.accounts.get(id)
  if (account)
    return {
      TargetId: id,
      Arn: `${prefix(organization)}:account/${organization.id}/${id}`,
      Name: account.name,
      Type: 'ACCOUNT',
    }
  const unit = organization.units.get(id)
  if (unit)
    return {
      TargetId: id,
      Arn: unitArn(organization, id),
      Name: unit.name,
      Type: 'ORGANIZATIONAL_UNIT',
    }
  return {
    TargetId: id,
    Arn: `${prefix(organization)}:root/${organization.id}/${id}`,
    Name: 'Root',
    Type: 'ROOT',
  }
}

function summarize(organization: Organization, policy: OrganizationPolicy): Input {
  const type = policy.type.toLowerCase()
  const owner = policy.awsManaged
    ? `arn:aws:organizations::aws:policy`
    : `${prefix(organization)}:policy/${organization.id}`
  return {
    Id: policy.id,
    Arn: `${owner}/${type}/${policy.id}`,
    Name: policy.name,
    Description: policy.description,
    Type: policy.type,
    AwsManaged: policy.awsManaged,
  }
}
