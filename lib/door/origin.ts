import 'server-only'
import { headers } from 'next/headers'
import { env } from '../env'
import { AppError } from '../errors'

/**
 * One own origin (CLAVIGER_URL). Next runs an action that comes without an Origin header, so its absence is refused here too;
 * browsers always send it with a POST.
 */
export async function requireOwnOrigin(): Promise<void> {
  const given = await headers()
  const origin = given.get('origin')
  const site = given.get('sec-fetch-site')
  if (origin !== new URL(env().CLAVIGER_URL).origin || (site !== null && site !== 'same-origin')) {
    throw new AppError('forbidden', 'This request did not come from this console.')
  }
}
