import { placeOf } from '../accounts'
import { authorizeService } from '../authz/authorize'
import { documentOf } from '../authz/identity'
import { AwsError, type Call, type Input } from '../call'
import type { IamEntity } from '../world'
import { arnOf, names, noSuch, readDocument, readName } from './read'

const inlineLimit = { user: 2_048, role: 10_240 }

export const putUserPolicy = (call: Call, input: Input): Input => putPolicy(call, input, 'user')
export const putRolePolicy = (call: Call, input: Input): Input => putPolicy(call, input, 'role')
export const attachUserPolicy = (call: Call, input: Input): Input =>
  attachPolicy(call, input, 'user')
export const attachRolePolicy = (call: Call, input: Input): Input =>
  attachPolicy(call, input, 'role')

/** White space does not count against IAM's limits for inline policies. */
function putPolicy(call: Call, input: Input, kind: 'user' | 'role'): Input {
  const entity = findEntity(
    call,
    input,
    kind,
    kind === 'user' ? 'iam:PutUserPolicy' : 'iam:PutRolePolicy',
  )
  const policyName = readName(input, 'PolicyName', names.policy)
  const document = readDocument(call.world, input, 'PolicyDocument', 'identity')
  const others = Array.from(entity.inlinePolicies)
    .filter(([name]) => name !== policyName)
    .map(([, text]) => text)
  if ([...others, document].join('').replace(/\s/g, '').length > inlineLimit[kind]) {
    throw new AwsError(
      'LimitExceeded',
      `Maximum policy size of ${inlineLimit[kind]} bytes exceeded for ${kind} ${entity.name}`,
      409,
    )
  }
  entity.inlinePolicies.set(policyName, document)
  return {}
}

function attachPolicy(call: Call, input: Input, kind: 'user' | 'role'): Input {
  const entity = findEntity(
    call,
    input,
    kind,
    kind === 'user' ? 'iam:AttachUserPolicy' : 'iam:AttachRolePolicy',
  )
  const arn = readName(input, 'PolicyArn', { min: 20, max: 2048 })
  if (documentOf(call.world, call.caller.accountId, arn).length === 0) {
    throw new AwsError('NoSuchEntity', `Policy ${arn} does not exist or is not attachable.`, 404)
  }
  if (!entity.attachedPolicyArns.includes(arn)) entity.attachedPolicyArns.push(arn)
  return {}
}

function findEntity(call: Call, input: Input, kind: 'user' | 'role', action: string): IamEntity {
  const name = readName(input, kind === 'user' ? 'UserName' : 'RoleName', names[kind])
  const { account } = placeOf(call)
  const entity = kind === 'user' ? account.users.get(name) : account.roles.get(name)
  authorizeService(call, { action, resourceArn: entity?.arn ?? arnOf(call, kind, '/', name) })
  if (!entity) throw noSuch(kind, name)
  return entity
}
