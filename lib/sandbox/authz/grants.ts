import type { Caller } from '../call'
import type { Grant, Key } from '../world'
import type { RequestContext } from './request-context'
import { nameAs, type Naming } from './principals'

/** Operations that the encryption context of a grant does not bind. */
const unbound = new Set(['DescribeKey', 'RetireGrant', 'GetPublicKey'])

export type FittingGrant = { grant: Grant; naming: Naming }

/** Yields the grants on the key that cover this request by this caller. */
export function* fittingGrants(
  key: Key,
  caller: Caller,
  action: string,
  context: RequestContext,
): Generator<FittingGrant> {
  const operation = action.slice('kms:'.length)
  for (const grant of key.grants.values()) {
    if (!grant.operations.includes(operation)) continue
    const naming = nameAs(grant.granteePrincipal, caller)
    if (naming !== 'none' && constraintsHold(grant, operation, context)) yield { grant, naming }
  }
}

function constraintsHold(grant: Grant, operation: string, context: RequestContext): boolean {
  if (
    grant.sourceArn !== null &&
    operation !== 'RetireGrant' &&
    context['aws:SourceArn'] !== grant.sourceArn
  )
    return false
  if (operation === 'CreateGrant' && !childIsNarrower(grant, context)) return false
  if (unbound.has(operation)) return true
  return encryptionContextHolds(grant, context)
}

/**
 * Tells whether the child is no wider: by a grant one can pass on only what it grants, under an
 * equal or stricter constraint.
 */
function childIsNarrower(grant: Grant, context: RequestContext): boolean {
  const asked = context['kms:GrantOperations']
  if (!Array.isArray(asked) || !asked.every((operation) => grant.operations.includes(operation)))
    return false
  return (
    grant.encryptionContextEquals === null ||
    context['kms:GrantConstraintType'] === 'EncryptionContextEquals'
  )
}

/**
 * Tells whether the constraint on the encryption context holds: its keys are compared without case,
 * its values with. https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
 */
function encryptionContextHolds(grant: Grant, context: RequestContext): boolean {
  const wanted = grant.encryptionContextEquals ?? grant.encryptionContextSubset
  if (wanted === null) return true
  const prefix = 'kms:encryptioncontext:'
  const lower = Object.entries(context).map(([name, value]) => [name.toLowerCase(), value] as const)
  const given = new Map(lower.filter(([name]) => name.startsWith(prefix)))
  if (grant.encryptionContextEquals !== null && given.size !== wanted.size) return false
  return Array.from(wanted).every(
    ([name, value]) => given.get(prefix + name.toLowerCase()) === value,
  )
}
