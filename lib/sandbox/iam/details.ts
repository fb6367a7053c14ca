import { placeOf } from '../accounts'
import { authorizeService } from '../authz/authorize'
import { managedPolicies } from '../authz/managed-policies'
import { AwsError, type Call, type Input, type Json } from '../call'
import { page } from '../paging'
import type { Account, IamGroup, IamManagedPolicy, IamRole, IamUser } from '../world'
import { boundaryAndTags, describeLastUse } from './describe'
import { encodeDocument, isoTime } from './read'

const lists = {
  User: 'UserDetailList',
  Group: 'GroupDetailList',
  Role: 'RoleDetailList',
  LocalManagedPolicy: 'Policies',
  AWSManagedPolicy: 'Policies',
} as const
type Kind = keyof typeof lists
type Item = { kind: Kind; name: string; describe: () => Input }

/**
 * One list of users, groups, roles and policies, cut into pages across the kinds, as IAM does. AWS
 * managed policies only where used.
 */
export function getAccountAuthorizationDetails(call: Call, input: Input): Input {
  authorizeService(call, { action: 'iam:GetAccountAuthorizationDetails', resourceArn: '*' })
  const { account } = placeOf(call)
  const kinds = readFilter(input)
  const items = listItems(account).filter((item) => kinds.has(item.kind))
  const found = page(call, items, {
    limit: input.MaxItems === undefined ? undefined : Number(input.MaxItems),
    default: 100,
    max: 1000,
    marker: input.Marker,
    key: (item) => `${Object.keys(lists).indexOf(item.kind)}/${item.name}`,
    limitName: 'maxItems',
    invalidMarker: 'ValidationError',
    invalidLimit: 'ValidationError',
  })
  const output: { [list: string]: Json[] } = {
    UserDetailList: [],
    GroupDetailList: [],
    RoleDetailList: [],
    Policies: [],
  }
  for (const item of found.items) output[lists[item.kind]]?.push(item.describe())
  return {
    ...output,
    IsTruncated: found.truncated,
    ...(found.next === undefined ? {} : { Marker: found.next }),
  }
}

function readFilter(input: Input): Set<string> {
  if (input.Filter === undefined || (Array.isArray(input.Filter) && input.Filter.length === 0))
    return new Set(Object.keys(lists))
  const asked = Array.isArray(input.Filter) ? input.Filter.map(String) : []
  const wrong = asked.find((kind) => !Object.hasOwn(lists, kind))
  if (wrong === undefined && asked.length > 0) return new Set(asked)
  throw new AwsError(
    'ValidationError',
    `1 validation error detected: Value '[${asked.join(', ')}]' at 'filter' failed to satisfy ` +
      'constraint: Member must satisfy constraint: [Member must satisfy enum value set: ' +
      `[${Object.keys(lists).join(', ')}]]`,
  )
}

function listItems(account: Account): Item[] {
  const used = attachments(account)
  const aws = Array.from(managedPolicies.values()).filter((policy) => used.has(policy.arn))
  return [
    ...Array.from(
      account.users.values(),
      (user): Item => ({ kind: 'User', name: user.name, describe: () => userDetail(user) }),
    ),
    ...Array.from(
      account.groups.values(),
      (group): Item => ({ kind: 'Group', name: group.name, describe: () => groupDetail(group) }),
    ),
    ...Array.from(
      account.roles.values(),
      (role): Item => ({ kind: 'Role', name: role.name, describe: () => roleDetail(role) }),
    ),
    ...Array.from(
      account.policies.values(),
      (policy): Item => ({
        kind: 'LocalManagedPolicy',
        name: policy.arn,
        describe: () => policyDetail(policy, account, used),
      }),
    ),
    ...aws.map(
      (policy): Item => ({
        kind: 'AWSManagedPolicy',
        name: policy.arn,
        describe: () => policyDetail(policy, account, used),
      }),
    ),
  ]
}

function holders(account: Account) {
  return [...account.users.values(), ...account.groups.values(), ...account.roles.values()]
}

/** Managed policy ARN -> how many entities have it attached. */
function attachments(account: Account): Map<string, number> {
  const used = new Map<string, number>()
  for (const arn of holders(account).flatMap((holder) => holder.attachedPolicyArns))
    used.set(arn, (used.get(arn) ?? 0) + 1)
  for (const arn of boundaries(account)) used.set(arn, used.get(arn) ?? 0)
  return used
}

function boundaries(account: Account): string[] {
  return [...account.users.values(), ...account.roles.values()].flatMap(
    (entity) => entity.permissionsBoundaryArn ?? [],
  )
}

type Holder = Pick<IamUser, 'inlinePolicies' | 'attachedPolicyArns'>
const inline = (holder: Holder): Json =>
  Array.from(holder.inlinePolicies, ([PolicyName, text]) => ({
    PolicyName,
    PolicyDocument: encodeDocument(text),
  }))
const attached = (holder: Holder): Json =>
  holder.attachedPolicyArns.map((arn) => ({
    PolicyName: arn.split('/').at(-1) ?? arn,
    PolicyArn: arn,
  }))

function userDetail(user: IamUser): Input {
  return {
    Path: user.path,
    UserName: user.name,
    UserId: user.id,
    Arn: user.arn,
    CreateDate: isoTime(user.createdAt),
    UserPolicyList: inline(user),
    GroupList: user.groups,
    AttachedManagedPolicies: attached(user),
    ...boundaryAndTags(user),
  }
}

function groupDetail(group: IamGroup): Input {
  return {
    Path: group.path,
    GroupName: group.name,
    GroupId: group.id,
    Arn: group.arn,
    CreateDate: isoTime(group.createdAt),
    GroupPolicyList: inline(group),
    AttachedManagedPolicies: attached(group),
  }
}

function roleDetail(role: IamRole): Input {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: isoTime(role.createdAt),
    AssumeRolePolicyDocument: encodeDocument(role.trustPolicy),
    InstanceProfileList: [],
    RolePolicyList: inline(role),
    AttachedManagedPolicies: attached(role),
    ...boundaryAndTags(role),
    RoleLastUsed: describeLastUse(role),
  }
}

function policyDetail(
  policy: IamManagedPolicy,
  account: Account,
  used: Map<string, number>,
): Input {
  const CreateDate = isoTime(policy.createdAt)
  return {
    PolicyName: policy.name,
    PolicyId: policy.id,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: 'v1',
    AttachmentCount: used.get(policy.arn) ?? 0,
    PermissionsBoundaryUsageCount: boundaries(account).filter((arn) => arn === policy.arn).length,
    IsAttachable: true,
    CreateDate,
    UpdateDate: CreateDate,
    PolicyVersionList: [
      {
        Document: encodeDocument(policy.document),
        VersionId: 'v1',
        IsDefaultVersion: true,
        CreateDate,
      },
    ],
  }
}
