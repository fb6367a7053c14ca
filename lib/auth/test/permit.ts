import type { Permission, Scope } from '../permissions'
import type { Actor, Permit } from '../permit'

/** Somebody without a role, for whoever asks only what a scope shows. */
export const nobody: Actor = {
  id: '00000000-0000-4000-8000-000000000001',
  email: '',
  name: 'test',
  assigned: [],
}

/**
 * Returns a permit as `authorize` makes it out of a session, for whoever calls lib without one: the
 * tests and the bench. The permission is a type only: it can be left out where the callee names it.
 * Roles of the actor do not bound the scope.
 */
export function permitFor<P extends Permission>(
  actor: Actor,
  _permission?: P,
  scope: Scope = { all: true },
): Permit<P> {
  return { actor, scope } as unknown as Permit<P>
}
