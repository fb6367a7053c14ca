import 'server-only'
import { randomUUID } from 'node:crypto'
import { cookies } from 'next/headers'
import type { AuthOptions } from 'next-auth'
import NextAuth from 'next-auth'
import { decode } from 'next-auth/jwt'
import { cache } from 'react'
import { isUnaudited } from '../audit/append'
import { env, requireSetting } from '../env'
import { log } from '../log'
import { findActor } from './actor'
import { answerInstead, toOwnAddress } from './auth-answers'
import { identityOf, lacksClaims } from './claims'
import type { Actor } from './permit'
import { cookieNames, sessionSeconds } from './session-cookies'
import { recordSignIn, type SignedIn } from './sign-in'

/** From the callback that records a sign-in to the one that makes its token, within one request. */
const recorded = new WeakMap<object, SignedIn>()

/** Everything that knows NextAuth. The token holds the person's id and session version, nothing else; Postgres says the rest. */
function authOptions(): AuthOptions {
  const { CLAVIGER_URL, OIDC_SCOPES, OIDC_GROUPS_CLAIM, OIDC_PERSON_CLAIM } = env()
  process.env.NEXTAUTH_URL = CLAVIGER_URL // the only origin it may build addresses from, whatever a Host header says
  const issuer = requireSetting('OIDC_ISSUER').replace(/\/$/, '')
  const names = { groups: OIDC_GROUPS_CLAIM, person: OIDC_PERSON_CLAIM }
  return {
    secret: requireSetting('NEXTAUTH_SECRET'),
    session: { strategy: 'jwt', maxAge: sessionSeconds },
    useSecureCookies: CLAVIGER_URL.startsWith('https://'),
    cookies: cookieNames(CLAVIGER_URL),
    pages: { signIn: '/sign-in', signOut: '/sign-in', error: '/sign-in' },
    logger: {
      error: (code, metadata) => log.error({ code, err: metadata instanceof Error ? metadata : 'error' in metadata ? metadata.error : metadata }, 'sign-in failed'),
      warn: (code) => log.debug({ code }, 'sign-in'),
      debug: () => {},
    },
    providers: [{
      id: 'oidc', name: 'OpenID Connect', type: 'oauth', idToken: true, checks: ['pkce', 'state', 'nonce'],
      wellKnown: `${issuer}/.well-known/openid-configuration`,
      clientId: requireSetting('OIDC_CLIENT_ID'), clientSecret: requireSetting('OIDC_CLIENT_SECRET'),
      authorization: { params: { scope: OIDC_SCOPES } },
      profile: (claims: { sub: string }) => ({ id: claims.sub }),
    }],
    callbacks: {
      async signIn({ account, profile }) {
        if (!account || !profile) return false
        try {
          const claims = { ...profile }
          const told = lacksClaims(claims, names) && account.access_token ? await readUserinfo(issuer, account.access_token, profile.sub) : {}
          const signedIn = await recordSignIn(identityOf({ ...told, ...claims }, names))
          if (!signedIn) return '/sign-in?error=Disabled'
          recorded.set(account, signedIn)
          return true
        } catch (error) {
          if (isUnaudited(error)) return `/sign-in?error=Unaudited&ref=${error.details.ref}`
          return `/sign-in?error=Failed&ref=${toReference(error)}`
        }
      },
      jwt({ account }) {
        const signedIn = account && recorded.get(account)
        if (!signedIn) return {}
        return { person: signedIn.personId, version: signedIn.sessionVersion, since: Math.floor(Date.now() / 1000) }
      },
      // What a form names may be anything; what is no address of ours leads to the overview.
      redirect: ({ url }) => toOwnAddress(url, CLAVIGER_URL) ?? CLAVIGER_URL,
      session: ({ session }) => ({ expires: session.expires }),
    },
  }
}

function toReference(error: unknown): string {
  const ref = randomUUID()
  log.error({ ref, err: error }, 'sign-in could not be recorded')
  return ref
}

/** Claims of the userinfo endpoint; it must speak of the same subject as the ID token. */
async function readUserinfo(issuer: string, accessToken: string, subject: string | undefined): Promise<Record<string, unknown>> {
  const read = async (url: string, headers: Record<string, string>): Promise<Record<string, unknown>> => {
    const response = await fetch(url, { headers, redirect: 'error', signal: AbortSignal.timeout(10_000) })
    if (!response.ok) throw new Error(`${new URL(url).pathname} of the identity provider answered ${response.status}`)
    return (await response.json()) as Record<string, unknown> // any JSON object; identityOf looks at each claim's type
  }
  const { userinfo_endpoint: endpoint } = await read(`${issuer}/.well-known/openid-configuration`, {})
  if (typeof endpoint !== 'string') return {}
  const claims = await read(endpoint, { authorization: `Bearer ${accessToken}` })
  if (claims.sub !== subject) throw new Error('the userinfo endpoint spoke of another person than the ID token')
  return claims
}

export async function handleAuth(request: Request, context: { params: Promise<{ nextauth: string[] }> }): Promise<Response> {
  const { nextauth } = await context.params
  const { method, url, headers } = request
  const own = answerInstead({ method, url, headers, segments: nextauth, origin: env().CLAVIGER_URL })
  if (own) return own
  const response: unknown = await NextAuth(request as never, context as never, authOptions()) // typed for the pages router only
  if (!(response instanceof Response)) throw new Error('NextAuth gave no response')
  return response
}

/**
 * Who is asking, as Postgres knows them in this very request: a disabled person, an ended session or a taken role is gone with
 * the next click. Null without a valid session.
 */
export const readActor = cache(async (): Promise<Actor | null> => {
  const { CLAVIGER_URL } = env()
  const sealed = (await cookies()).get(cookieNames(CLAVIGER_URL).sessionToken.name)?.value
  if (!sealed) return null
  const token = await decode({ token: sealed, secret: requireSetting('NEXTAUTH_SECRET') }).catch(() => null)
  const { person, version, since } = token ?? {}
  if (typeof person !== 'string' || typeof version !== 'number' || typeof since !== 'number') return null
  if (Date.now() / 1000 - since > sessionSeconds) return null
  return findActor(person, version)
})
