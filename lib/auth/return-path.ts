/** A path of this console to come back to after sign-in; anything else becomes the overview. */
export function safeReturnPath(from: string | null | undefined): string {
  if (!from || !from.startsWith('/') || from.length > 2_000) return '/'
  const base = 'http://claviger.invalid'
  if (!URL.canParse(from, base)) return '/'
  const url = new URL(from, base)
  const isOurs =
    url.origin === base &&
    !url.pathname.startsWith('//') &&
    !url.pathname.startsWith('/sign-in') &&
    !url.pathname.startsWith('/api/')
  return isOurs ? url.pathname + url.search : '/'
}
