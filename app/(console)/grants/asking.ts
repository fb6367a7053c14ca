import { scopeOf, type Assigned, type Scope } from '@/lib/auth/permissions'

/**
 * Where this person may ask for changes of grants: what the buttons go by. The action asks again.
 */
export type Asking = { scope: Scope; withoutEnd: Scope | null } | null

export function askingOf(assigned: readonly Assigned[]): Asking {
  const scope = scopeOf(assigned, 'requests.create')
  return scope && { scope, withoutEnd: scopeOf(assigned, 'requests.withoutEnd') }
}
