import { authorize, type Decision } from '../authz/authorize'
import type { RequestContext } from '../authz/request-context'
import type { Call, Input } from '../call'
import type { Key } from '../world'
import type { Found } from './identify'

/**
 * Authorization of an operation on a key. Everything the key itself says (spec, tags, aliases)
 * the authorizer reads there.
 */
export function permitKey(
  call: Call,
  found: Found,
  context: RequestContext = {},
  action = call.operation,
): Decision {
  const alias: RequestContext = found.alias === null ? {} : { 'kms:RequestAlias': found.alias }
  return authorize(call, {
    action: `kms:${action}`,
    key: found.key,
    resourceArn: found.key.arn,
    context: { ...alias, ...context },
    byCiphertext: found.byCiphertext,
  })
}

/** Authorization of an operation without a key: IAM alone decides, on `*` or on an alias. */
export const permit = (
  call: Call,
  resourceArn = '*',
  context: RequestContext = {},
  action = call.operation,
): Decision => authorize(call, { action: `kms:${action}`, key: null, resourceArn, context })

export function noteKey(call: Call, key: Key) {
  if (!call.trail.keys.includes(key)) call.trail.keys.push(key)
}

export function encryptionContextKeys(input: Input, member = 'EncryptionContext'): RequestContext {
  const pairs = contextPairs(input, member)
  if (pairs.length === 0) return {}
  const context: RequestContext = { 'kms:EncryptionContextKeys': pairs.map(([name]) => name) }
  for (const [name, value] of pairs) context[`kms:EncryptionContext:${name}`] = value
  return context
}

/** The pairs of an encryption context, by name; the model has checked that values are text. */
export function contextPairs(input: Input, member = 'EncryptionContext'): [string, string][] {
  const given = input[member]
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return []
  return Object.entries(given)
    .flatMap(([name, value]): [string, string][] =>
      typeof value === 'string' ? [[name, value]] : [],
    )
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}
