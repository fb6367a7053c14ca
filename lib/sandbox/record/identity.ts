import type { Call } from '../call'
import { findRole } from '../accounts'

const cache = new WeakMap<Call['world'], Map<string, object>>()

/** userIdentity as the caller's own account sees it. Shared between records of one access key. */
export function ownIdentity(call: Call): object {
  let known = cache.get(call.world)
  if (!known) cache.set(call.world, (known = new Map()))
  const name = `${call.caller.accessKeyId} ${call.via ?? ''}`
  let identity = known.get(name)
  if (!identity) known.set(name, (identity = describeCaller(call)))
  return identity
}

/** As the owner of the key in another account sees it. */
export function foreignIdentity(call: Call): object {
  const { userId: principalId, accountId } = call.caller
  return { type: 'AWSAccount', principalId, accountId, ...invokedBy(call) }
}

const invokedBy = ({ via }: Call) => (via === undefined ? {} : { invokedBy: via })

function describeCaller(call: Call): object {
  return { ...describeEntity(call), ...invokedBy(call) }
}

function describeEntity(call: Call): object {
  const { caller } = call
  const base = {
    principalId: caller.userId,
    arn: caller.arn,
    accountId: caller.accountId,
    accessKeyId: caller.accessKeyId,
  }
  if (caller.kind === 'root') return { type: 'Root', ...base }
  const name = caller.entityArn.split('/').at(-1)
  if (caller.kind === 'user') return { type: 'IAMUser', ...base, userName: name }
  const issuer = {
    type: 'Role',
    principalId: findRole(call.world, caller.entityArn)?.id ?? caller.userId.split(':')[0],
    arn: caller.entityArn,
    accountId: caller.accountId,
    userName: name,
  }
  const creationDate = `${new Date(caller.sessionCreatedAt ?? call.now).toISOString().slice(0, 19)}Z`
  const attributes = { creationDate, mfaAuthenticated: 'false' }
  const sourceIdentity =
    caller.sourceIdentity === null ? {} : { sourceIdentity: caller.sourceIdentity }
  return {
    type: 'AssumedRole',
    ...base,
    sessionContext: { sessionIssuer: issuer, attributes, ...sourceIdentity },
  }
}
