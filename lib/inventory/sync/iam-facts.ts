import type {
  AttachedPolicy,
  GetAccountAuthorizationDetailsCommandOutput,
  PolicyDetail,
  Tag,
} from '@aws-sdk/client-iam'
import { accountOfArn } from '../../kms/arn'

export type IamRow = {
  arn: string
  accountId: string
  kind: 'user' | 'group' | 'role' | 'policy'
  name: string
  path: string
  uniqueId: string
  createdAt: Date | null
  details: Record<string, unknown>
}

/**
 * One page of GetAccountAuthorizationDetails as rows. AWS managed policies belong to no account and
 * are kept where something here uses them.
 */
export function readEntities(
  accountId: string,
  page: GetAccountAuthorizationDetailsCommandOutput,
): IamRow[] {
  const rows: (IamRow | null)[] = [
    ...(page.UserDetailList ?? []).map((user) =>
      toRow('user', accountId, user.Arn, user.UserName, user.UserId, user, {
        inlinePolicies: inlineOf(user.UserPolicyList),
        attachedPolicyArns: attachedOf(user.AttachedManagedPolicies),
        groups: user.GroupList ?? [],
        permissionsBoundaryArn: user.PermissionsBoundary?.PermissionsBoundaryArn ?? null,
        tags: tagsOf(user.Tags),
      }),
    ),
    ...(page.GroupDetailList ?? []).map((group) =>
      toRow('group', accountId, group.Arn, group.GroupName, group.GroupId, group, {
        inlinePolicies: inlineOf(group.GroupPolicyList),
        attachedPolicyArns: attachedOf(group.AttachedManagedPolicies),
      }),
    ),
    ...(page.RoleDetailList ?? []).map((role) =>
      toRow('role', accountId, role.Arn, role.RoleName, role.RoleId, role, {
        trustPolicy: decodeDocument(role.AssumeRolePolicyDocument),
        inlinePolicies: inlineOf(role.RolePolicyList),
        attachedPolicyArns: attachedOf(role.AttachedManagedPolicies),
        permissionsBoundaryArn: role.PermissionsBoundary?.PermissionsBoundaryArn ?? null,
        tags: tagsOf(role.Tags),
        lastUsedAt: role.RoleLastUsed?.LastUsedDate ?? null,
      }),
    ),
    ...(page.Policies ?? []).map((policy) => {
      const isAwsManaged = accountOfArn(policy.Arn ?? '') === 'aws'
      const used =
        (policy.AttachmentCount ?? 0) > 0 || (policy.PermissionsBoundaryUsageCount ?? 0) > 0
      if (isAwsManaged && !used) return null
      const version =
        policy.PolicyVersionList?.find((one) => one.IsDefaultVersion) ??
        policy.PolicyVersionList?.[0]
      return toRow(
        'policy',
        isAwsManaged ? 'aws' : accountId,
        policy.Arn,
        policy.PolicyName,
        policy.PolicyId,
        policy,
        {
          document: decodeDocument(version?.Document),
          versionId: version?.VersionId ?? null,
          attachmentCount: policy.AttachmentCount ?? null,
        },
      )
    }),
  ]
  return rows.filter((row) => row !== null)
}

function toRow(
  kind: IamRow['kind'],
  accountId: string,
  arn: string | undefined,
  name: string | undefined,
  id: string | undefined,
  entity: { Path?: string; CreateDate?: Date },
  details: Record<string, unknown>,
): IamRow | null {
  return arn && name
    ? {
        arn,
        accountId,
        kind,
        name,
        path: entity.Path ?? '/',
        uniqueId: id ?? '',
        createdAt: entity.CreateDate ?? null,
        details,
      }
    : null
}

const inlineOf = (list: readonly PolicyDetail[] | undefined) =>
  (list ?? []).map((one) => ({
    name: one.PolicyName ?? '',
    document: decodeDocument(one.PolicyDocument),
  }))
const attachedOf = (list: readonly AttachedPolicy[] | undefined) =>
  (list ?? []).flatMap((one) => (one.PolicyArn ? [one.PolicyArn] : []))
const tagsOf = (tags: readonly Tag[] | undefined) =>
  Object.fromEntries((tags ?? []).map((tag) => [tag.Key ?? '', tag.Value ?? '']))

/** IAM sends documents percent-encoded (RFC 3986); an emulator may not. */
function decodeDocument(text: string | undefined): string | null {
  if (text === undefined) return null
  if (!/^\s*%7B/i.test(text)) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
