import type { IncomingHttpHeaders } from 'node:http'
import { AwsError, type Caller } from '../call'
import { findRole, findUser, openAccount } from '../accounts'
import type { AccessKey, Session, World } from '../world'
import { readAuthorization, verifySignature, type Authorization } from './sigv4'

export type SignedRequest = {
  method: string
  url: string
  headers: IncomingHttpHeaders
  body: Buffer
  /** The bucket before our own name in the Host; null: none is. */
  hostBucket: string | null
}

/**
 * Who signed this request. A 12-digit access key id is the admin of that account, with any secret.
 */
export function authenticate(
  world: World,
  request: SignedRequest,
): { caller: Caller; auth: Authorization } {
  const auth = readAuthorization(request.headers)
  if (/^\d{12}$/.test(auth.accessKeyId)) return { caller: adminOf(world, auth.accessKeyId), auth }
  const session = world.sessions.get(auth.accessKeyId)
  if (session) return { caller: callerOfSession(world, session, auth, request), auth }
  const known = world.accessKeys.get(auth.accessKeyId)
  if (!known)
    throw new AwsError(
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
    )
  verifySignature(auth, known.secretAccessKey, request)
  const accountId = known.principalArn.split(':')[4] ?? ''
  if (known.principalArn.endsWith(':root'))
    return { caller: rootOf(accountId, auth.accessKeyId), auth }
  if (known.principalArn.includes(':role/')) return { caller: callerOfRole(world, known), auth }
  const user = findUser(world, known.principalArn)
  if (!user)
    throw new AwsError(
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
    )
  return { caller: userCaller(accountId, user.arn, user.id, auth.accessKeyId), auth }
}

function adminOf(world: World, accountId: string): Caller {
  const account = openAccount(world, accountId)
  const admin = account.users.get('admin')
  return userCaller(
    accountId,
    `arn:aws:iam::${accountId}:user/admin`,
    admin?.id ?? `AIDA${accountId}ADMIN`,
    accountId,
  )
}

function userCaller(accountId: string, arn: string, userId: string, accessKeyId: string): Caller {
  return {
    accountId,
    arn,
    kind: 'user',
    entityArn: arn,
    userId,
    accessKeyId,
    sessionPolicies: [],
    sourceIdentity: null,
    sessionCreatedAt: null,
  }
}

function rootOf(accountId: string, accessKeyId: string): Caller {
  return {
    ...userCaller(accountId, `arn:aws:iam::${accountId}:root`, accountId, accessKeyId),
    kind: 'root',
  }
}

/**
 * Scenarios give their roles keys too, as AWS never would: so whoever tests can act as each
 * principal without its trust policy.
 */
function callerOfRole(world: World, known: AccessKey): Caller {
  const role = findRole(world, known.principalArn)
  if (!role)
    throw new AwsError(
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
    )
  const accountId = role.arn.split(':')[4] ?? ''
  return {
    accountId,
    arn: `arn:aws:sts::${accountId}:assumed-role/${role.name}/sandbox`,
    kind: 'role-session',
    entityArn: role.arn,
    userId: `${role.id}:sandbox`,
    accessKeyId: known.accessKeyId,
    sessionPolicies: [],
    sourceIdentity: null,
    sessionCreatedAt: world.builtAt ?? null,
  }
}

/**
 * Sessions end by the machine's clock (`expiresAt` is real time), so that
 * advancing the sandbox ends none.
 */
function callerOfSession(
  world: World,
  session: Session,
  auth: Authorization,
  request: SignedRequest,
): Caller {
  if (request.headers['x-amz-security-token'] !== session.sessionToken) {
    throw new AwsError(
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
    )
  }
  verifySignature(auth, session.secretAccessKey, request)
  if (session.expiresAt <= Date.now()) {
    throw new AwsError(
      'ExpiredTokenException',
      'The security token included in the request is expired',
    )
  }
  const [, , , , accountId = '', name = ''] = session.arn.split(':')
  const role = world.accounts.get(accountId)?.roles.get(session.roleArn.split('/').at(-1) ?? '')
  if (!role || role.arn !== session.roleArn) {
    throw new AwsError(
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
    )
  }
  return {
    accountId,
    arn: session.arn,
    kind: 'role-session',
    entityArn: session.roleArn,
    userId: `${role.id}:${name.split('/').at(-1)}`,
    accessKeyId: session.accessKeyId,
    sessionPolicies: session.sessionPolicies,
    sourceIdentity: session.sourceIdentity,
    sessionTags: session.tags,
    sessionCreatedAt: session.createdAt,
  }
}
