import { accountPattern, parseArn } from '../kms/arn'
import type { Caller } from './caller'
import type { PrincipalElement } from './document'

/**
 * How a resource-based policy or a grant reaches the caller, weakest first (IAM, "Policy evaluation
 * for requests within a single account"): account: it trusts the account, whose IAM policies
 * decide. role: names the role; permissions boundary and session policy still limit it. direct:
 * names the user, the session or everyone; nothing but a Deny limits it.
 */
export const notNamed = 0
export const namedAccount = 1
export const namedRole = 2
export const namedDirectly = 3
export type Naming = typeof notNamed | typeof namedAccount | typeof namedRole | typeof namedDirectly

/** Names of a Principal, so that two hundred of them cost no more to ask than one. */
export interface PrincipalIndex {
  negated: boolean
  anyone: boolean
  /**
   * ARNs and accounts as written. Unique ids are in it too, and name nobody: they
   * are of deleted principals.
   */
  names: ReadonlySet<string>
  /** `partition:account:name` of roles, for sessions, whose ARN does not tell their role's path. */
  roles: ReadonlySet<string>
  /** `partition:account:name` of roles of which a session is named. */
  sessionRoles: ReadonlySet<string>
  /** Accounts of which a user, role or session is named. */
  accounts: ReadonlySet<string>
  /** Lower case. */
  services: ReadonlySet<string>
}

export function indexPrincipal(element: PrincipalElement): PrincipalIndex {
  const [names, roles, sessionRoles] = [new Set<string>(), new Set<string>(), new Set<string>()]
  const [accounts, services] = [new Set<string>(), new Set<string>()]
  for (const { kind, value } of element.values) {
    if (kind === 'Service') services.add(value.toLowerCase())
    // A web identity calls KMS as the role it assumed, and KMS knows no canonical users.
    if (kind !== 'AWS') continue
    names.add(value)
    const arn = parseArn(value)
    if (!arn || arn.resource === 'root') continue
    accounts.add(arn.account)
    if (arn.service === 'iam' && arn.resource.startsWith('role/'))
      roles.add(
        `${arn.partition}:${arn.account}:${arn.resource.slice(arn.resource.lastIndexOf('/') + 1)}`,
      )
    const role = roleOfSession(value)
    if (role !== null) sessionRoles.add(role)
  }
  const anyone = element.values.some((value) => value.anyone)
  return { negated: element.negated, anyone, names, roles, sessionRoles, accounts, services }
}

/** `partition:account:name` of the role of a session's ARN; null for what is no such ARN. */
export function roleOfSession(value: string): string | null {
  const match = /^arn:([^:]+):sts::(\d{12}):assumed-role\/([^/]+)\/./.exec(value)
  return match ? `${match[1] ?? ''}:${match[2] ?? ''}:${match[3] ?? ''}` : null
}

/** `partition:account:name` of the role of a caller. */
export function roleKey({ partition, account, roleName }: Caller): string {
  return `${partition}:${account}:${roleName}`
}

/**
 * Whether a session of the role that is asked about is named: what holds for it holds
 * for some calls as that role.
 */
export function namesSession({ sessionRoles }: PrincipalIndex, caller: Caller): boolean {
  return caller.kind === 'role' && sessionRoles.size > 0 && sessionRoles.has(roleKey(caller))
}

/** The same for the one ARN of a grant. */
export function isSessionOf(value: string, caller: Caller): boolean {
  return caller.kind === 'role' && roleOfSession(value) === roleKey(caller)
}

/** How one ARN, account or unique id of a grant reaches the caller. */
export function nameCaller(value: string, caller: Caller): Naming {
  if (caller.account === '' || (!value.startsWith('arn:') && !accountPattern.test(value)))
    return notNamed
  if (value === caller.account || value === caller.rootArn)
    return caller.kind === 'root' ? namedDirectly : namedAccount
  if (caller.kind === 'role') return value === caller.name ? namedRole : notNamed
  if (value === caller.name) return namedDirectly
  if (caller.kind !== 'session') return notNamed
  if (caller.rolePathKnown) return value === caller.roleArn ? namedRole : notNamed
  return value.startsWith(caller.rolePrefix) &&
    value.slice(value.lastIndexOf('/') + 1) === caller.roleName
    ? namedRole
    : notNamed
}

/** How the index reaches the caller, its negation aside. */
function nameByIndex({ anyone, names, roles, services }: PrincipalIndex, caller: Caller): Naming {
  if (anyone) return namedDirectly
  if (caller.kind === 'service')
    return services.has('*') || services.has(caller.name.toLowerCase()) ? namedDirectly : notNamed
  if (caller.account === '') return notNamed
  if (caller.kind === 'role' ? names.has(caller.name) : false) return namedRole
  if (caller.kind !== 'role' && caller.kind !== 'root' && names.has(caller.name))
    return namedDirectly
  if (caller.kind === 'session') {
    if (caller.rolePathKnown ? names.has(caller.roleArn) : roles.has(roleKey(caller)))
      return namedRole
  }
  if (!names.has(caller.account) && !names.has(caller.rootArn)) return notNamed
  return caller.kind === 'root' ? namedDirectly : namedAccount
}

/**
 * NotPrincipal is everyone but those listed (IAM, "NotPrincipal"). Beside a listed account its
 * listed users and roles are the exception, not the account as a whole: ["…:user/Bob",
 * "…:root"] spares Bob alone.
 */
export function matchPrincipal(index: PrincipalIndex, caller: Caller): Naming {
  const naming = nameByIndex(index, caller)
  if (!index.negated) return naming
  if (naming === notNamed) return namedDirectly
  return naming === namedAccount && index.accounts.has(caller.account) ? namedDirectly : notNamed
}

/**
 * Whether a NotPrincipal spares the caller without naming all that it should beside it: the
 * account, and of a session the role. Of such a Deny AWS says only that it "might deny access to
 * the entire account" (IAM, "NotPrincipal"). Where everyone is named, nobody is left out.
 */
export function isIncompleteException(index: PrincipalIndex, caller: Caller): boolean {
  if (index.anyone || caller.account === '' || caller.kind === 'root') return false
  if (!index.names.has(caller.account) && !index.names.has(caller.rootArn)) return true
  if (caller.kind !== 'session' || !index.names.has(caller.name)) return false
  return caller.rolePathKnown ? !index.names.has(caller.roleArn) : !index.roles.has(roleKey(caller))
}
