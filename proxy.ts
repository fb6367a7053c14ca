import { NextResponse, type NextRequest } from 'next/server'
import { securityHeaders } from './lib/web/security-headers.mjs'

/**
 * Headers only: those of a rendered answer over the bare ones that lib/web gives everything.
 * Nothing here decides who may see what: proxies have been bypassed again and again, so every page,
 * action and handler asks lib/door itself, and stays shut when this file never ran.
 */
export function proxy(request: NextRequest) {
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(18))).toString('base64')
  const secured = securityHeaders(nonce, process.env)
  const headers = new Headers(request.headers)
  headers.set('content-security-policy', secured['content-security-policy'])
  headers.set('x-nonce', nonce)
  // Where the person wanted to go, for the way back after sign-in. Only a path of
  // ours; sign-in checks it again.
  headers.set(
    'x-claviger-path',
    request.nextUrl.pathname + request.nextUrl.search.replace(/[?&]_rsc=[^&]*/, ''),
  )
  const response = NextResponse.next({ request: { headers } })
  for (const [name, value] of Object.entries(secured)) response.headers.set(name, value)
  return response
}

// Files of the build go without: what is not one of them might be answered by a page. So does the
// address that takes files: Next holds ten megabytes of a body that passes here, and drops the rest.
export const config = { matcher: ['/((?!_next/static/|api/trail/imports/).*)'] }
