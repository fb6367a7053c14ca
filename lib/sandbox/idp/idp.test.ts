import { createHash, randomBytes } from 'node:crypto'
import { request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readArguments, type IdpOptions } from './arguments'
import { errorPage, pickPage } from './html'
import { keepKeys } from './keys'
import { people } from './people'
import { makeProvider } from './provider'
import { makeServer } from './server'

const redirect = 'http://localhost:3999/api/auth/callback/oidc'
let options: IdpOptions
let server: Server

async function findPort(): Promise<number> {
  const listener = createServer()
  await new Promise<void>((ready) => listener.listen(0, '127.0.0.1', ready))
  const { port } = listener.address() as AddressInfo // a TCP server's address is one
  await new Promise((closed) => listener.close(closed))
  return port
}

beforeAll(async () => {
  const port = await findPort()
  options = readArguments(
    [
      '--port',
      String(port),
      '--issuer',
      `http://127.0.0.1:${port}`,
      '--client-id',
      'claviger',
      '--redirect',
      redirect,
    ],
    { OIDC_CLIENT_SECRET: 's'.repeat(32) },
  )
  server = makeServer(makeProvider(options, keepKeys(undefined)), options)
  await new Promise<void>((ready) => server.listen(port, '127.0.0.1', ready))
})
afterAll(() => new Promise((closed) => server.close(closed)))

/** A browser: keeps cookies, follows redirects until one leads away from the provider. */
function makeBrowser() {
  const jar = new Map<string, string>()
  return async function go(
    url: string,
    init: RequestInit = {},
  ): Promise<{ url: string; status: number; body: string }> {
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: {
        ...init.headers,
        cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
      },
    })
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';')
      const [name = '', value = ''] = pair.split('=')
      if (value) jar.set(name, value)
      else jar.delete(name)
    }
    const location = response.headers.get('location')
    if (location === null) return { url, status: response.status, body: await response.text() }
    const next = new URL(location, url)
    return next.origin === new URL(options.issuer).origin
      ? go(next.href)
      : { url: next.href, status: response.status, body: '' }
  }
}

it('takes its secret from the environment alone, and says so without one', () => {
  const rest = ['--client-id', 'claviger', '--redirect', redirect]
  expect(() => readArguments(rest, {})).toThrow('OIDC_CLIENT_SECRET')
  expect(() =>
    readArguments([...rest, '--client-secret', 'x'], { OIDC_CLIENT_SECRET: 'x' }),
  ).toThrow('--client-secret')
})

const verifier = randomBytes(32).toString('base64url')
const authorizeUrl = (more: Record<string, string> = {}) =>
  `${options.issuer}/auth?${new URLSearchParams({
    client_id: 'claviger',
    response_type: 'code',
    redirect_uri: redirect,
    scope: 'openid email profile',
    state: 'st',
    nonce: 'no',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...more,
  })}`

async function signInAs(person: string) {
  const go = makeBrowser()
  const pick = await go(authorizeUrl())
  return go(pick.url, { method: 'POST', body: new URLSearchParams({ person }) })
}
const exchange = (code: string, secret = 's'.repeat(32), codeVerifier = verifier) =>
  fetch(`${options.issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`claviger:${secret}`).toString('base64')}` },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirect,
      code_verifier: codeVerifier,
    }),
  })

