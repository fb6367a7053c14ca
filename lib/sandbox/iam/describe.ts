import type { Input } from '../call'
import type { IamEntity, IamRole, IamUser } from '../world'
import { encodeDocument, isoTime } from './read'

export function describeUser(user: IamUser): Input {
  const CreateDate = isoTime(user.createdAt)
  return {
    Path: user.path,
    UserName: user.name,
    UserId: user.id,
    Arn: user.arn,
    CreateDate,
    ...boundaryAndTags(user),
  }
}

export function describeRole(role: IamRole): Input {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: isoTime(role.createdAt),
    AssumeRolePolicyDocument: encodeDocument(role.trustPolicy),
    ...(role.description === '' ? {} : { Description: role.description }),
    MaxSessionDuration: role.maxSessionSeconds,
    ...boundaryAndTags(role),
    RoleLastUsed: describeLastUse(role),
  }
}

export function describeLastUse(role: IamRole): Input {
  return role.lastUsedAt === null
    ? {}
    : { LastUsedDate: isoTime(role.lastUsedAt), Region: 'us-east-1' }
}

export function boundaryAndTags(entity: Pick<IamEntity, 'permissionsBoundaryArn' | 'tags'>): Input {
  const boundary = entity.permissionsBoundaryArn
  return {
    ...(boundary === null
      ? {}
      : {
          PermissionsBoundary: {
            PermissionsBoundaryType: 'Policy',
            PermissionsBoundaryArn: boundary,
          },
        }),
    ...(entity.tags.size === 0
      ? {}
      : { Tags: Array.from(entity.tags, ([Key, Value]) => ({ Key, Value })) }),
  }
}
