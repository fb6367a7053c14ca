/** A session ends after a working day, however much it is used. */
export const sessionSeconds = 12 * 60 * 60

/**
 * NextAuth's cookies for one origin. https: `__Host-`, so that no sibling host can plant one.
 * Loopback http: plain and host-only, with the port in the name, since browsers give cookies of
 * localhost to every port of it.
 */
export function cookieNames(url: string) {
  const { protocol, port } = new URL(url)
  const isSecure = protocol === 'https:'
  const prefix = isSecure ? '__Host-claviger' : `claviger-${port || '80'}`
  const cookie = (name: string, maxAge?: number) => ({
    name: `${prefix}.${name}`,
    options: {
      httpOnly: true,
      sameSite: 'lax' as const,
      path: '/',
      secure: isSecure,
      ...(maxAge ? { maxAge } : {}),
    },
  })
  return {
    sessionToken: cookie('session'),
    callbackUrl: cookie('callback'),
    csrfToken: cookie('csrf'),
    pkceCodeVerifier: cookie('pkce', 15 * 60),
    state: cookie('state', 15 * 60),
    nonce: cookie('nonce', 15 * 60),
  }
}