describe('the local identity provider', () => {
  it('is healthy, and says where its endpoints are', async () => {
    expect(await (await fetch(`${options.issuer}/health`)).json()).toEqual({ ok: true })
    const discovery = (await (
      await fetch(`${options.issuer}/.well-known/openid-configuration`)
    ).json()) as Record<string, unknown>
    expect(discovery).toMatchObject({
      issuer: options.issuer,
      code_challenge_methods_supported: ['S256'],
    })
  })

  it('gives whoever was picked, with groups and a verified address, in an ID token for our nonce', async () => {
    for (const person of people) {
      const back = new URL((await signInAs(person.id)).url)
      expect(`${back.origin}${back.pathname}`).toBe(redirect)
      expect(back.searchParams.get('state')).toBe('st')
      const { id_token } = (await (await exchange(back.searchParams.get('code') ?? '')).json()) as {
        id_token: string
      }
      const claims: unknown = JSON.parse(
        Buffer.from(id_token.split('.')[1] ?? '', 'base64url').toString(),
      )
      expect(claims).toMatchObject({
        iss: options.issuer,
        aud: 'claviger',
        nonce: 'no',
        sub: person.id,
        email: person.email,
        email_verified: true,
        name: person.name,
        groups: [...person.groups],
      })
    }
  })

  it('asks anew at the next sign-in of the same browser', async () => {
    const go = makeBrowser()
    const pick = await go(authorizeUrl())
    expect(
      (await go(pick.url, { method: 'POST', body: new URLSearchParams({ person: 'viewer' }) })).url,
    ).toContain(redirect)
    const again = await go(authorizeUrl())
    expect(again.body).toContain('Sign in as')
    const back = new URL(
      (await go(again.url, { method: 'POST', body: new URLSearchParams({ person: 'approver' }) }))
        .url,
    )
    const { id_token } = (await (await exchange(back.searchParams.get('code') ?? '')).json()) as {
      id_token: string
    }
    expect(Buffer.from(id_token.split('.')[1] ?? '', 'base64url').toString()).toContain(
      '"sub":"approver"',
    )
  })

  it('refuses what a real one refuses: no PKCE, another redirect, a wrong secret, verifier or used code', async () => {
    const go = makeBrowser()
    expect(
      (await go(authorizeUrl({ code_challenge: '', code_challenge_method: '' }))).url,
    ).toContain('error=invalid_request')
    expect(await go(authorizeUrl({ redirect_uri: 'https://evil.example/' }))).toMatchObject({
      status: 400,
    })
    const codeOf = async () =>
      new URL((await signInAs('viewer')).url).searchParams.get('code') ?? ''
    expect((await exchange(await codeOf(), 'wrong')).status).toBe(401)
    expect((await exchange(await codeOf(), undefined, 'x'.repeat(43))).status).toBe(400)
    const code = await codeOf()
    expect((await exchange(code)).status).toBe(200)
    expect((await exchange(code)).status).toBe(400)
  })

  it('answers by query alone: no page holds a code, whoever asks for one', async () => {
    for (const mode of ['form_post', 'fragment', 'web_message', 'jwt', 'query.jwt']) {
      const go = makeBrowser()
      const answer = await go(authorizeUrl({ response_mode: mode }))
      expect(answer.body, mode).not.toContain('Sign in as')
      expect(answer.url, mode).not.toMatch(/[?&#]code=/)
    }
    expect((await makeBrowser()(authorizeUrl({ response_mode: 'query' }))).body).toContain(
      'Sign in as',
    )
  })

  it('answers to its own names, and to none that was re-bound to this machine', async () => {
    const { port } = new URL(options.issuer)
    const statusAt = (host: string, path: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        request({ host: '127.0.0.1', port, path, headers: { host } }, (response) => {
          response.resume()
          resolve(response.statusCode)
        })
          .on('error', reject)
          .end()
      })
    const { pathname, search } = new URL(authorizeUrl())
    for (const path of ['/health', '/.well-known/openid-configuration', pathname + search]) {
      for (const host of [
        `evil.example:${port}`,
        'evil.example',
        `127.0.0.1.evil.example:${port}`,
        '127.0.0.1:1',
      ]) {
        expect(await statusAt(host, path), `${host} ${path}`).toBe(421)
      }
      for (const host of [`127.0.0.1:${port}`, `localhost:${port}`])
        expect(await statusAt(host, path), host).toBeLessThan(400)
    }
  })

  it('signs in nobody it does not know, and nobody without a sign-in that was begun here', async () => {
    const go = makeBrowser()
    const pick = await go(authorizeUrl())
    expect(
      await go(pick.url, { method: 'POST', body: new URLSearchParams({ person: 'root' }) }),
    ).toMatchObject({ status: 400, url: pick.url })
    expect(await makeBrowser()(pick.url)).toMatchObject({ status: 400 })
  })

  it('escapes what it shows', () => {
    const hostile = { id: '"><script>', name: '<b>', email: '', work: "'&", groups: ['<i>'] }
    expect(pickPage('/x', [hostile]) + errorPage('<img src=x>')).not.toMatch(/<script|<b>|<i>|<img/)
  })

  it('has each group of its people in the mappings, so that everyone but the newcomer gets a role', async () => {
    const { default: mappings } = await import('./group-mappings.json', { with: { type: 'json' } })
    const mapped = new Set(mappings.map(({ group }) => group))
    expect(
      people.filter(({ groups }) => !groups.some((group) => mapped.has(group))).map(({ id }) => id),
    ).toEqual(['newcomer'])
  })
})
