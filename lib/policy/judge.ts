import { isAccountIdentity, type Caller } from './caller'
import type { Inputs } from './case'
import { findGrants, type GrantHit } from './grants'
import { isGrantable, worksAcrossAccounts } from '../kms/operations'
import { namedAccount, namedDirectly, namedRole, type Naming } from './principal'
import type { PolicyRequest } from './request'
import {
  notInForce,
  notKnown,
  scanLevels,
  scanList,
  scanPolicy,
  type Finding,
  type Hit,
  type Reach,
} from './scan'
import { and, no, not, or, unknown, yes, type Verdict } from './verdict'

/**
 * * Why a caller gets nowhere whatever the policies say: it is of another partition or account, or
 * the alias is of AWS. null where nothing stands against it.
 */
type Barrier = 'partition' | 'operation' | 'reserved' | null

/** Everything that was weighed, for the words. */
export interface Judgment {
  request: PolicyRequest
  inputs: Inputs
  verdict: Verdict
  /** A Deny certainly applies. */
  explicitDeny: boolean
  sameAccount: boolean
  barrier: Barrier
  /** Boundary and session policy together. */
  limits: Verdict
  /** IAM path: identity policies within the limits. */
  identityPath: Verdict
  keyPolicy: Finding
  identity: Finding
  boundaries: Finding
  sessions: Finding
  scps: Finding
  rcps: Finding
  endpoints: Finding
  grants: { hits: readonly GrantHit[]; missing: boolean }
}

/**
 * Judges in AWS's order: denies, then what limits, then who allows (lib/policy/README.md,
 * "Evaluation order").
 */
export function judge(inputs: Inputs, request: PolicyRequest): Judgment {
  const { caller } = request
  const findings = scanAll(inputs, request)
  const { identity, boundaries, sessions } = findings
  const limits = and(boundaries.allow, sessions.allow)
  const identityPath = caller.kind === 'root' ? sessions.allow : and(identity.allow, limits)
  const sameAccount = caller.account === request.account && caller.partition === request.partition
  const barrier = findBarrier(request, sameAccount)
  const grantHits =
    inputs.grants === null || request.iamOnly ? [] : findGrants(inputs.grants, request)
  const grantable =
    !request.iamOnly && caller.kind !== 'anonymous' && isGrantable(request.operation)
  const grants = { hits: grantHits, missing: inputs.grants === null && grantable }
  const weighed = { request, findings, identityPath, limits, sameAccount, barrier, grants }
  const allow = barrier === null ? weighAllow(weighed) : no
  const { keyPolicy, scps, rcps, endpoints } = findings
  let deny: Verdict = no
  for (const finding of [keyPolicy, identity, boundaries, sessions, scps, rcps, endpoints])
    deny = or(deny, finding.deny)
  const gates = and(scps.allow, and(rcps.allow, endpoints.allow))
  const verdict = and(and(not(deny), allow), gates)
  return {
    request,
    inputs,
    verdict,
    explicitDeny: deny === yes,
    sameAccount,
    barrier,
    limits,
    identityPath,
    grants,
    ...findings,
  }
}

type Findings = Pick<
  Judgment,
  'keyPolicy' | 'identity' | 'boundaries' | 'sessions' | 'scps' | 'rcps' | 'endpoints'
>

function scanAll(inputs: Inputs, request: PolicyRequest): Findings {
  const { caller } = request
  const isIdentity = isAccountIdentity(caller)
  // The account root user has no identity policies and no boundary.
  const isBoundable = isIdentity && caller.kind !== 'root'
  const { permissionBoundaries, sessionPolicies, serviceControlPolicies, resourceControlPolicies } =
    inputs
  const bounded: Verdict =
    !isBoundable || permissionBoundaries === undefined
      ? no
      : permissionBoundaries === null
        ? unknown
        : yes
  const reach = { caller, bounded }
  return {
    keyPolicy: scanKeyPolicy(inputs, request, reach),
    identity: isBoundable
      ? scanList('identityPolicies', inputs.identityPolicies, request, 'one')
      : notInForce('identityPolicies', no),
    boundaries: scanList(
      'permissionBoundaries',
      isBoundable ? permissionBoundaries : undefined,
      request,
      'all',
    ),
    sessions: scanList('sessionPolicies', isIdentity ? sessionPolicies : undefined, request, 'one'),
    scps: scanLevels(
      'serviceControlPolicies',
      isIdentity && !caller.serviceLinked ? serviceControlPolicies : undefined,
      request,
      null,
    ),
    rcps: scanLevels(
      'resourceControlPolicies',
      isUnderResourceControl(request, caller) ? resourceControlPolicies : undefined,
      request,
      reach,
    ),
    endpoints: scanList('vpcEndpointPolicies', inputs.vpcEndpointPolicies, request, 'one', reach),
  }
}

