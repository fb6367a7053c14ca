import 'server-only'
import { headers } from 'next/headers'
import { env } from '../env'
import { AppError } from '../errors'

/**
 * One own origin (CLAVIGER_URL). Next runs an action that comes without an Origin header, so its
 * absence is refused here too; browsers always send it with a POST.
 */
export async function requireOwnOrigin(): Promise<void> {
  const given = await headers()
  const origin = given.get('origin')
  const site = given.get('sec-fetch-site')
  if (origin !== new URL(env().CLAVIGER_URL).origin || (site !== null && site !== 'same-origin')) {
    throw new AppError('forbidden', 'This request did not come from this console.')
  }
}

/**
 * For a GET that leaves a trace in somebody's name: asked by a page of ours or typed by the person,
 * never by a link or a picture of another site, and not by HEAD, which promises to do nothing.
 * Programs send no Sec-Fetch-Site.
 */
export function requireOwnWill(request: Request): void {
  if (request.method === 'HEAD')
    throw new AppError('invalid', 'This is answered to GET only: it is written to the audit log.')
  const site = request.headers.get('sec-fetch-site')
  if (site !== null && site !== 'same-origin' && site !== 'none') {
    throw new AppError('forbidden', 'Another site asked for this. Ask for it on this console.')
  }
}
