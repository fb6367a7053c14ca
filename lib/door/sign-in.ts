import 'server-only'
import { redirect } from 'next/navigation'
import { safeReturnPath } from '../auth/return-path'
import { readActor } from '../auth/session'
import { env } from '../env'
import { enterDoor } from '../web/request-facts.mjs'
import { requireOwnHost } from './host'

export type SignInProblem = 'busy' | 'disabled' | 'failed' | 'refused' | 'unaudited' | 'unreachable'

/**
 * What the sign-in page shows; someone who is signed in goes straight on. It
 * says nothing about who exists.
 */
export async function readSignIn(search: Record<string, string | string[] | undefined>) {
  enterDoor()
  await requireOwnHost()
  const one = (name: string) => (typeof search[name] === 'string' ? search[name] : undefined)
  const from = safeReturnPath(one('from') ?? pathOf(one('callbackUrl')))
  const problem = problemOf(one('error'))
  if (!problem && (await readActor())) redirect(from)
  const reference = /^[0-9a-f-]{36}$/.test(one('ref') ?? '') ? one('ref') : undefined
  const { OIDC_ISSUER, CLAVIGER_NOTICE } = env()
  return {
    from,
    problem,
    reference,
    hasSignedOut: one('signed-out') === '1',
    provider: OIDC_ISSUER ? new URL(OIDC_ISSUER).host : null,
    notice: CLAVIGER_NOTICE,
  }
}

/** The callback address NextAuth hands back with an error is a whole one. */
const pathOf = (url: string | undefined) =>
  url && URL.canParse(url) && new URL(url).origin === env().CLAVIGER_URL
    ? new URL(url).pathname + new URL(url).search
    : undefined

function problemOf(error: string | undefined): SignInProblem | null {
  if (!error) return null
  if (error === 'Disabled') return 'disabled'
  if (error === 'Busy') return 'busy'
  if (error === 'Unaudited') return 'unaudited'
  if (error === 'OAuthSignin') return 'unreachable'
  return error === 'OAuthCallback' || error === 'AccessDenied' ? 'refused' : 'failed'
}
