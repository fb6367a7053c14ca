import { placeOf } from '../accounts'
import { authorizeService } from '../authz/authorize'
import type { Call, Input } from '../call'
import { page } from '../paging'
import type { IamEntity } from '../world'
import { describeRole, describeUser } from './describe'

export function listRoles(call: Call, input: Input): Input {
  const found = listEntities(call, input, 'iam:ListRoles', placeOf(call).account.roles.values())
  return { Roles: found.items.map((role) => withoutDetail(describeRole(role))), ...found.rest }
}

export function listUsers(call: Call, input: Input): Input {
  const found = listEntities(call, input, 'iam:ListUsers', placeOf(call).account.users.values())
  return { Users: found.items.map((user) => withoutDetail(describeUser(user))), ...found.rest }
}

/** Listings leave out what Get alone tells (IAM API Reference, ListRoles and ListUsers). */
function withoutDetail({
  PermissionsBoundary: _,
  Tags: _tags,
  RoleLastUsed: _used,
  ...listed
}: Input): Input {
  return listed
}

function listEntities<Entity extends IamEntity>(
  call: Call,
  input: Input,
  action: string,
  entities: Iterable<Entity>,
) {
  authorizeService(call, { action, resourceArn: `arn:aws:iam::${call.caller.accountId}:*` })
  const prefix = typeof input.PathPrefix === 'string' ? input.PathPrefix : '/'
  const found = page(
    call,
    [...entities].filter((entity) => entity.path.startsWith(prefix)),
    {
      limit: input.MaxItems === undefined ? undefined : Number(input.MaxItems),
      default: 100,
      max: 1000,
      marker: input.Marker,
      key: (entity) => entity.name,
      limitName: 'maxItems',
      invalidMarker: 'ValidationError',
      invalidLimit: 'ValidationError',
    },
  )
  const rest: Input = {
    IsTruncated: found.truncated,
    ...(found.next === undefined ? {} : { Marker: found.next }),
  }
  return { items: found.items, rest }
}
