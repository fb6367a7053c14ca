import { scopeOf, type Permission } from '../lib/auth/permissions'
import { actions, downloads, handlers, pages, posts, queries } from './doors'
import { expect, test } from './fixtures'
import { product } from './product'
import { readBuild } from './support/build'
import { query, someKeyOf, type KnownKey } from './support/inventory'
import { assignedTo, dataAccount, everyone, type Who } from './support/people'
import { ask } from './support/raw-request'
import { sessionOf } from './support/session'

const prodAccount = '527461390288'
const build = () => readBuild()
const own = new Map<string, KnownKey>()

test.describe.configure({ timeout: 240_000 })

test.beforeAll(async () => {
  for (const account of [dataAccount, prodAccount]) own.set(account, await someKeyOf(account))
})

function keyIn(account: string): KnownKey {
  const key = own.get(account)
  if (!key) throw new Error(`no key of ${account}`)
  return key
}

/** The route with a real key in it, of the account that everyone here may see. */
const addressOf = (route: string, { accountId, region, keyId } = keyIn(dataAccount)) =>
  route
    .replace('[account]', accountId)
    .replace('[region]', region)
    .replace('[keyId]', encodeURIComponent(keyId))
    .replace('[...rest]', 'no/such/page')

const cookieOf = async (who: Who) =>
  (await sessionOf(who)).cookies
    .filter(({ name }) => name.endsWith('.session'))
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ')
const holds = (who: Who, permission: Permission | 'anyone') =>
  permission === 'anyone' || scopeOf(assignedTo(who), permission) !== null

/** The refusal as a page draws it (HTML) or as it is streamed to the router (RSC), or as JSON. */
const isRefused = (body: string) =>
  body.includes('data-failure="forbidden"') ||
  /"code":"forbidden"/.test(body.replaceAll('\\"', '"'))

test('the build serves what doors.ts lists, and nothing else', () => {
  const built = build()
  expect(built.pages.toSorted()).toEqual(Object.keys(pages).toSorted())
  expect(built.handlers.toSorted()).toEqual(Object.keys({ ...handlers, ...posts }).toSorted())
  expect(built.actions.map(({ name }) => name).toSorted()).toEqual(Object.keys(actions).toSorted())
})

/**
 * The ways in which a page is asked for: as HTML and as the router's stream where it is refused,
 * and in one of them where it is drawn, which costs most: the next person asks in the other.
 */
function waysOf(who: Who, route: string, permission: Permission | 'anyone'): readonly boolean[] {
  if (!holds(who, permission)) return [false, true]
  return [(everyone.indexOf(who) + Object.keys(pages).indexOf(route)) % 2 === 1]
}

test('every page is asked for in both ways by those who may see it', () => {
  for (const [route, permission] of Object.entries(pages)) {
    if (permission === 'anyone') continue
    const asked = everyone
      .filter((who) => holds(who, permission))
      .flatMap((who) => waysOf(who, route, permission))
    expect([...new Set(asked)].toSorted(), route).toEqual([false, true])
  }
})

