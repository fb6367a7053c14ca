// The headers of every answer. Plain JavaScript, because the web server sets them before
// Next.js is asked for anything.

/**
 * What no document, file or refusal goes without.
 * @param {Record<string, string | undefined>} environment process.env
 */
function commonHeaders(environment) {
  const isHttps = environment.CLAVIGER_URL?.startsWith('https://') ?? false
  return {
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy':
      'camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()',
    ...(isHttps ? { 'strict-transport-security': 'max-age=63072000; includeSubDomains' } : {}),
  }
}

/**
 * Headers of a rendered answer, set by proxy.ts over those of the server. Cloudscape
 * positions popovers and columns by style attributes, hence style-src-attr; nothing else is
 * inline but what bears the nonce.
 * @param {string} nonce @param {Record<string, string | undefined>} environment process.env
 */
export function securityHeaders(nonce, environment) {
  const isDev = environment.NODE_ENV === 'development'
  const issuer = originOf(environment.OIDC_ISSUER)
  const directives = [
    "default-src 'self'",
    // React's dev build evaluates code to rebuild server stacks; production never does.
    `script-src 'nonce-${nonce}' 'strict-dynamic'${isDev ? " 'unsafe-eval'" : ''}`,
    // The dev server injects styles without a nonce.
    `style-src 'self' ${isDev ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-src 'none'",
    "frame-ancestors 'none'",
    `form-action 'self'${issuer ? ` ${issuer}` : ''}`,
  ]
  return { 'content-security-policy': directives.join('; '), ...commonHeaders(environment) }
}

/**
 * Headers of whatever is not rendered: files of the build, and what is refused. As a
 * document it can do nothing; as a worker it can load the other chunks of the build and
 * ask this console, no more.
 * @param {Record<string, string | undefined>} environment process.env
 */
export function bareHeaders(environment) {
  const directives = [
    "default-src 'none'",
    "script-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ]
  return { 'content-security-policy': directives.join('; '), ...commonHeaders(environment) }
}

/** @param {string | undefined} url */
function originOf(url) {
  return url && URL.canParse(url) ? new URL(url).origin : null
}
