import type { Call } from '../call'
import type { Key } from '../world'
import type { RequestContext } from './request-context'
import { makeLookup } from './context'
import { fittingGrants } from './grants'
import { judgeIdentity, type IdentityVerdicts } from './identity'
import { judgeResourceControl, judgeServiceControl } from './organization'
import type { Naming } from './principals'
import { judgeResourcePolicy, type ResourceVerdict } from './resource-policy'
import type { Verdict } from './statements'

/**
 * Why it is refused: in which kind of policy, and whether it denies or merely does not allow.
 * `external`: the policy is of the other account.
 */
export type Refusal = { kind: PolicyKind; explicit: boolean; external?: true }
type PolicyKind =
  | 'identity-based policy'
  | 'resource-based policy'
  | 'service control policy'
  | 'resource control policy'
  | 'permissions boundary'
  | 'session policy'

export type Outcome =
  | { by: 'key-policy' | 'identity-policy' | 'grant'; grantId?: string }
  | { refusal: Refusal }

/** A resource with a policy of its own: a key, or a role to be assumed. null: IAM alone decides. */
type Resource = {
  accountId: string
  policy: string
  key: Key | null
  crossAccountWorks: boolean
  /** IAM's word is enough within the account: a bucket's. A key or a role must say so itself. */
  identitySuffices?: boolean
}

export type Ask = {
  action: string
  resourceArn: string
  context: RequestContext
  resource: Resource | null
}

/**
 * Decides as AWS evaluates: a deny anywhere, then SCP and RCP, then who allows.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function decideOutcome(call: Call, ask: Ask): Outcome {
  const { caller, world } = call
  const { resource, action, resourceArn } = ask
  const source = {
    call,
    key: resource?.key ?? null,
    resourceAccountId: resource?.accountId ?? caller.accountId,
    extra: ask.context,
  }
  const question = { action, resourceArn, lookup: makeLookup(source, 'identity') }
  const resourceQuestion = { ...question, lookup: makeLookup(source, 'resource') }
  const iam = judgeIdentity(world, caller, question)
  const scp = judgeServiceControl(world, caller, question)
  const rcp = resource
    ? judgeResourceControl(world, caller, resource.key, resource.accountId, resourceQuestion)
    : null
  const own = resource
    ? judgeResourcePolicy(resource.policy, caller, resourceQuestion, resource.key !== null)
    : null
  const foreign = resource !== null && resource.accountId !== caller.accountId
  const denied = firstDeny(iam, scp, rcp, own, foreign)
  if (denied) return { refusal: denied }
  if (scp === 'none') return implicit('service control policy')
  if (rcp === 'none') return implicit('resource control policy')
  if (!resource || !own) return byIdentity(iam)
  return byResource(call, ask, resource, own.allows, iam, foreign)
}

function firstDeny(
  iam: IdentityVerdicts,
  scp: Verdict | null,
  rcp: Verdict | null,
  own: ResourceVerdict | null,
  foreign: boolean,
): Refusal | null {
  if (scp === 'deny') return { kind: 'service control policy', explicit: true }
  if (rcp === 'deny') return { kind: 'resource control policy', explicit: true }
  if (own?.denies)
    return { kind: 'resource-based policy', explicit: true, ...(foreign ? { external: true } : {}) }
  if (iam.identity === 'deny') return { kind: 'identity-based policy', explicit: true }
  if (iam.boundary === 'deny') return { kind: 'permissions boundary', explicit: true }
  return iam.session === 'deny' ? { kind: 'session policy', explicit: true } : null
}

const implicit = (kind: PolicyKind): Outcome => ({ refusal: { kind, explicit: false } })

function byIdentity(iam: IdentityVerdicts): Outcome {
  if (iam.identity !== 'allow') return implicit('identity-based policy')
  return limits(iam) ?? { by: 'identity-policy' }
}

/**
 * Returns the refusal of boundary or session policy, which must allow where they bind; null: none.
 */
function limits(iam: IdentityVerdicts): Outcome | null {
  if (iam.boundary !== null && iam.boundary !== 'allow') return implicit('permissions boundary')
  return iam.session !== null && iam.session !== 'allow' ? implicit('session policy') : null
}

function byResource(
  call: Call,
  ask: Ask,
  resource: Resource,
  allows: Set<Naming>,
  iam: IdentityVerdicts,
  foreign: boolean,
): Outcome {
  if (foreign && !resource.crossAccountWorks)
    return { refusal: { kind: 'resource-based policy', explicit: false, external: true } }
  const delegates = resource.identitySuffices === true || allows.has('account')
  const policy = foreign ? foreignPolicy(allows, iam) : ownPolicy(allows, iam, delegates)
  if ('by' in policy || !resource.key) return policy
  return byGrant(call, ask, resource.key, iam) ?? policy
}

function ownPolicy(allows: Set<Naming>, iam: IdentityVerdicts, delegates: boolean): Outcome {
  if (allows.has('caller')) return { by: 'key-policy' }
  const named = allows.has('role') ? (limits(iam) ?? { by: 'key-policy' as const }) : null
  if (named && 'by' in named) return named
  if (delegates) return byIdentity(iam)
  return named ?? implicit('resource-based policy')
}

/** Decides for another account: both sides must allow. */
function foreignPolicy(allows: Set<Naming>, iam: IdentityVerdicts): Outcome {
  if (allows.size === 0)
    return { refusal: { kind: 'resource-based policy', explicit: false, external: true } }
  return byIdentity(iam)
}

/**
 * Finds a grant that allows. It is enough by itself, also across accounts; one to a whole account
 * leaves it to that account's IAM.
 */
function byGrant(call: Call, ask: Ask, key: Key, iam: IdentityVerdicts): Outcome | null {
  for (const { grant, naming } of fittingGrants(key, call.caller, ask.action, ask.context)) {
    const bound = naming === 'account' ? byIdentity(iam) : naming === 'role' ? limits(iam) : null
    if (bound === null || 'by' in bound) return { by: 'grant', grantId: grant.grantId }
  }
  return null
}