for (const who of everyone) {
  test(`${who}: every page, handler and action answers as the permission table says`, async () => {
    const cookie = await cookieOf(who)
    expect(cookie).not.toBe('')
    const { actions: built } = build()

    for (const [route, permission] of Object.entries(pages)) {
      if (permission === 'anyone') continue
      for (const isStreamed of waysOf(who, route, permission)) {
        const answer = await ask(addressOf(route) + (isStreamed ? '?_rsc=abcde' : ''), {
          headers: isStreamed ? { cookie, rsc: '1', 'next-url': '/' } : { cookie },
        })
        expect
          .soft(
            { route, status: answer.status, refused: isRefused(answer.body) },
            `${route} needs ${permission}`,
          )
          .toEqual({ route, status: 200, refused: !holds(who, permission) })
      }
    }
    const asked = [
      ...Object.entries(handlers).map(([route, permission]) => ({
        route,
        permission,
        search: queries[route] ?? '',
      })),
      ...Object.entries(downloads).map(([route, permission]) => ({
        route,
        permission,
        search: '?format=csv',
      })),
    ]
    for (const { route, permission, search } of asked) {
      if (permission === 'anyone') continue
      const { status } = await ask(addressOf(route) + search, {
        headers: { cookie, accept: 'application/json' },
      })
      if (holds(who, permission))
        expect.soft([200, 400, 404, 502, 503], `${route} lets ${who} in`).toContain(status)
      else expect.soft({ route, status }).toEqual({ route, status: 403 })
    }
    for (const [route, permission] of Object.entries(posts)) {
      // No import has this number: who is let in is told so.
      const { status } = await ask(`${route.replace('[importId]', '999999999')}?name=x`, {
        method: 'POST',
        body: 'x',
        headers: { cookie, origin: product.url, 'sec-fetch-site': 'same-origin' },
      })
      expect.soft({ route, status }).toEqual({ route, status: holds(who, permission) ? 404 : 403 })
    }
    for (const { id, name, page } of built) {
      const permission = actions[name]
      if (!permission) throw new Error(`${name} is not in doors.ts`)
      // null is no input of any action: who is let in is told so, and nothing happens.
      const answer = await ask(addressOf(page), {
        method: 'POST',
        body: '[null]',
        headers: {
          cookie,
          origin: product.url,
          'sec-fetch-site': 'same-origin',
          'next-action': id,
          'content-type': 'text/plain;charset=UTF-8',
          accept: 'text/x-component',
        },
      })
      const code = /"ok":false,"error":\{"code":"(\w+)"/.exec(answer.body)?.[1]
      expect
        .soft({ name, code })
        .toEqual({ name, code: holds(who, permission) ? 'invalid' : 'forbidden' })
    }
  })
}

test('someone of one account finds nothing of another, on any page or handler', async () => {
  const foreign = (
    await query<{ arn: string }>('SELECT "arn" FROM "Key" WHERE "accountId" <> $1', [dataAccount])
  ).map(({ arn }) => arn)
  expect(foreign.length).toBeGreaterThan(5)
  for (const who of ['data-viewer', 'data-auditor', 'data-admin'] as const) {
    const cookie = await cookieOf(who)
    const get = (path: string) => ask(path, { headers: { cookie } })
    const lists = [
      '/',
      '/keys',
      '/grants',
      '/accounts',
      '/api/keys',
      '/api/keys?pageSize=100',
      '/api/search?q=halden',
      `/api/search?q=${keyIn(prodAccount).keyId}`,
    ]
    for (const path of lists) {
      const { body } = await get(path)
      expect
        .soft(
          foreign.filter((arn) => body.includes(arn)),
          `${who} ${path}`,
        )
        .toEqual([])
    }
    for (const route of [...Object.keys(pages), ...Object.keys(handlers)].filter((path) =>
      path.includes('[account]'),
    )) {
      const { status, body } = await get(
        addressOf(route, keyIn(prodAccount)) + (queries[route] ?? ''),
      )
      const isShut =
        status === 404 ||
        status === 403 ||
        body.includes('data-failure="not_found"') ||
        body.includes('data-failure="forbidden"')
      expect
        .soft({ route, isShut, hasArn: body.includes(keyIn(prodAccount).arn) }, who)
        .toEqual({ route, isShut: true, hasArn: false })
    }
  }
})

test('an action from another origin, or from none, does nothing', async () => {
  const cookie = await cookieOf('admin')
  const { actions: built } = build()
  const setOwnerTag = built.find(({ name }) => name.endsWith(' setOwnerTag'))
  if (!setOwnerTag) throw new Error('no such action')
  const base = {
    cookie,
    'next-action': setOwnerTag.id,
    'content-type': 'text/plain;charset=UTF-8',
    accept: 'text/x-component',
  }
  const foreign: Record<string, string>[] = [
    {},
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: product.url, 'sec-fetch-site': 'cross-site' },
    { origin: product.url, 'sec-fetch-site': 'same-site' },
    { origin: 'https://evil.example', 'x-forwarded-host': 'evil.example' },
    { origin: product.url.replace('localhost', 'localhost.evil.example') },
  ]
  for (const headers of foreign) {
    const { body } = await ask('/settings/installation', {
      method: 'POST',
      headers: { ...base, ...headers },
      body: JSON.stringify([{ tag: 'stolen' }]),
    })
    expect.soft(body, JSON.stringify(headers)).not.toContain('"ok":true')
  }
  expect(await query(`SELECT 1 FROM "Setting" WHERE "name" = 'ownerTag'`)).toEqual([])
})
