/**
 * What every answer carries. Cloudscape positions popovers and columns by style attributes, hence style-src-attr; nothing else is
 * inline but what bears the nonce. `environment` is process.env: this runs in the proxy, before any setting is read.
 */
export function securityHeaders(nonce: string, environment: Record<string, string | undefined>) {
  const isDev = environment.NODE_ENV === 'development'
  const issuer = originOf(environment.OIDC_ISSUER)
  const isHttps = environment.CLAVIGER_URL?.startsWith('https://') ?? false
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
  return {
    'content-security-policy': directives.join('; '),
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()',
    ...(isHttps ? { 'strict-transport-security': 'max-age=63072000; includeSubDomains' } : {}),
  }
}

function originOf(url: string | undefined): string | null {
  return url && URL.canParse(url) ? new URL(url).origin : null
}
