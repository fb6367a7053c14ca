import 'server-only'
import { headers } from 'next/headers'
import { env } from '../env'
import { AppError } from '../errors'
import { isOwnHost, wrongHostWords } from '../web/host.mjs'

/**
 * Refuses a request that was sent to another name than CLAVIGER_URL's: a page whose name was
 * re-bound to our address would read what a browser shows us. Health and readiness ask nothing of
 * this kind: they say nothing about anybody, and a load balancer asks by address.
 * @throws AppError misdirected
 */
export async function requireOwnHost(): Promise<void> {
  const { CLAVIGER_URL } = env()
  if (!isOwnHost((await headers()).get('host'), CLAVIGER_URL)) {
    throw new AppError('misdirected', wrongHostWords(CLAVIGER_URL))
  }
}
