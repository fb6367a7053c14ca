import { accountPattern, parseArn } from './arn'
import type { Caller } from './caller'
import type { PrincipalElement } from './document'

/**
 * How a resource-based policy or a grant reaches the caller, weakest first (IAM, "Policy evaluation for requests within a
 * single account"): account: it trusts the account, whose IAM policies decide. role: names the role; permissions boundary and
 * session policy still limit it. direct: names the user, the session or everyone; nothing but a Deny limits it.
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
  /** ARNs and accounts as written. Unique ids are in it too, and name nobody: they are of deleted principals. */
  names: ReadonlySet<string>
  /** `partition:account:name` of roles, for sessions, whose ARN does not tell their role's path. */
  roles: ReadonlySet<string>
  /** Accounts of which a user, role or session is named. */
  accounts: ReadonlySet<string>
  /** Lower case. */
  services: ReadonlySet<string>
}

export function indexPrincipal(element: PrincipalElement): PrincipalIndex {
  const [names, roles, accounts, services] = [new Set<string>(), new Set<string>(), new Set<string>(), new Set<string>()]
  for (const { kind, value } of element.values) {
    if (kind === 'Service') services.add(value.toLowerCase())
    // A web identity calls KMS as the role it assumed, and KMS knows no canonical users.
    if (kind !== 'AWS') continue
    names.add(value)
    const arn = parseArn(value)
    if (!arn || arn.resource === 'root') continue
    accounts.add(arn.account)
    if (arn.service === 'iam' && arn.resource.startsWith('role/')) roles.add(
      `${arn.partition}:${arn.account}:${arn.resource.slice(arn.resource.lastIndexOf('/') + 1)}`,
    )
  }
  return { negated: element.negated, anyone: element.values.some(({ anyone }) => anyone), names, roles, accounts, services }
}

/** How one ARN, account or unique id of a grant reaches the caller. */
export function nameCaller(value: string, caller: Caller): Naming {
  if (caller.account === '' || (!value.startsWith('arn:') && !accountPattern.test(value))) return notNamed
  if (value === caller.account || value === caller.rootArn) return caller.kind === 'root' ? namedDirectly : namedAccount
  if (caller.kind === 'role') return value === caller.name ? namedRole : notNamed
  if (value === caller.name) return namedDirectly
  if (caller.kind !== 'session') return notNamed
  if (caller.rolePathKnown) return value === caller.roleArn ? namedRole : notNamed
  return value.startsWith(caller.rolePrefix) && value.slice(value.lastIndexOf('/') + 1) === caller.roleName ? namedRole : notNamed
}

/** How the index reaches the caller, its negation aside. */
function nameByIndex({ anyone, names, roles, services }: PrincipalIndex, caller: Caller): Naming {
  if (anyone) return namedDirectly
  if (caller.kind === 'service') return services.has('*') || services.has(caller.name.toLowerCase()) ? namedDirectly : notNamed
  if (caller.account === '') return notNamed
  if (caller.kind === 'role' ? names.has(caller.name) : false) return namedRole
  if (caller.kind !== 'role' && caller.kind !== 'root' && names.has(caller.name)) return namedDirectly
  if (caller.kind === 'session') {
    if (caller.rolePathKnown ? names.has(caller.roleArn) : roles.has(
      `${caller.partition}:${caller.account}:${caller.roleName}`,
    )) return namedRole
  }
  if (!names.has(caller.account) && !names.has(caller.rootArn)) return notNamed
  return caller.kind === 'root' ? namedDirectly : namedAccount
}

/**
 * NotPrincipal is everyone but those listed (IAM, "NotPrincipal"). Beside a listed account its listed users and roles are the
 * exception, not the account as a whole: ["…:user/Bob", "…:root"] spares Bob alone.
 */
export function matchPrincipal(index: PrincipalIndex, caller: Caller): Naming {
  const naming = nameByIndex(index, caller)
  if (!index.negated) return naming
  if (naming === notNamed) return namedDirectly
  return naming === namedAccount && index.accounts.has(caller.account) ? namedDirectly : notNamed
}
