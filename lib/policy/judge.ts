import { isAccountIdentity, type Caller } from './caller'
import type { Inputs } from './case'
import { findGrants, type GrantHit } from './grants'
import { isGrantable, worksAcrossAccounts } from './operations'
import { namedAccount, namedDirectly, namedRole, type Naming } from './principal'
import type { PolicyRequest } from './request'
import { notInForce, notKnown, reachByPrincipal, scanLevels, scanList, scanPolicy, type Finding, type Hit, type Reach } from './scan'
import { and, no, not, or, unknown, yes, type Verdict } from './verdict'

/** Why a caller of another account, or partition, gets nowhere whatever the policies say; null where nothing stands against it. */
export type Barrier = 'partition' | 'operation' | null

/** Everything that was weighed, for the words. */
export interface Judgment {
  request: PolicyRequest
  verdict: Verdict
  /** A Deny certainly applies. */
  explicitDeny: boolean
  sameAccount: boolean
  barrier: Barrier
  /** IAM path: identity policies within boundary and session policy. */
  identityPath: Verdict
  keyPolicy: Finding
  identity: Finding
  boundaries: Finding
  sessions: Finding
  scps: Finding
  rcps: Finding
  endpoints: Finding
  grants: { hits: readonly GrantHit[], missing: boolean }
}

/** The order of aws-facts 4.3: denies, then the guardrails, then who allows. */
export function judge(inputs: Inputs, request: PolicyRequest): Judgment {
  const { caller } = request
  const findings = scanAll(inputs, request)
  const { identity, boundaries, sessions } = findings
  const limits = and(boundaries.allow, sessions.allow)
  const identityPath = caller.kind === 'root' ? sessions.allow : and(identity.allow, limits)
  const sameAccount = caller.account === request.account && caller.partition === request.partition
  const barrier = findBarrier(request, sameAccount)
  const grantHits = inputs.grants === null || request.iamOnly ? [] : findGrants(inputs.grants, request)
  const grantable = !request.iamOnly && caller.kind !== 'anonymous' && isGrantable(request.operation)
  const grants = { hits: grantHits, missing: inputs.grants === null && grantable }
  const weighed = { request, findings, identityPath, limits, sameAccount, barrier, grants }
  const allow = barrier === null ? weighAllow(weighed) : no
  const gates = [findings.scps, findings.rcps, findings.endpoints]
  const deny = Object.values(findings).reduce<Verdict>((sum, finding) => or(sum, finding.deny), no)
  const verdict = gates.reduce<Verdict>((sum, gate) => and(sum, gate.allow), and(not(deny), allow))
  return { request, verdict, explicitDeny: deny === yes, sameAccount, barrier, identityPath, grants, ...findings }
}

type Findings = Pick<Judgment, 'keyPolicy' | 'identity' | 'boundaries' | 'sessions' | 'scps' | 'rcps' | 'endpoints'>

function scanAll(inputs: Inputs, request: PolicyRequest): Findings {
  const { caller } = request
  const isIdentity = isAccountIdentity(caller)
  // The account root user has no identity policies and no boundary.
  const isBoundable = isIdentity && caller.kind !== 'root'
  const bounded: Verdict = !isBoundable || inputs.permissionBoundaries === undefined ? no : inputs.permissionBoundaries === null ? unknown : yes
  const reach = reachByPrincipal(caller, bounded)
  const none = (source: Finding['source']): Finding => ({ ...notInForce(source) })
  return {
    keyPolicy: scanKeyPolicy(inputs, request, reach),
    identity: isBoundable ? scanList('identityPolicies', inputs.identityPolicies, request, 'one') : { ...none('identityPolicies'), allow: no },
    boundaries: isBoundable ? scanList('permissionBoundaries', inputs.permissionBoundaries, request, 'all') : none('permissionBoundaries'),
    sessions: isIdentity ? scanList('sessionPolicies', inputs.sessionPolicies, request, 'one') : none('sessionPolicies'),
    scps: isIdentity && !caller.serviceLinked ? scanLevels('serviceControlPolicies', inputs.serviceControlPolicies, request, null) : none('serviceControlPolicies'),
    rcps: isUnderResourceControl(request, caller) ? scanLevels('resourceControlPolicies', inputs.resourceControlPolicies, request, reach) : none('resourceControlPolicies'),
    endpoints: scanList('vpcEndpointPolicies', inputs.vpcEndpointPolicies, request, 'one', reach),
  }
}

/** aws-facts 4.3: RCPs spare service-linked roles and kms:RetireGrant. AWS managed keys the caller of this must spare. */
function isUnderResourceControl(request: PolicyRequest, caller: Caller): boolean {
  return !caller.serviceLinked && request.operation !== 'retiregrant'
}

/** A key policy has no say in kms:RetireGrant (aws-facts 5), nor where IAM decides alone. */
function scanKeyPolicy({ keyPolicy }: Inputs, request: PolicyRequest, reach: Reach): Finding {
  if (request.iamOnly || request.operation === 'retiregrant' || keyPolicy === undefined) return { ...notInForce('keyPolicy'), allow: no }
  if (keyPolicy === null) return notKnown('keyPolicy')
  const hits: Hit[] = []
  return { source: 'keyPolicy', inForce: true, missing: false, hits, ...scanPolicy(keyPolicy, request, { source: 'keyPolicy', index: 0, prefix: '' }, reach, hits) }
}

function findBarrier(request: PolicyRequest, sameAccount: boolean): Barrier {
  const { caller, operation } = request
  if (sameAccount || caller.kind === 'service') return null
  if (caller.partition !== '' && request.partition !== '' && caller.partition !== request.partition) return 'partition'
  return operation === '' || worksAcrossAccounts(operation) ? null : 'operation'
}

interface Weighed {
  request: PolicyRequest
  findings: Findings
  identityPath: Verdict
  limits: Verdict
  sameAccount: boolean
  grants: Judgment['grants']
}

function weighAllow({ request, findings, identityPath, limits, sameAccount, grants }: Weighed): Verdict {
  const { caller } = request
  if (request.iamOnly) return isAccountIdentity(caller) ? identityPath : no
  /** What naming is worth: an account's word needs IAM's, a role's stays within its limits. */
  const weigh = (naming: Naming): Verdict => (naming === namedDirectly ? yes : naming === namedRole ? limits : naming === namedAccount ? identityPath : no)
  let granted: Verdict = no
  for (const hit of grants.hits) granted = or(granted, and(hit.verdict, weigh(hit.naming)))
  // What we cannot read might name the caller in the strongest way there is for it.
  if (grants.missing) granted = or(granted, and(unknown, caller.kind === 'role' ? limits : yes))
  // A foreign identity needs the word of both accounts (aws-facts 4.3); services and the anonymous have no account.
  const alone = sameAccount || !isAccountIdentity(caller)
  if (findings.keyPolicy.missing) return or(granted, alone ? unknown : and(unknown, identityPath))
  let named: Verdict = no
  for (const { statement, verdict, naming } of findings.keyPolicy.hits) {
    if (!statement.allows && statement.source.effect !== null) continue
    named = or(named, and(verdict, alone ? weigh(naming) : identityPath))
  }
  return or(granted, named)
}
