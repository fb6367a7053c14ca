import type { Caller } from '../call'
import type { Principals } from './policy'

/**
 * How a resource policy names the caller. It decides which implicit denies still bind (IAM user
 * guide, "policy evaluation logic"): `caller` (a user or the session itself): none;
 * `role`: boundary and session policy; `account`: identity policies too.
 */
export type Naming = 'caller' | 'role' | 'account' | 'none'

/** `*` names a user as such, and a session through its role. */
export function nameCaller(principals: Principals | null, caller: Caller): Naming {
  if (!principals) return 'none'
  const found = principals.everyone
    ? caller.kind === 'role-session'
      ? 'role'
      : 'caller'
    : nameIn(principals.aws, caller)
  if (!principals.not) return found
  return found === 'none' ? (caller.kind === 'role-session' ? 'role' : 'caller') : 'none'
}

function nameIn(entries: string[], caller: Caller): Naming {
  const account = entries.some(
    (entry) => entry === caller.accountId || entry === `arn:aws:iam::${caller.accountId}:root`,
  )
  if (entries.includes(caller.arn) || (caller.kind === 'root' && account)) return 'caller'
  if (caller.kind === 'role-session' && entries.includes(caller.entityArn)) return 'role'
  return account ? 'account' : 'none'
}

/** How one principal string, as of a grant, names the caller. */
export function nameAs(principal: string | null, caller: Caller): Naming {
  return principal === null ? 'none' : nameIn([principal], caller)
}
