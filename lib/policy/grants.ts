import type { RequestContext } from './context'
import { nameCaller, namedDirectly, notNamed, type Naming } from './principal'
import type { PolicyRequest } from './request'
import { and, maybe, no, yes, type Verdict } from './verdict'

/** A grant as ListGrants gives it (aws-facts 5). */
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
  as: 'grantee' | 'retiring principal' | 'issuing account'
}

/** The grants that let this caller do this, each with how it names them. */
export function findGrants(grants: readonly Grant[], request: PolicyRequest): GrantHit[] {
  const hits: GrantHit[] = []
  for (const [index, grant] of grants.entries()) {
    if (!isForKey(grant, request)) continue
    const hit = request.operation === 'retiregrant' ? matchRetiring(grant, request) : matchGrantee(grant, request)
    if (hit && hit.naming !== notNamed && hit.verdict !== no) hits.push({ index, grant, ...hit })
  }
  return hits
}

function isForKey({ KeyId: keyId }: Grant, request: PolicyRequest): boolean {
  if (keyId === undefined || request.aliasOnly || request.resource === '*') return true
  return keyId === request.resource || (!keyId.startsWith('arn:') && request.resource.endsWith(`:key/${keyId}`))
}

type Match = Pick<GrantHit, 'naming' | 'verdict' | 'as'>

function matchGrantee(grant: Grant, request: PolicyRequest): Match | null {
  if (!hasOperation(grant, request.operation)) return null
  const naming = nameParty(grant.GranteePrincipal, grant.GranteeServicePrincipal, request)
  return { naming, verdict: naming === notNamed ? no : judgeConstraints(grant, request), as: 'grantee' }
}

/** KMS guide, "Retiring and revoking grants": the grant decides who; no constraint and no key policy does. */
function matchRetiring(grant: Grant, request: PolicyRequest): Match {
  const retiring = nameParty(grant.RetiringPrincipal, grant.RetiringServicePrincipal, request)
  const grantee = hasOperation(grant, 'retiregrant') ? nameParty(grant.GranteePrincipal, grant.GranteeServicePrincipal, request) : notNamed
  const issuing = grant.IssuingAccount === undefined ? notNamed : nameCaller(grant.IssuingAccount, request.caller)
  if (retiring !== notNamed && retiring >= grantee && retiring >= issuing) return {
    naming: retiring, verdict: yes, as: 'retiring principal',
  }
  if (grantee !== notNamed && grantee >= issuing) return { naming: grantee, verdict: yes, as: 'grantee' }
  return { naming: issuing, verdict: yes, as: 'issuing account' }
}

function hasOperation(grant: Grant, operation: string): boolean {
  return grant.Operations?.some((granted) => granted.toLowerCase() === operation) ?? false
}

/** Older grants of services have the service's name in the field for principals (aws-facts 5). */
function nameParty(principal: string | undefined, service: string | undefined, { caller }: PolicyRequest): Naming {
  if (caller.kind === 'service') {
    const names = [principal, service].map((name) => name?.toLowerCase())
    return names.includes(caller.name.toLowerCase()) ? namedDirectly : notNamed
  }
  return principal === undefined ? notNamed : nameCaller(principal, caller)
}

function judgeConstraints(grant: Grant, { operation, context }: PolicyRequest): Verdict {
  const { EncryptionContextEquals: equals, EncryptionContextSubset: subset, SourceArn: sourceArn } = grant.Constraints ?? {}
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

/** The constraint's keys do not distinguish case, its values do. `exact`: no further pair may be there. */
function judgePairs(wanted: Readonly<Record<string, string>>, context: RequestContext, exact: boolean): Verdict {
  const actual = context.readEncryptionContext()
  const wantedKeys = new Set<string>()
  let verdict: Verdict = yes
  for (const [key, value] of Object.entries(wanted)) {
    const lower = key.toLowerCase()
    wantedKeys.add(lower)
    const found = actual.get(lower)
    if (found ? !found.includes(value) : !context.isOpen(`kms:encryptioncontext:${lower}`)) return no
    if (!found) verdict = maybe
  }
  if (!exact) return verdict
  for (const key of actual.keys()) if (!wantedKeys.has(key)) return no
  return context.complete ? verdict : maybe
}

/** A grant to create grants passes on no more than itself, under a constraint at least as strict (aws-facts 5). */
function judgeChild(grant: Grant, context: RequestContext): Verdict {
  const operations = context.find('kms:grantoperations')
  const type = context.find('kms:grantconstrainttype')
  let verdict: Verdict = context.isOpen('kms:grantoperations') ? maybe : yes
  if (operations && !operations.every((operation) => hasOperation(grant, operation.toLowerCase()))) return no
  if (grant.Constraints?.EncryptionContextEquals) {
    if (type && !type.includes('EncryptionContextEquals')) return no
    if (context.isOpen('kms:grantconstrainttype')) verdict = maybe
  }
  return verdict
}
