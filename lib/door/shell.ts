import 'server-only'
import { unstable_rethrow } from 'next/navigation'
import { permissionNames, scopeOf, type Permission } from '../auth/permissions'
import type { Actor } from '../auth/permit'
import { readActor } from '../auth/session'
import { env } from '../env'
import { readWorkerHealth, type WorkerHealth } from '../settings/worker-health'
import type { Failure } from '../result'
import { enterDoor } from '../web/request-facts.mjs'
import { answerBusy, toFailure } from './failure'
import { requireOwnHost } from './host'
import { goToSignIn } from './page'

export type Shell = {
  actor: Actor
  held: Permission[]
  notice: string | undefined
  /** As of now; null for who sees no keys. */
  worker: WorkerHealth | null
}

/**
 * What the frame around every page shows: who is signed in, and what they can open. Data of any
 * page stays behind its own door. A failure is drawn instead of the frame, as a page draws its own.
 */
export async function readShell(): Promise<Shell | { failure: Failure }> {
  enterDoor()
  try {
    await requireOwnHost()
    const actor = await readActor()
    if (!actor) return await goToSignIn()
    const held = permissionNames.filter(
      (permission) => scopeOf(actor.assigned, permission) !== null,
    )
    const scope = scopeOf(actor.assigned, 'keys.read')
    const worker = scope === null ? null : await readWorkerHealth(scope)
    return { actor, held, notice: env().CLAVIGER_NOTICE, worker }
  } catch (error) {
    unstable_rethrow(error)
    const failure = toFailure(error, 'frame')
    answerBusy(failure)
    return { failure }
  }
}
