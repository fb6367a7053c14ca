import { accountPattern } from '../kms/arn'
import type { Caller } from './caller'
import { roleKey, roleOfSession } from './principal'

/** What of a grant names its grantee. */
type Named = { GranteePrincipal?: string; GranteeServicePrincipal?: string }

const kept = new WeakMap<readonly Named[], ReadonlyMap<string, readonly number[]>>()

/**
 * Returns the places of the grants that can name this caller as their grantee, in order. A key can
 * have 50,000 grants and its account as many roles: each grant is weighed for those it names.
 */
export function listGrantsNaming(grants: readonly Named[], caller: Caller): readonly number[] {
  const index = indexOf(grants)
  const found = namesOf(caller).flatMap((name) => index.get(name) ?? [])
  return found.length < 2 ? found : [...new Set(found)].sort((a, b) => a - b)
}

function indexOf(grants: readonly Named[]): ReadonlyMap<string, readonly number[]> {
  const known = kept.get(grants)
  if (known) return known
  const index = new Map<string, number[]>()
  for (const [at, grant] of grants.entries()) {
    for (const name of listNames(grant)) {
      const places = index.get(name)
      if (places) places.push(at)
      else index.set(name, [at])
    }
  }
  kept.set(grants, index)
  return index
}

/** Under which names a grant is found: each way in which its grantee can reach a caller. */
function listNames({ GranteePrincipal: principal, GranteeServicePrincipal: service }: Named) {
  const services = [principal, service].flatMap((name) => (name ? [ofService(name)] : []))
  if (principal === undefined) return services
  const role = /^(arn:[^:]*:iam::[^:]*:role\/)(?:.*\/)?([^/]*)$/s.exec(principal)
  const session = roleOfSession(principal)
  return [
    ...services,
    principal,
    ...(role ? [ofRoleName(`${role[1] ?? ''}${role[2] ?? ''}`)] : []),
    ...(session === null ? [] : [ofSessionsOf(session)]),
  ]
}

/** Under which names the grants stand that can reach a caller. */
function namesOf(caller: Caller): string[] {
  if (caller.kind === 'service') return [ofService(caller.name)]
  if (!accountPattern.test(caller.account)) return []
  const own = [caller.account, caller.rootArn, caller.name]
  if (caller.kind === 'role') return [...own, ofSessionsOf(roleKey(caller))]
  if (caller.kind !== 'session') return own
  const role = caller.rolePathKnown
    ? caller.roleArn
    : ofRoleName(`${caller.rolePrefix}${caller.roleName}`)
  return [...own, role]
}

const ofService = (name: string) => `service ${name.toLowerCase()}`
const ofRoleName = (pathless: string) => `role ${pathless}`
const ofSessionsOf = (role: string) => `sessions ${role}`
