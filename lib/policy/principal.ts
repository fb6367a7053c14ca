import type { Caller } from './caller'
import { accountPattern } from './arn'
import type { PrincipalElement, PrincipalValue } from './document'

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

/** How one ARN, account or unique id reaches the caller. Unique ids are of deleted principals and reach nobody. */
export function nameCaller(value: string, caller: Caller): Naming {
  if (caller.account === '') return notNamed
  if (value === caller.account || value === `arn:${caller.partition}:iam::${caller.account}:root`) {
    return caller.kind === 'root' ? namedDirectly : namedAccount
  }
  if (accountPattern.test(value) || !value.startsWith('arn:')) return notNamed
  if (caller.kind === 'role') return value === caller.name ? namedRole : notNamed
  if (value === caller.name) return namedDirectly
  return caller.kind === 'session' && isRoleOf(value, caller) ? namedRole : notNamed
}

function isRoleOf(value: string, caller: Caller): boolean {
  if (caller.rolePathKnown) return value === caller.roleArn
  const prefix = `arn:${caller.partition}:iam::${caller.account}:role/`
  return value.startsWith(prefix) && value.slice(value.lastIndexOf('/') + 1) === caller.roleName
}

function matchValue(value: PrincipalValue, caller: Caller): Naming {
  if (value.anyone) return namedDirectly
  if (value.kind === 'AWS') return nameCaller(value.value, caller)
  if (value.kind === 'Service' && caller.kind === 'service') {
    return value.value === '*' || value.value.toLowerCase() === caller.name.toLowerCase() ? namedDirectly : notNamed
  }
  // A web identity calls KMS as the role it assumed, and KMS knows no canonical users.
  return notNamed
}

/**
 * NotPrincipal is everyone but those listed (IAM, "NotPrincipal"). Beside a listed account its listed users and roles are the
 * exception, not the account as a whole: ["…:user/Bob", "…:root"] spares Bob alone.
 */
function matchNegated(element: PrincipalElement, caller: Caller): Naming {
  let account = false
  let others = false
  for (const value of element.values) {
    const naming = matchValue(value, caller)
    if (naming === namedRole || naming === namedDirectly) return notNamed
    if (naming === namedAccount) account = true
    else if (value.kind === 'AWS' && value.value.split(':')[4] === caller.account && caller.account !== '') others = true
  }
  return account && !others ? notNamed : namedDirectly
}

export function matchPrincipal(element: PrincipalElement, caller: Caller): Naming {
  if (element.negated) return matchNegated(element, caller)
  let best: Naming = notNamed
  for (const value of element.values) {
    const naming = matchValue(value, caller)
    if (naming > best) best = naming
  }
  return best
}
