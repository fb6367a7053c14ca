import { parseCaller } from './caller'
import type { RequestContext } from './context'
import { listGrantsNaming } from './grant-index'
import {
  isSessionOf,
  nameCaller,
  namedAccount,
  namedDirectly,
  notNamed,
  type Naming,
} from './principal'
import type { PolicyRequest } from './request'
import { and, maybe, no, unknown, yes, type Verdict } from './verdict'

/** A grant as ListGrants gives it. */
export interface Grant {
  KeyId?: string
  GrantId?: string
  Name?: string
  GranteePrincipal?: string
  GranteeServicePrincipal?: string
  RetiringPrincipal?: string
  RetiringServicePrincipal?: string
  IssuingAccount?: string
  Operations?: readonly string[]
  Constraints?: {
    EncryptionContextSubset?: Readonly<Record<string, string>>
    EncryptionContextEquals?: Readonly<Record<string, string>>
    SourceArn?: string
  }
}

export interface GrantHit {
  index: number
  grant: Grant
  naming: Naming
  /** Whether its constraints hold for this request. */
  verdict: Verdict
  /** As whom it lets the caller act. */
  as: 'grantee' | 'retiring principal' | 'issuing account' | 'account of the key'
  /**
   * session: it names one session of the role that is asked about. issuer: its issuing account is
   * not known.
   */
  open: 'session' | 'issuer' | null
}

/**
 * Finds the grants that let this caller do this, each with how it names them: as itself, or as one
 * of its sessions.
 */
export function findGrants(grants: readonly Grant[], request: PolicyRequest): GrantHit[] {
  const hits: GrantHit[] = []
  const isRetiring = request.operation === 'retiregrant'
  const match = isRetiring ? matchRetiring : matchGrantee
  for (const index of isRetiring ? grants.keys() : listGrantsNaming(grants, request.caller)) {
    const grant = grants[index]
    if (!grant || !isForKey(grant, request)) continue
    const matches = match(grant, request)
    for (const match of matches) if (match.verdict !== no) hits.push({ index, grant, ...match })
  }
  return hits
}

/** Tells whether a grant can name this principal as its grantee; false: none gives it anything. */
export function canBeGrantee(grants: readonly Grant[], principal: string): boolean {
  const caller = parseCaller(principal, undefined)
  return caller !== null && listGrantsNaming(grants, caller).length > 0
}

function isForKey({ KeyId: keyId }: Grant, request: PolicyRequest): boolean {
  if (keyId === undefined || request.aliasOnly || request.resource === '*') return true
  return (
    keyId === request.resource ||
    (!keyId.startsWith('arn:') && request.resource.endsWith(`:key/${keyId}`))
  )
}

type Match = Pick<GrantHit, 'naming' | 'verdict' | 'as' | 'open'>

function matchGrantee(grant: Grant, request: PolicyRequest): Match[] {
  if (!hasOperation(grant, request.operation)) return []
  const ways = nameParty(grant.GranteePrincipal, grant.GranteeServicePrincipal, 'grantee', request)
  if (ways.length === 0) return ways
  const constraints = judgeConstraints(grant, request)
  return ways.map((way) => ({ ...way, verdict: and(way.verdict, constraints) }))
}

/**
 * Finds the ways in which the caller can retire the grant: the grant decides who; no constraint and
 * no key policy does. https://docs.aws.amazon.com/kms/latest/APIReference/API_RetireGrant.html
 */
function matchRetiring(grant: Grant, request: PolicyRequest): Match[] {
  const { RetiringPrincipal: principal, RetiringServicePrincipal: service } = grant
  return [
    ...nameParty(principal, service, 'retiring principal', request),
    ...(hasOperation(grant, 'retiregrant')
      ? nameParty(grant.GranteePrincipal, grant.GranteeServicePrincipal, 'grantee', request)
      : []),
    ...matchIssuer(grant, request),
  ]
}

/**
 * Matches the account that made the grant. Where that is not known it might be the caller's; and
 * where it is another account, the KMS guide also says that "the AWS account that owns the KMS key
 * can delegate" kms:RetireGrant, so the owner is no certain no.
 */
