import { randomBytes } from 'node:crypto'
import { entityId, placeOf } from '../accounts'
import { authorizeService } from '../authz/authorize'
import { AwsError, type Call, type Input } from '../call'
import type { IamEntity, IamRole, IamUser } from '../world'
import { describeRole, describeUser } from './describe'
import { arnOf, isoTime, names, noSuch, readDocument, readName, readPath, readTags } from './read'

export function createUser(call: Call, input: Input): Input {
  const name = readName(input, 'UserName', names.user)
  const { users } = placeOf(call).account
  const entity = newEntity(call, input, 'user', name)
  authorizeService(call, { action: 'iam:CreateUser', resourceArn: entity.arn })
  if (users.has(name))
    throw new AwsError('EntityAlreadyExists', `User with name ${name} already exists.`, 409)
  const user: IamUser = { ...entity, groups: [] }
  users.set(name, user)
  return { User: describeUser(user) }
}

export function createRole(call: Call, input: Input): Input {
  const name = readName(input, 'RoleName', names.role)
  const { roles } = placeOf(call).account
  const entity = newEntity(call, input, 'role', name)
  authorizeService(call, { action: 'iam:CreateRole', resourceArn: entity.arn })
  const trustPolicy = readDocument(call.world, input, 'AssumeRolePolicyDocument', 'trust')
  if (roles.has(name))
    throw new AwsError('EntityAlreadyExists', `Role with name ${name} already exists.`, 409)
  const role: IamRole = {
    ...entity,
    trustPolicy,
    maxSessionSeconds: readMaxSession(input),
    lastUsedAt: null,
    description: typeof input.Description === 'string' ? input.Description : '',
  }
  roles.set(name, role)
  return { Role: describeRole(role) }
}

function newEntity(call: Call, input: Input, kind: 'user' | 'role', name: string): IamEntity {
  const path = readPath(input)
  const arn = arnOf(call, kind, path, name)
  return {
    name,
    path,
    arn,
    id: entityId(kind === 'user' ? 'AIDA' : 'AROA', `${arn}/${call.eventId}`),
    createdAt: call.now,
    inlinePolicies: new Map(),
    attachedPolicyArns: [],
    permissionsBoundaryArn:
      typeof input.PermissionsBoundary === 'string' ? input.PermissionsBoundary : null,
    tags: readTags(input),
  }
}

function readMaxSession(input: Input): number {
  if (input.MaxSessionDuration === undefined) return 3600
  const seconds = Number(input.MaxSessionDuration)
  if (Number.isInteger(seconds) && seconds >= 3600 && seconds <= 43_200) return seconds
  const rule = seconds < 3600 ? 'greater than or equal to 3600' : 'less than or equal to 43200'
  throw new AwsError(
    'ValidationError',
    `1 validation error detected: Value '${seconds}' at 'maxSessionDuration' failed to satisfy ` +
      `constraint: Member must have value ${rule}`,
  )
}

/** Without a UserName: for the calling user. The secret is given this once. */
export function createAccessKey(call: Call, input: Input): Input {
  const name =
    input.UserName === undefined
      ? (call.caller.entityArn.split('/').at(-1) ?? '')
      : readName(input, 'UserName', names.user)
  const user = placeOf(call).account.users.get(name)
  authorizeService(call, {
    action: 'iam:CreateAccessKey',
    resourceArn: user?.arn ?? arnOf(call, 'user', '/', name),
  })
  if (!user) throw noSuch('user', name)
  const held = Array.from(call.world.accessKeys.values()).filter(
    (key) => key.principalArn === user.arn,
  ).length
  if (held >= 2)
    throw new AwsError('LimitExceeded', 'Cannot exceed quota for AccessKeysPerUser: 2', 409)
  const accessKeyId = entityId('AIDA', `${call.eventId}/key`).replace('AIDA', 'AKIA').slice(0, 20)
  const secretAccessKey = randomBytes(30).toString('base64')
  call.world.accessKeys.set(accessKeyId, { accessKeyId, secretAccessKey, principalArn: user.arn })
  const CreateDate = isoTime(call.now)
  call.trail.responseElements = {
    accessKey: { accessKeyId, status: 'Active', userName: name, createDate: CreateDate },
  }
  return {
    AccessKey: {
      UserName: name,
      AccessKeyId: accessKeyId,
      Status: 'Active',
      SecretAccessKey: secretAccessKey,
      CreateDate,
    },
  }
}
