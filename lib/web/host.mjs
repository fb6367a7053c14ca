// Whose name a request was sent to. Asked in front of Next and again at each door, so that
// neither stands for the other.

/**
 * Whether a request was sent to this console by its own name. A page of another name that was
 * re-bound to our address sends its own Host; X-Forwarded-Host is no answer to that, since such
 * a page sets it as it likes.
 * @param {string | null | undefined} host @param {string} url CLAVIGER_URL @returns {boolean}
 */
export function isOwnHost(host, url) {
  const { host: own, protocol, port } = new URL(url)
  const usual = protocol === 'https:' ? ':443' : ':80'
  const given = (host ?? '').toLowerCase()
  return given === own || (port === '' && given === own + usual)
}

/**
 * For whoever came by another name; says nothing that the caller did not know.
 * @param {string} url CLAVIGER_URL
 */
export const wrongHostWords = (url) =>
  `This console answers at ${url} only. Open it there. A reverse proxy in front of it passes ` +
  'the Host header on as it came.'

/** They say nothing about anybody, and a load balancer asks for them by address. */
const forBalancers = new Set(['/api/health', '/api/ready'])

/**
 * @param {{ path: string, host: string | undefined, url: string | undefined }} asked
 * @returns {import('./refuse.mjs').Refusal | null}
 */
export function refuseHost({ path, host, url }) {
  if (url === undefined || forBalancers.has(path) || isOwnHost(host, url)) return null
  return { status: 421, words: wrongHostWords(url) }
}
