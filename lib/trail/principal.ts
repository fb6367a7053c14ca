import { parseArn } from '../kms/arn'
import type { PrincipalKind, TrailPrincipal } from './event'
import { memberOf, textOf, type Json } from './json'

const none: TrailPrincipal = {
  kind: 'unknown',
  principal: 'unknown',
  principalId: null,
  account: null,
  session: null,
  sourceIdentity: null,
}

/** Returns who a record says it was (lib/trail/README.md, "Principals"). Pure. */
export function principalOf(identity: Json): TrailPrincipal {
  const id = textOf(identity, 'principalId')
  const arn = textOf(identity, 'arn')
  const context = memberOf(identity, 'sessionContext')
  const colon = id?.indexOf(':') ?? -1
  const base: TrailPrincipal = {
    ...none,
    principalId: id === null || colon < 0 ? id : id.slice(0, colon),
    account: textOf(identity, 'accountId') ?? (arn && parseArn(arn)?.account) ?? null,
    session: id === null || colon < 0 ? null : id.slice(colon + 1),
    sourceIdentity: textOf(context, 'sourceIdentity'),
  }
  const found = nameOf(identity, arn, context, base)
  return { ...base, ...found }
}

type Named = Pick<TrailPrincipal, 'kind' | 'principal'> & { session?: string | null }

function nameOf(identity: Json, arn: string | null, context: Json, base: TrailPrincipal): Named {
  const type = textOf(identity, 'type')
  const invokedBy = textOf(identity, 'invokedBy')
  const userName = textOf(identity, 'userName')
  const other = arn ?? userName ?? base.principalId
  switch (type) {
    case 'AssumedRole':
    case 'Role':
      return roleOf(arn, memberOf(context, 'sessionIssuer'), base)
    case 'IAMUser':
      return named('user', other)
    case 'Root':
      return named('root', arn ?? rootOf(base.account))
    case 'AWSAccount':
      return named('account', base.account ?? base.principalId)
    case 'AWSService':
      return named('service', invokedBy ?? base.principalId)
    case 'FederatedUser':
    case 'SAMLUser':
    case 'WebIdentityUser':
      return named('federated', other)
    case 'IdentityCenterUser':
      return named('identityCenter', textOf(memberOf(identity, 'onBehalfOf'), 'userId') ?? other)
    default:
      // What KMS does by itself names no type (RotateKey, DeleteKey).
      return invokedBy !== null && other === null
        ? named('service', invokedBy)
        : named('unknown', other ?? base.account)
  }
}

const named = (kind: PrincipalKind, principal: string | null): Named =>
  principal ? { kind, principal } : { kind: 'unknown', principal: 'unknown' }

const rootOf = (account: string | null) => account && `arn:aws:iam::${account}:root`

/** The names that IAM Identity Center gives to the roles of its permission sets. */
const permissionSetPattern = /\/AWSReservedSSO_[^/]+_[0-9a-f]{16}$/

/** The role behind a session. The ARN of a session lacks the role's path; its issuer has it. */
function roleOf(arn: string | null, issuer: Json, base: TrailPrincipal): Named {
  const place = arn === null ? null : parseArn(arn)
  const [what, name, ...rest] = place?.resource.split('/') ?? []
  const isSession = what === 'assumed-role'
  const role =
    textOf(issuer, 'arn') ??
    (place && isSession && name
      ? `arn:${place.partition}:iam::${place.account}:role/${name}`
      : arn) ??
    base.principalId
  const kind = role && permissionSetPattern.test(role) ? 'permissionSet' : 'role'
  return { ...named(kind, role), session: isSession ? rest.join('/') || null : base.session }
}

/** Returns the name of a principal as people say it: a role's, a permission set's, a user's. */
export function nameOfPrincipal(principal: string): string {
  const resource = parseArn(principal)?.resource
  if (!resource) return principal
  const name = resource.slice(resource.lastIndexOf('/') + 1)
  return /^AWSReservedSSO_(.+)_[0-9a-f]{16}$/.exec(name)?.[1] ?? name
}
