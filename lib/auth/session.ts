import 'server-only'
import { randomUUID } from 'node:crypto'
import { cookies, headers } from 'next/headers'
import type { AuthOptions } from 'next-auth'
import NextAuth from 'next-auth'
import { decode } from 'next-auth/jwt'
import { cache } from 'react'
import { isUnaudited } from '../audit/append'
import { env, requireSetting } from '../env'
import { findAppError } from '../errors'
import { log } from '../log'
import type { Failure } from '../result'
import { isOwnHost, wrongHostWords } from '../web/host.mjs'
import { findActor } from './actor'
import { answerInstead, toOwnAddress } from './auth-answers'
import { identityOf, lacksClaims } from './claims'
import type { Actor } from './permissions'
import { cookieNames, sessionSeconds } from './session-cookies'
import { signOut } from './sessions'
import { recordSignIn, type SignedIn } from './sign-in'

/** From the callback that records a sign-in to the one that makes its token, within one request. */
const recorded = new WeakMap<object, SignedIn>()

/** What happened inside NextAuth that it would only log. */
type Outcome = { signOutFailed: unknown }

/**
 * Everything that knows NextAuth. The token holds the id of a session, nothing
 * else; Postgres says the rest.
 */
function authOptions(outcome: Outcome): AuthOptions {
  const { CLAVIGER_URL, OIDC_SCOPES, OIDC_GROUPS_CLAIM, OIDC_PERSON_CLAIM } = env()
  // the only origin it may build addresses from, whatever a Host header says
  process.env.NEXTAUTH_URL = CLAVIGER_URL
  const issuer = requireSetting('OIDC_ISSUER').replace(/\/$/, '')
  const names = { groups: OIDC_GROUPS_CLAIM, person: OIDC_PERSON_CLAIM }
  return {
    secret: requireSetting('NEXTAUTH_SECRET'),
    session: { strategy: 'jwt', maxAge: sessionSeconds },
    useSecureCookies: CLAVIGER_URL.startsWith('https://'),
    cookies: cookieNames(CLAVIGER_URL),
    pages: { signIn: '/sign-in', signOut: '/sign-in', error: '/sign-in' },
    logger,
    providers: [makeProvider(issuer, OIDC_SCOPES)],
    callbacks: {
      async signIn({ account, profile }) {
        if (!account || !profile) return false
        try {
          const claims = { ...profile }
          const told =
            lacksClaims(claims, names) && account.access_token
              ? await readUserinfo(issuer, account.access_token, profile.sub)
              : {}
          const userAgent = (await headers()).get('user-agent')
          const signedIn = await recordSignIn(identityOf({ ...told, ...claims }, names), userAgent)
          if (!signedIn) return '/sign-in?error=Disabled'
          recorded.set(account, signedIn)
          return true
        } catch (error) {
          if (isUnaudited(error)) return `/sign-in?error=Unaudited&ref=${error.details.ref}`
          if (findAppError(error)?.code === 'busy') return '/sign-in?error=Busy'
          return `/sign-in?error=Failed&ref=${toReference(error)}`
        }
      },
      jwt({ account }) {
        const signedIn = account && recorded.get(account)
        return signedIn ? { session: signedIn.sessionId } : {}
      },
      // What a form names may be anything; what is no address of ours leads to the overview.
      redirect: ({ url }) => toOwnAddress(url, CLAVIGER_URL) ?? CLAVIGER_URL,
      session: ({ session }) => ({ expires: session.expires }),
    },
    events: {
      async signOut({ token }) {
        const id = sessionOf(token)
        if (id === null) return
        await signOut(id).catch((error: unknown) => {
          outcome.signOutFailed = error
        })
      },
    },
  }
}

const makeProvider = (issuer: string, scope: string): AuthOptions['providers'][number] => ({
  id: 'oidc',
  name: 'OpenID Connect',
  type: 'oauth',
  idToken: true,
  checks: ['pkce', 'state', 'nonce'],
  wellKnown: `${issuer}/.well-known/openid-configuration`,
  clientId: requireSetting('OIDC_CLIENT_ID'),
  clientSecret: requireSetting('OIDC_CLIENT_SECRET'),
  authorization: { params: { scope } },
  profile: (claims: { sub: string }) => ({ id: claims.sub }),
})

