import 'server-only'
import { permissionNames, scopeOf, type Permission } from '../auth/permissions'
import { readActor } from '../auth/session'
import { env } from '../env'
import { enterDoor } from '../web/request-facts.mjs'
import { goToSignIn } from './page'

/** What the frame around every page shows: who is signed in, and what they may open. Data of any page stays behind its own door. */
export async function readShell() {
  enterDoor()
  const actor = await readActor()
  if (!actor) return goToSignIn()
  const held: Permission[] = permissionNames.filter((permission) => scopeOf(actor.assigned, permission) !== null)
  return { actor, held, notice: env().CLAVIGER_NOTICE }
}
