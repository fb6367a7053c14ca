import { exportHandlers, handlers, pages } from './doors'
import { expect, test } from './fixtures'
import { product } from './product'
import { readBuild } from './support/build'
import { query, someKeyOf } from './support/inventory'
import { dataAccount } from './support/people'
import { ask, type Answer } from './support/raw-request'
import { headerVariants, spellingsOf } from './support/variants'
import { sessionOf } from './support/session'

test.describe.configure({ timeout: 240_000 })

/**
 * What only someone signed in may read: ids of keys and accounts, e-mail
 * addresses, names of settings.
 */
async function readSecrets(): Promise<string[]> {
  const rows = await query<{ secret: string }>(`
    SELECT "keyId" AS secret FROM "Key" UNION SELECT "id" FROM "Account" UNION SELECT "name" FROM "Account"
    UNION SELECT "email" FROM "Person" UNION SELECT "group" FROM "GroupMapping"`)
  return rows.map(({ secret }) => secret).filter((secret) => secret.length > 5)
}

let secrets: string[] = []
test.beforeAll(async () => {
  await sessionOf('admin') // so that there is a person whose address could leak
  await someKeyOf(dataAccount)
  secrets = await readSecrets()
  expect(secrets.length).toBeGreaterThan(20)
})

function expectNothing(answer: Answer, what: string) {
  expect
    .soft(
      secrets.filter((secret) => answer.body.includes(secret)),
      `${what}: ${answer.status}`,
    )
    .toEqual([])
  if (answer.location)
    expect
      .soft(new URL(answer.location, product.url).origin, `${what} leads away`)
      .toBe(product.url)
  expect
    .soft(answer.headers['set-cookie'] ?? [], `${what} sets a session`)
    .not.toContainEqual(expect.stringContaining('.session='))
}

/** Puts a key that is there into the places of an address. */
async function filler(): Promise<(route: string) => string> {
  const { accountId, region, keyId } = await someKeyOf(dataAccount)
  const places = {
    '[account]': accountId,
    '[region]': region,
    '[keyId]': keyId,
    '[...rest]': 'no/such/page',
  }
  return (route) =>
    Object.entries(places).reduce((path, [place, value]) => path.replace(place, value), route)
}

async function addresses(): Promise<{ pages: string[]; handlers: string[] }> {
  const fill = await filler()
  const shut = (table: Record<string, string>) =>
    Object.entries(table)
      .filter(([, permission]) => permission !== 'anyone')
      .map(([route]) => fill(route))
  return { pages: [...shut(pages), '/no/such/page'], handlers: shut(handlers) }
}
/**
 * Ids in our own address come back in the way to sign-in; they are what was asked, not what is
 * known.
 */
const withoutEcho = (answer: Answer, path: string): Answer => ({
  ...answer,
  body: path
    .split('/')
    .reduce((body, part) => (part.length > 5 ? body.replaceAll(part, '') : body), answer.body),
})