/**
 * Tells whether RCPs bind the request: they spare service-linked roles and kms:RetireGrant. The
 * caller of this leaves RCPs out for AWS managed keys.
 */
function isUnderResourceControl(request: PolicyRequest, caller: Caller): boolean {
  return !caller.serviceLinked && request.operation !== 'retiregrant'
}

/** Scans the key policy, which has no say in kms:RetireGrant nor where IAM decides alone. */
function scanKeyPolicy({ keyPolicy }: Inputs, request: PolicyRequest, reach: Reach): Finding {
  if (request.iamOnly || request.operation === 'retiregrant' || keyPolicy === undefined)
    return notInForce('keyPolicy', no)
  if (keyPolicy === null) return notKnown('keyPolicy')
  const hits: Hit[] = []
  const { allow, deny } = scanPolicy(
    keyPolicy,
    request,
    { source: 'keyPolicy', index: 0, prefix: '' },
    reach,
    hits,
  )
  return { source: 'keyPolicy', inForce: true, missing: false, allow, deny, hits }
}

function findBarrier(request: PolicyRequest, sameAccount: boolean): Barrier {
  const { caller, operation, resourceParts } = request
  // KMS guide, "Aliases": names that begin with alias/aws/ are of AWS managed keys.
  if (request.iamOnly && resourceParts[5]?.startsWith('alias/aws/') === true) return 'reserved'
  if (sameAccount || caller.kind === 'service') return null
  if (caller.partition !== '' && request.partition !== '' && caller.partition !== request.partition)
    return 'partition'
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

function weighAllow({
  request,
  findings,
  identityPath,
  limits,
  sameAccount,
  grants,
}: Weighed): Verdict {
  const { caller } = request
  if (request.iamOnly) return isAccountIdentity(caller) ? identityPath : no
  let granted: Verdict = no
  for (const hit of grants.hits)
    granted = or(granted, and(hit.verdict, weighGrant(hit.naming, limits, identityPath)))
  // What we cannot read might name the caller in the strongest way there is for it.
  if (grants.missing) granted = or(granted, unknown)
  // A foreign identity needs the allow of both accounts; services and the anonymous have no
  // account.
  const alone = sameAccount || !isAccountIdentity(caller)
  if (findings.keyPolicy.missing) return or(granted, alone ? unknown : and(unknown, identityPath))
  let named: Verdict = no
  for (const { statement, verdict, naming } of findings.keyPolicy.hits) {
    if (!statement.allows && statement.source.effect !== null) continue
    named = or(
      named,
      and(verdict, alone ? weighNaming(naming, limits, identityPath) : identityPath),
    )
  }
  return or(granted, named)
}

/**
 * Weighs how a grant names the caller. Whether a permissions boundary or a session policy limits
 * what a grant gives to a role, AWS's documents do not say; a Deny in them counts in any case.
 */
export function weighGrant(naming: Naming, limits: Verdict, identityPath: Verdict): Verdict {
  return naming === namedRole ? or(limits, unknown) : weighNaming(naming, limits, identityPath)
}

/**
 * Weighs how a statement names the caller: an account's allow needs IAM's, a role's stays within
 * its limits.
 */
export function weighNaming(naming: Naming, limits: Verdict, identityPath: Verdict): Verdict {
  if (naming === namedDirectly) return yes
  return naming === namedRole ? limits : naming === namedAccount ? identityPath : no
}
