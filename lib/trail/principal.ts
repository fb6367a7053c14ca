import { parseArn } from '../kms/arn'
import type { PrincipalKind, TrailPrincipal } from './event'
import { memberOf, textOf, type Json } from './json'

/** Returns who a record says it was (lib/trail/README.md, "Principals"). Pure. */
export function principalOf(identity: Json): TrailPrincipal {
  const id = textOf(identity, 'principalId')
  const arn = textOf(identity, 'arn')
  const context = memberOf(identity, 'sessionContext')
  const colon = id?.indexOf(':') ?? -1
  const base: Base = {
    principalId: id === null || colon < 0 ? id : id.slice(0, colon),
    account: textOf(identity, 'accountId') ?? (arn && parseArn(arn)?.account) ?? null,
    session: id === null || colon < 0 ? null : id.slice(colon + 1),
  }
  const { kind, principal, session = base.session } = nameOf(identity, arn, context, base)
  return {
    kind,
    principal,
    principalId: base.principalId,
    account: base.account,
    session,
    sourceIdentity: textOf(context, 'sourceIdentity'),
  }
}

type Base = Pick<TrailPrincipal, 'principalId' | 'account' | 'session'>
type Named = Pick<TrailPrincipal, 'kind' | 'principal'> & { session?: string | null }

function nameOf(identity: Json, arn: string | null, context: Json, base: Base): Named {
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
function roleOf(arn: string | null, issuer: Json, base: Base): Named {
  const at = arn === null ? -1 : arn.indexOf(sessionMark)
  const name = arn === null || at < 0 ? -1 : arn.indexOf('/', at + sessionMark.length)
  const role = textOf(issuer, 'arn') ?? (name < 0 ? arn : roleOfSession(arn)) ?? base.principalId
  const isPermissionSet = role?.includes('/AWSReservedSSO_') && permissionSetPattern.test(role)
  const session = arn === null || name < 0 ? base.session : arn.slice(name + 1) || null
  return { ...named(isPermissionSet ? 'permissionSet' : 'role', role), session }
}

const sessionMark = ':assumed-role/'

function roleOfSession(arn: string | null): string | null {
  const place = arn === null ? null : parseArn(arn)
  const [, name] = place?.resource.split('/') ?? []
  return place && name ? `arn:${place.partition}:iam::${place.account}:role/${name}` : arn
}

/** Returns the name of a principal as people say it: a role's, a permission set's, a user's. */
export function nameOfPrincipal(principal: string): string {
  const resource = parseArn(principal)?.resource
  if (!resource) return principal
  const name = resource.slice(resource.lastIndexOf('/') + 1)
  return /^AWSReservedSSO_(.+)_[0-9a-f]{16}$/.exec(name)?.[1] ?? name
}
