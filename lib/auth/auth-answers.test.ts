import { expect, it } from 'vitest'
import { answerInstead, toOwnAddress } from './auth-answers'

const origin = 'https://claviger.example.com'
const form = { 'content-type': 'application/x-www-form-urlencoded' }
function ask(method: string, path: string, headers: Record<string, string> = {}) {
  const url = `${origin}/api/auth/${path}`
  const segments = path.split('?')[0]?.split('/') ?? []
  return answerInstead({ method, url, headers: new Headers(headers), segments, origin })
}

it('leaves to NextAuth what a browser needs of it', () => {
  expect(ask('GET', 'csrf')).toBeNull()
  expect(ask('GET', 'callback/oidc?code=x&state=y')).toBeNull()
  for (const path of ['signin/oidc', 'signout']) expect(ask('POST', path, form)).toBeNull()
  const cookie = `a=b; __Host-claviger.callback=${encodeURIComponent(`${origin}/keys`)}`
  expect(ask('GET', 'csrf?callbackUrl=%2Fkeys', { cookie })).toBeNull()
})

it.each([
  ['GET', 'session'],
  ['GET', 'signin'],
  ['GET', 'providers'],
  ['POST', 'session'],
  ['POST', 'callback/oidc'],
  ['GET', 'constructor'],
  ['GET', ''],
])('answers %s %s as nothing', (method, path) => {
  expect(ask(method, path, form)?.status).toBe(404)
})

it('leads a failed sign-in to the page that has words for it, and nowhere else', () => {
  const leadsTo = (cookie = '') =>
    ask('GET', 'error?error=OAuthCallback', { cookie })?.headers.get('location')
  expect(leadsTo()).toBe('/sign-in?error=OAuthCallback')
  const wanted = encodeURIComponent(`${origin}/keys?x=1`)
  expect(leadsTo(`__Host-claviger.callback=${wanted}`)).toBe(
    `/sign-in?error=OAuthCallback&callbackUrl=${wanted}`,
  )
  expect(leadsTo('__Host-claviger.callback=https%3A%2F%2Fevil.example')).toBe(
    '/sign-in?error=OAuthCallback',
  )
  for (const odd of [
    '',
    '?error=',
    '?error=%0d%0aset-cookie:x',
    '?error=//evil.example',
    `?error=${'x'.repeat(99)}`,
  ]) {
    expect(ask('GET', `error${odd}`)?.headers.get('location')).toBe('/sign-in?error=Failed')
  }
})

it.each([
  '@x',
  'x',
  'javascript:alert(1)',
  '//evil.example',
  '/\\evil.example',
  'https://evil.example',
  'http://[',
  `${origin}.evil.example`,
])('takes %s for no address to come back to', (place) => {
  const coded = encodeURIComponent(place)
  expect(ask('GET', `csrf?callbackUrl=${coded}`)?.status).toBe(400)
  expect(toOwnAddress(place, origin)).toBeNull()
})

const keeping = (place: string) => ({
  ...form,
  cookie: `__Host-claviger.callback=${encodeURIComponent(place)}`,
})

it.each(['https://claviger.example.com:8443/keys', 'https://evil.example', '//evil.example'])(
  'keeps nobody from signing in or out whose browser kept %s',
  (place) => {
    expect(ask('GET', 'csrf', keeping(place))).toBeNull()
    for (const path of ['signin/oidc', 'signout'])
      expect(ask('POST', path, keeping(place))).toBeNull()
    expect(
      ask('GET', `csrf?callbackUrl=${encodeURIComponent(place)}`, keeping(place))?.status,
    ).toBe(400)
  },
)

it.each(['@x', 'javascript:alert(1)', 'http://['])(
  'takes %s away from a browser that kept it',
  (place) => {
    const refused = ask('GET', 'csrf', keeping(place))
    expect(refused?.status).toBe(400)
    expect(refused?.headers.get('set-cookie')).toMatch(
      /^__Host-claviger\.callback=; Path=\/; .*Max-Age=0; Secure$/,
    )
  },
)

it('reads no body but a form', () => {
  for (const type of ['application/json', 'text/plain', 'multipart/form-data; boundary=x', '']) {
    expect(ask('POST', 'signin/oidc', type ? { 'content-type': type } : {})?.status).toBe(415)
  }
})