const logger: AuthOptions['logger'] = {
  error(code, metadata) {
    const err = 'error' in metadata ? metadata.error : metadata
    log.error({ code, err: metadata instanceof Error ? metadata : err }, 'sign-in failed')
  },
  warn: (code) => log.debug({ code }, 'sign-in'),
  debug: () => {},
}

function toReference(error: unknown): string {
  const ref = randomUUID()
  log.error({ ref, err: error }, 'sign-in could not be recorded')
  return ref
}

/** Claims of the userinfo endpoint; it must speak of the same subject as the ID token. */
async function readUserinfo(
  issuer: string,
  accessToken: string,
  subject: string | undefined,
): Promise<Record<string, unknown>> {
  const read = async (
    url: string,
    headers: Record<string, string>,
  ): Promise<Record<string, unknown>> => {
    const response = await fetch(url, {
      headers,
      redirect: 'error',
      signal: AbortSignal.timeout(10_000),
    })
    if (!response.ok)
      throw new Error(
        `${new URL(url).pathname} of the identity provider answered ${response.status}`,
      )
    // any JSON object; identityOf looks at each claim's type
    return (await response.json()) as Record<string, unknown>
  }
  const { userinfo_endpoint: endpoint } = await read(
    `${issuer}/.well-known/openid-configuration`,
    {},
  )
  if (typeof endpoint !== 'string') return {}
  const claims = await read(endpoint, { authorization: `Bearer ${accessToken}` })
  if (claims.sub !== subject)
    throw new Error('the userinfo endpoint spoke of another person than the ID token')
  return claims
}

export async function handleAuth(
  request: Request,
  context: { params: Promise<{ nextauth: string[] }> },
): Promise<Response> {
  const { CLAVIGER_URL } = env()
  if (!isOwnHost(request.headers.get('host'), CLAVIGER_URL)) {
    return new Response(wrongHostWords(CLAVIGER_URL), {
      status: 421,
      headers: { 'cache-control': 'no-store' },
    })
  }
  const { nextauth } = await context.params
  const { method, url } = request
  const own = answerInstead({
    method,
    url,
    headers: request.headers,
    segments: nextauth,
    origin: CLAVIGER_URL,
  })
  if (own) return own
  const outcome: Outcome = { signOutFailed: null }
  // typed for the pages router only
  const response: unknown = await NextAuth(request as never, context as never, authOptions(outcome))
  if (!(response instanceof Response)) throw new Error('NextAuth gave no response')
  return outcome.signOutFailed === null ? response : refuseSignOut(outcome.signOutFailed)
}

/** The cookie stays: nobody is told that they are signed out while their session still stands. */
function refuseSignOut(error: unknown): Response {
  const ref = randomUUID()
  log.error({ ref, err: error }, 'a session could not be ended')
  const message = `The session could not be ended on our side, so you are still signed in. Reference ${ref}.`
  const failure = { code: 'unexpected', message, ref } satisfies Failure
  return Response.json(
    { error: failure },
    { status: 503, headers: { 'cache-control': 'no-store', 'retry-after': '5' } },
  )
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** The session a token names; null for one without, as those made before sessions were rows. */
function sessionOf(token: unknown): string | null {
  const id =
    typeof token === 'object' && token !== null && 'session' in token ? token.session : null
  return typeof id === 'string' && uuid.test(id) ? id : null
}

/**
 * Who is asking, as Postgres knows them in this very request: a disabled person, an ended session
 * or a taken role is gone with the next click. Null without a valid session.
 */
export const readActor = cache(async (): Promise<Actor | null> => {
  const { CLAVIGER_URL } = env()
  const sealed = (await cookies()).get(cookieNames(CLAVIGER_URL).sessionToken.name)?.value
  if (!sealed) return null
  const token = await decode({ token: sealed, secret: requireSetting('NEXTAUTH_SECRET') }).catch(
    () => null,
  )
  const id = sessionOf(token)
  return id === null ? null : findActor(id)
})
