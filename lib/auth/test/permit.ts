import 'server-only'
import type { Permission, Scope } from '../permissions'
import type { Actor, Permit } from '../permit'

/** Somebody of no account and no role, for whoever asks only what a scope shows. */
export const nobody: Actor = {
  id: '00000000-0000-4000-8000-000000000001',
  email: '',
  name: 'test',
  assigned: [],
}

/**
 * Returns a permit as `authorize` would make it out of a session, for whoever calls lib without one:
 * the tests and the bench. The scope is what the caller says, whatever roles the actor has.
 */
export function permitFor<P extends Permission>(
  { id, email, name, assigned }: Actor,
  _permission: P,
  scope: Scope = { all: true },
): Permit<P> {
  return { actor: { id, email, name, assigned }, scope } as unknown as Permit<P>
}
