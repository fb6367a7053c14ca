/**
 * Whether a request was sent to this console by its own name. A page of another name that was re-bound to our address sends its
 * own Host, and X-Forwarded-Host is no answer to that: such a page may set it as it likes.
 */
export function isOwnHost(host: string | null, url: string): boolean {
  const { host: own, protocol } = new URL(url)
  const usual = protocol === 'https:' ? ':443' : ':80'
  const given = (host ?? '').toLowerCase()
  return given === own || given === `${own}${own.includes(':') ? '' : usual}`
}

/** For whoever came by another name; says nothing that the caller did not know. */
export const wrongHostWords = (url: string): string =>
  `This console answers at ${url} only. Open it there. A reverse proxy in front of it passes the Host header on as it came.`