const bareChildren = /^\d+:\[\["children",\{"s":.*$/
const bareRoot =
  /^\d+:\{"q":"[^"]*","i":(true|false),"S":(true|false),"r":"\$undefined","b":"[^"]+","t":\{.*$/
/**
 * The answer to a prefetch: which segments an address has, as its own spelling
 * says, and nothing rendered.
 */
const isBareTree = (body: string) =>
  body
    .trim()
    .split('\n')
    .every((line) => bareChildren.test(line) || bareRoot.test(line))

test('a page without a session leads to sign-in and says nothing, whatever the headers', async () => {
  for (const path of (await addresses()).pages) {
    for (const headers of headerVariants) {
      const answer = await ask(path, { headers })
      expectNothing(withoutEcho(answer, path), `${path} ${JSON.stringify(headers)}`)
      const leads =
        answer.location.startsWith('/sign-in') ||
        /NEXT_REDIRECT;replace;\/sign-in/.test(answer.body)
      expect
        .soft(
          {
            leads:
              leads ||
              answer.status >= 400 ||
              answer.body.length < 200 ||
              ('next-router-prefetch' in headers || 'next-router-segment-prefetch' in headers
                ? isBareTree(answer.body)
                : false),
          },
          `${path} ${JSON.stringify(headers)}: ${answer.status} ${answer.body.slice(0, 300)}`,
        )
        .toEqual({ leads: true })
    }
  }
})

test('nor however the address is spelled, or the method', async () => {
  const all = await addresses()
  for (const path of [...all.pages, ...all.handlers]) {
    for (const spelled of spellingsOf(path))
      expectNothing(withoutEcho(await ask(spelled), path), spelled)
    for (const method of ['HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])
      expectNothing(withoutEcho(await ask(path, { method }), path), `${method} ${path}`)
  }
})

test('a handler without a session answers 401, whatever the headers', async () => {
  for (const path of (await addresses()).handlers) {
    for (const headers of headerVariants) {
      const answer = await ask(path, { headers: { accept: 'application/json', ...headers } })
      expectNothing(withoutEcho(answer, path), `${path} ${JSON.stringify(headers)}`)
      expect.soft({ path, headers, status: answer.status }).toEqual({ path, headers, status: 401 })
    }
  }
})

test('an action without a session is refused', async () => {
  for (const { id, name, page } of readBuild().actions) {
    const path = page.includes('[') ? '/settings' : page
    const answer = await ask(path, {
      method: 'POST',
      body: '[null]',
      headers: {
        origin: product.url,
        'next-action': id,
        'content-type': 'text/plain;charset=UTF-8',
        accept: 'text/x-component',
      },
    })
    expectNothing(answer, name)
    expect
      .soft({
        name,
        ran: answer.body.includes('"ok":true') || /"code":"(invalid|unexpected)"/.test(answer.body),
      })
      .toEqual({ name, ran: false })
  }
})

test('a made-up or foreign session cookie is no session', async () => {
  const [session] = (await sessionOf('admin')).cookies.filter(({ name }) =>
    name.endsWith('.session'),
  )
  if (!session) throw new Error('no session cookie')
  const flipped =
    session.value.slice(0, -8) +
    (session.value.at(-8) === 'A' ? 'B' : 'A') +
    session.value.slice(-7)
  for (const value of [
    'x',
    flipped,
    session.value.slice(0, 60),
    'eyJhbGciOiJub25lIn0..',
    `${session.value}x`,
  ]) {
    const answer = await ask('/settings', { headers: { cookie: `${session.name}=${value}` } })
    expect
      .soft({ status: answer.status, location: answer.location }, value.slice(0, 20))
      .toEqual({ status: 307, location: '/sign-in?from=%2Fsettings' })
  }
})

test('nothing is said to a request that was sent to another name, with a session or without', async () => {
  const cookie = (await sessionOf('admin')).cookies
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ')
  const { port } = new URL(product.url)
  for (const host of ['evil.example', `evil.example:${port}`, `127.0.0.1:${port}`]) {
    for (const path of [
      '/',
      '/settings',
      '/sign-in',
      '/api/keys',
      '/api/auth/csrf',
      '/api/auth/callback/oidc?code=x&state=y',
    ]) {
      const answer = await ask(path, {
        headers: { host, cookie, 'x-forwarded-host': new URL(product.url).host },
      })
      expect
        .soft({ host, path, status: answer.status, cookies: answer.headers['set-cookie'] })
        .toEqual({ host, path, status: 421, cookies: undefined })
      expectNothing(answer, path)
    }
    expect((await ask('/api/health', { headers: { host } })).status).toBe(200)
  }
})

test('an export is written down in nobody’s name for a link of another site, nor for HEAD', async () => {
  const cookie = (await sessionOf('auditor')).cookies
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ')
  const exported = async () =>
    (await query(`SELECT 1 FROM "AuditEntry" WHERE "event" LIKE '%xported'`)).length
  const before = await exported()
  const fill = await filler()
  for (const path of exportHandlers.map((address) => `${fill(address)}?format=csv`)) {
    const navigated = await ask(path, {
      headers: { cookie, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
    })
    expect.soft({ path, status: navigated.status }).toEqual({ path, status: 403 })
    expect.soft((await ask(path, { method: 'HEAD', headers: { cookie } })).status, path).toBe(400)
  }
  expect(await exported()).toBe(before)
})

test('every answer carries the headers that keep a page from being framed, sniffed or scripted', async () => {
  for (const path of ['/sign-in', '/settings', '/api/health', '/no/such/page']) {
    const { headers } = await ask(path)
    expect
      .soft(headers['content-security-policy'], path)
      .toMatch(
        /script-src 'nonce-[^']{20,}' 'strict-dynamic';.*object-src 'none'; base-uri 'none'.*frame-ancestors 'none'/,
      )
    expect.soft(headers, path).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'permissions-policy': expect.stringContaining('camera=()'),
    })
    expect.soft(headers['x-powered-by'], path).toBeUndefined()
  }
  const bare = ['/_next/static/none.js', '/_next/static/%ff', '/%', '/keys/%ed%a0%80']
  for (const path of [
    ...bare,
    '/_next/staticx',
    '/_next/image',
    '/_next/none',
    '/api/auth/csrf?callbackUrl=@x',
  ]) {
    const { status, headers, body } = await ask(path)
    expect
      .soft(headers['content-security-policy'], path)
      .toMatch(bare.includes(path) ? /^default-src 'none'; script-src 'self';/ : /'nonce-/)
    expect
      .soft(headers, path)
      .toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' })
    expect
      .soft({ status: status < 500, isPage: bare.includes(path) && body.includes('<html') }, path)
      .toEqual({ status: true, isPage: false })
  }
  expect((await ask('/', { method: 'TRACE' })).status).toBe(405)
  const nonces = await Promise.all([ask('/sign-in'), ask('/sign-in')])
  expect(nonces[0]?.headers['content-security-policy']).not.toBe(
    nonces[1]?.headers['content-security-policy'],
  )
})