function matchIssuer(
  { IssuingAccount: issuer }: Grant,
  { caller, account }: PolicyRequest,
): Match[] {
  if (caller.account === '') return []
  const naming = issuer === undefined ? notNamed : nameCaller(issuer, caller)
  if (naming !== notNamed) return [{ naming, verdict: yes, as: 'issuing account', open: null }]
  if (issuer !== undefined && caller.account !== account) return []
  return [
    {
      naming: caller.kind === 'root' ? namedDirectly : namedAccount,
      verdict: unknown,
      as: issuer === undefined ? 'issuing account' : 'account of the key',
      open: 'issuer',
    },
  ]
}

function hasOperation(grant: Grant, operation: string): boolean {
  return grant.Operations?.some((granted) => granted.toLowerCase() === operation) ?? false
}

/** Reads both forms of a service: older grants have its name in the field for principals. */
function nameParty(
  principal: string | undefined,
  service: string | undefined,
  as: Match['as'],
  { caller }: PolicyRequest,
): Match[] {
  if (caller.kind === 'service') {
    const names = [principal, service].map((name) => name?.toLowerCase())
    const isNamed = names.includes(caller.name.toLowerCase())
    return isNamed ? [{ naming: namedDirectly, verdict: yes, as, open: null }] : []
  }
  if (principal === undefined) return []
  if (isSessionOf(principal, caller))
    return [{ naming: namedDirectly, verdict: maybe, as, open: 'session' }]
  const naming = nameCaller(principal, caller)
  return naming === notNamed ? [] : [{ naming, verdict: yes, as, open: null }]
}

function judgeConstraints(grant: Grant, { operation, context }: PolicyRequest): Verdict {
  const {
    EncryptionContextEquals: equals,
    EncryptionContextSubset: subset,
    SourceArn: sourceArn,
  } = grant.Constraints ?? {}
  let verdict: Verdict = yes
  if (sourceArn !== undefined) verdict = judgeSourceArn(sourceArn, context)
  if (operation !== 'describekey') {
    if (equals) verdict = and(verdict, judgePairs(equals, context, true))
    if (subset) verdict = and(verdict, judgePairs(subset, context, false))
  }
  return operation === 'creategrant' ? and(verdict, judgeChild(grant, context)) : verdict
}

function judgeSourceArn(wanted: string, context: RequestContext): Verdict {
  const actual = context.find('aws:sourcearn')
  if (actual) return actual.length === 1 && actual[0] === wanted ? yes : no
  return context.isOpen('aws:sourcearn') ? maybe : no
}

/**
 * Judges the pairs of a constraint: keys are compared without case, values with. `exact`: no
 * further pair is allowed.
 */
function judgePairs(
  wanted: Readonly<Record<string, string>>,
  context: RequestContext,
  exact: boolean,
): Verdict {
  const actual = context.readEncryptionContext()
  const wantedKeys = new Set<string>()
  let verdict: Verdict = yes
  for (const [key, value] of Object.entries(wanted)) {
    const lower = key.toLowerCase()
    wantedKeys.add(lower)
    const found = actual.get(lower)
    if (found ? !found.includes(value) : !context.isOpen(`kms:encryptioncontext:${lower}`))
      return no
    if (!found) verdict = maybe
  }
  if (!exact) return verdict
  for (const key of actual.keys()) if (!wantedKeys.has(key)) return no
  return context.complete ? verdict : maybe
}

/**
 * Judges a grant to create grants: it passes on no more than itself, under a constraint at least as
 * strict (lib/kms/README.md, "Grants").
 */
function judgeChild(grant: Grant, context: RequestContext): Verdict {
  const operations = context.find('kms:grantoperations')
  const type = context.find('kms:grantconstrainttype')
  let verdict: Verdict = context.isOpen('kms:grantoperations') ? maybe : yes
  if (operations && !operations.every((operation) => hasOperation(grant, operation.toLowerCase())))
    return no
  if (grant.Constraints?.EncryptionContextEquals) {
    if (type && !type.includes('EncryptionContextEquals')) return no
    if (context.isOpen('kms:grantconstrainttype')) verdict = maybe
  }
  return verdict
}
