import { cookieNames } from './session-cookies'

/**
 * What a browser needs of NextAuth, and no more: no endpoint tells who is signed
 * in, none prolongs a session.
 */
const spoken = new Set(['GET csrf', 'POST signin', 'GET callback', 'GET error', 'POST signout'])

type Asked = {
  method: string
  url: string
  headers: Headers
  /** `['callback', 'oidc']` */
  segments: readonly string[]
  /** CLAVIGER_URL */
  origin: string
}

/** Answers what NextAuth need not be asked, or would fail at; null: NextAuth answers. */
export function answerInstead({
  method,
  url,
  headers,
  segments: [endpoint = ''],
  origin,
}: Asked): Response | null {
  if (!spoken.has(`${method} ${endpoint}`)) return new Response('Not found', { status: 404 })
  const { searchParams } = new URL(url)
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(headers.get('content-type') ?? '')
  if (method === 'POST' && !isForm) return new Response('This is no form', { status: 415 })
  const { name } = cookieNames(origin).callbackUrl
  const kept = readCookie(headers, name)
  if (endpoint === 'error')
    return toSignIn(searchParams.get('error') ?? '', kept && toOwnAddress(kept, origin))
  // NextAuth takes what is no address for a fault of our settings.
  const place = searchParams.get('callbackUrl')
  if (place && toOwnAddress(place, origin) === null) return refusePlace()
  return kept && !isHttpAddress(kept, origin)
    ? refusePlace({ 'set-cookie': expire(name, origin) })
    : null
}

const refusePlace = (headers: Record<string, string> = {}) =>
  new Response('The address to come back to is none of this console', { status: 400, headers })

/**
 * NextAuth replaces a kept address that is merely another console's, as of the same host on another
 * port: to refuse it would lock the browser out for as long as the cookie lives.
 */
function isHttpAddress(place: string, origin: string): boolean {
  const base = place.startsWith('/') ? origin : undefined
  return URL.canParse(place, base) && /^https?:$/.test(new URL(place, base).protocol)
}

function expire(name: string, origin: string): string {
  return `${name}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0${origin.startsWith('https:') ? '; Secure' : ''}`
}

/**
 * The sign-in page says in words what went wrong, and leads on to what was wanted. A relative
 * address: whatever the host, it is ours.
 */
function toSignIn(error: string, wanted: string | null): Response {
  const known = /^[A-Za-z]{1,40}$/.test(error) ? error : 'Failed'
  const search = new URLSearchParams({ error: known, ...(wanted ? { callbackUrl: wanted } : {}) })
  return new Response(null, { status: 302, headers: { location: `/sign-in?${search}` } })
}

function readCookie(headers: Headers, name: string): string | null {
  const pair = (headers.get('cookie') ?? '').split('; ').find((one) => one.startsWith(`${name}=`))
  if (pair === undefined) return null
  const value = pair.slice(name.length + 1)
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

/**
 * A whole address of this console for a path or address of it; null for any other
 * place, and for what is none.
 */
export function toOwnAddress(place: string, origin: string): string | null {
  if (!place.startsWith('/') && !/^https?:/i.test(place)) return null
  if (!URL.canParse(place, origin)) return null
  const url = new URL(place, origin)
  return url.origin === origin ? url.href : null
}
