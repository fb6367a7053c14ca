import { accountPattern, parseArn } from '../kms/arn'

type CallerKind = 'root' | 'user' | 'role' | 'session' | 'federated' | 'service' | 'anonymous'

/** Who asks. Empty strings where a kind has no such part. */
export interface Caller {
  kind: CallerKind
  /** As the request names it. */
  name: string
  partition: string
  account: string
  /**
   * ARN of the role of a role or session. A session's ARN does not have its role's path; without it
   * the name is compared.
   */
  roleArn: string
  roleName: string
  /** false where roleArn was made from a session's ARN. */
  rolePathKnown: boolean
  /** Of its account. */
  rootArn: string
  /** What the ARNs of its account's roles begin with. */
  rolePrefix: string
  /** Neither SCPs nor RCPs bind service-linked roles. */
  serviceLinked: boolean
}

const nobody = {
  partition: '',
  account: '',
  rootArn: '',
  rolePrefix: '',
  roleArn: '',
  roleName: '',
  rolePathKnown: false,
  serviceLinked: false,
}

const parsed = new Map<string, Caller>()

/**
 * Parses a principal; null for what is none. `principalArn`: the request's own aws:PrincipalArn,
 * which knows the path of a session's role.
 */
export function parseCaller(name: string, principalArn: string | undefined): Caller | null {
  const known = principalArn === undefined ? parsed.get(name) : undefined
  if (known) return known
  const caller = readCaller(name, principalArn)
  if (caller && principalArn === undefined) {
    // A table asks for the same principal with every action; the limit keeps a long stream of names
    // from piling up.
    if (parsed.size >= 5000) parsed.clear()
    parsed.set(name, caller)
  }
  return caller
}

function readCaller(name: string, principalArn: string | undefined): Caller | null {
  if (name === '*') return { ...nobody, kind: 'anonymous', name }
  if (accountPattern.test(name)) return readCaller(`arn:aws:iam::${name}:root`, principalArn)
  const arn = parseArn(name)
  if (!arn)
    return /^[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$/.test(name)
      ? { ...nobody, kind: 'service', name }
      : null
  if (!accountPattern.test(arn.account)) return null
  const owner = `arn:${arn.partition}:iam::${arn.account}:`
  const base = {
    ...nobody,
    name,
    partition: arn.partition,
    account: arn.account,
    rootArn: `${owner}root`,
    rolePrefix: `${owner}role/`,
  }
  if (arn.service === 'iam') return readIdentity(base, arn.resource)
  return arn.service === 'sts' ? readSession(base, arn.resource, principalArn) : null
}

type Base = typeof nobody & { name: string }

/** A resource of IAM: the account, one of its users or roles. */
function readIdentity(base: Base, resource: string): Caller | null {
  if (resource === 'root') return { ...base, kind: 'root' }
  const [type, ...rest] = resource.split('/')
  const last = rest.at(-1) ?? ''
  if (last === '') return null
  if (type === 'user') return { ...base, kind: 'user' }
  return type === 'role' ? { ...base, kind: 'role', ...roleOf(base.name, last, true) } : null
}

/** A resource of STS: who has credentials for a while. */
function readSession(
  base: Base,
  resource: string,
  principalArn: string | undefined,
): Caller | null {
  const [type, ...rest] = resource.split('/')
  if (type === 'federated-user' && (rest.at(-1) ?? '') !== '') return { ...base, kind: 'federated' }
  const [role = '', session = ''] = rest
  if (type !== 'assumed-role' || rest.length !== 2 || role === '' || session === '') return null
  return { ...base, kind: 'session', ...sessionRole(base.rolePrefix, role, principalArn) }
}

function sessionRole(
  prefix: string,
  role: string,
  principalArn: string | undefined,
): ReturnType<typeof roleOf> {
  const known =
    principalArn?.startsWith(prefix) === true &&
    principalArn.slice(prefix.length).split('/').at(-1) === role
  return roleOf(known ? principalArn : `${prefix}${role}`, role, known)
}

function roleOf(
  roleArn: string,
  roleName: string,
  rolePathKnown: boolean,
): Pick<Caller, 'roleArn' | 'roleName' | 'rolePathKnown' | 'serviceLinked'> {
  const serviceLinked =
    roleArn.includes(':role/aws-service-role/') || roleName.startsWith('AWSServiceRoleFor')
  return { roleArn, roleName, rolePathKnown, serviceLinked }
}

/** Tells an identity of an account, which IAM policies and SCPs can bind. */
export function isAccountIdentity(caller: Caller): boolean {
  return caller.kind !== 'service' && caller.kind !== 'anonymous'
}
