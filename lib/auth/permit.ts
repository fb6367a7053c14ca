import 'server-only'
import { AppError } from '../errors'
import { scopeOf, type Actor, type Permission, type Scope } from './permissions'
import { readActor } from './session'

export type { Actor } from './permissions'

declare const proof: unique symbol
/**
 * Proof that `actor` was checked for `P` in this request, and for which accounts. Only
 * `authorize` makes one; what a door calls demands one as its first argument and puts
 * `scope` into its WHERE clause.
 */
export type Permit<P extends Permission> = {
  readonly actor: Actor
  readonly scope: Scope
  readonly [proof]: P
}

/**
 * @throws AppError unauthenticated without a session, forbidden when no role of the
 *   person holds the permission.
 */
export async function authorize<P extends Permission>(permission: P): Promise<Permit<P>> {
  const actor = await readActor()
  if (!actor) throw new AppError('unauthenticated', 'Sign in to continue.')
  const scope = scopeOf(actor.assigned, permission)
  if (!scope)
    throw new AppError('forbidden', `This needs the permission ${permission}.`, { permission })
  return { actor, scope } as Permit<P>
}
