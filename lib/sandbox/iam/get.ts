import { placeOf } from '../accounts'
import { authorizeService } from '../authz/authorize'
import type { Call, Input } from '../call'
import { describeRole, describeUser } from './describe'
import { arnOf, names, noSuch, readName } from './read'

/** Without a UserName: the calling user. */
export function getUser(call: Call, input: Input): Input {
  const name =
    input.UserName === undefined
      ? (call.caller.entityArn.split('/').at(-1) ?? '')
      : readName(input, 'UserName', names.user)
  const user = placeOf(call).account.users.get(name)
  authorizeService(call, {
    action: 'iam:GetUser',
    resourceArn: user?.arn ?? arnOf(call, 'user', '/', name),
  })
  if (!user) throw noSuch('user', name)
  return { User: describeUser(user) }
}

export function getRole(call: Call, input: Input): Input {
  const name = readName(input, 'RoleName', names.role)
  const role = placeOf(call).account.roles.get(name)
  authorizeService(call, {
    action: 'iam:GetRole',
    resourceArn: role?.arn ?? arnOf(call, 'role', '/', name),
  })
  if (!role) throw noSuch('role', name)
  return { Role: describeRole(role) }
}
