import { AwsError, type Call, type Input } from '../call'
import { page } from '../paging'
import { noteKey, permitKey } from './access'
import { findKey } from './identify'
import { refuseManaged } from './managed'
import { checkPolicy, requireNoLockout } from './policy-check'
import { readFlag, readText } from './read-input'
import { requireState } from './state'

export function getKeyPolicy(call: Call, input: Input): Input {
  const found = findKey(call, readText(input, 'KeyId') ?? '')
  noteKey(call, found.key)
  permitKey(call, found)
  requireDefaultName(input)
  return { Policy: found.key.policy, PolicyName: 'default' }
}

export function listKeyPolicies(call: Call, input: Input): Input {
  const found = findKey(call, readText(input, 'KeyId') ?? '')
  noteKey(call, found.key)
  permitKey(call, found)
  const names = page(call, ['default'], {
    limit: input.Limit,
    default: 100,
    max: 1000,
    marker: input.Marker,
    key: (name) => name,
  })
  return {
    PolicyNames: names.items,
    ...(names.next === undefined ? {} : { NextMarker: names.next }),
    Truncated: names.truncated,
  }
}

/** Keeps the document as it was put: the next GetKeyPolicy gives it back letter for letter. */
export function putKeyPolicy(call: Call, input: Input): Input {
  const policy = readText(input, 'Policy') ?? ''
  const bypass = readFlag(input, 'BypassPolicyLockoutSafetyCheck')
  const found = findKey(call, readText(input, 'KeyId') ?? '')
  noteKey(call, found.key)
  permitKey(call, found, { 'kms:BypassPolicyLockoutSafetyCheck': bypass })
  refuseManaged(found.key)
  requireState(call.operation, found.key)
  requireDefaultName(input)
  checkPolicy(call, policy)
  if (!bypass) requireNoLockout(call, found.key, policy)
  found.key.policy = policy
  return {}
}

function requireDefaultName(input: Input) {
  const name = readText(input, 'PolicyName') ?? 'default'
  if (name !== 'default') throw new AwsError('NotFoundException', 'No such policy exists')
}
