/** Requests from a seed, over every door. */
import { actions, handlers, pages, queries } from '../doors'
import { readBuild, type BuiltAction } from '../support/build'
import type { KnownKey } from '../support/inventory'
import { product } from '../product'
import { headerVariants, spellingsOf } from '../support/variants'
import type { Random } from './random'
import { anyInput, queryNames, templatesFor } from './templates'
import { mutate, nastyText, nastyValue } from './values'
import { askers, type Asker, type World } from './world'

export type Shot = {
  who: Asker
  method: string
  path: string
  headers: Record<string, string>
  body?: string
  /** Which door it is for. */
  door: 'handler' | 'page' | 'action' | 'path' | 'sign-in'
}

/** They end the sessions that the campaign itself asks with. */
const sparing = /\b(endMySessions|endPersonSessions)$/

/** What the makers of a campaign share. */
type Tools = { world: World; random: Random; fill: (route: string) => string }
type Made = Omit<Shot, 'who' | 'door'>

const routes = { handler: Object.keys(handlers), page: Object.keys(pages) }

export function makeShots(world: World, random: Random): () => Shot {
  const built = readBuild().actions.filter(({ name }) => name in actions && !sparing.test(name))
  const tools: Tools = { world, random, fill: makeFill(world, random) }
  const makers: Record<Shot['door'], () => Made> = {
    handler: () => makeHandlerShot(tools),
    page: () => makePageShot(tools),
    path: () => makePathShot(tools),
    'sign-in': () => makeSignInShot(tools),
    action: () => makeAction(random, world, random.pick(built), tools.fill),
  }
  const doors: Shot['door'][] = [
    'handler',
    'handler',
    'handler',
    'action',
    'action',
    'page',
    'page',
    'path',
    'sign-in',
  ]
  return () => {
    const door = random.pick(doors)
    return { who: random.pick(askers), door, ...makers[door]() }
  }
}

const makeFill = (world: World, random: Random) => (route: string) =>
  fillRoute(route, random.pick(random.once(2) ? world.own : world.foreign), (name) =>
    random.once(3)
      ? encode(nastyText(random))
      : random.once(2)
        ? random.pick(world.real)
        : `${name}`,
  )

function makeQuery({ world, random }: Tools, route: string): string {
  const known = random.once(2) ? (queries[route] ?? '').slice(1) : ''
  const more = Array.from({ length: random.next(4) }, () => {
    const value = random.once(3) ? random.pick(world.real) : nastyText(random)
    const name = random.pick(queryNames)
    const sent = random.once(12) ? value.replace(/[\s\0-\x1f#\x7f-\uffff]/gu, '') : encode(value)
    return `${name}=${sent}`
  })
  const text = [known, ...more].filter(Boolean).join('&')
  return text && `?${text}`
}

function makeHandlerShot(tools: Tools): Made {
  const { random, fill } = tools
  const route = random.pick(routes.handler)
  const method = random.once(15)
    ? random.pick(['POST', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PATCH'])
    : 'GET'
  return {
    method,
    path: fill(route) + makeQuery(tools, route),
    headers: { accept: 'application/json', ...oddHeaders(random) },
  }
}

function makePageShot(tools: Tools): Made {
  const { random, fill } = tools
  const route = random.pick(routes.page)
  return {
    method: random.once(20) ? 'POST' : 'GET',
    path: fill(route) + makeQuery(tools, route),
    headers: random.pick(headerVariants),
  }
}

function makePathShot({ random, fill }: Tools): Made {
  const path = random.once(2)
    ? random.pick(spellingsOf(fill(random.pick([...routes.page, ...routes.handler]))))
    : oddPath(random)
  return {
    method: random.once(6) ? 'POST' : 'GET',
    path: onTheWire(path),
    headers: random.pick(headerVariants),
  }
}

const signInEnds = [
  'csrf',
  'signin/oidc',
  'signin',
  'callback/oidc',
  'callback',
  'error',
  'session',
  'providers',
  'constructor',
  '',
  'callback/x',
]

function makeSignInShot(tools: Tools): Made {
  const { random } = tools
  const end = random.pick(signInEnds)
  const form = random.once(2)
    ? 'application/x-www-form-urlencoded'
    : random.pick(['application/json', 'multipart/form-data; boundary=x', 'x'])
  const method = random.once(2) ? 'GET' : 'POST'
  const body = `csrfToken=${encode(nastyText(random))}&callbackUrl=${encode(nastyText(random))}`
  return {
    method,
    path: `/api/auth/${end}${makeQuery(tools, '')}`,
    headers: { 'content-type': form },
    ...(method === 'POST' ? { body } : {}),
  }
}

function makeAction(
  random: Random,
  world: World,
  { id, name, page }: BuiltAction,
  fill: (route: string) => string,
): Made {
  const key: KnownKey = random.pick(random.once(2) ? world.own : world.foreign)
  const template = templatesFor(key)[name.split(' ').at(-1) ?? ''] ?? anyInput
  const input = random.once(6) ? nastyValue(random) : mutate(template, random, world.real)
  const headers = {
    origin: random.once(25) ? nastyText(random).replace(/[^\x20-\x7e]/g, '') : product.url,
    'sec-fetch-site': 'same-origin',
    accept: 'text/x-component',
    'next-action': random.once(25) ? id.slice(0, -1) : id,
    'content-type': 'text/plain;charset=UTF-8',
  }
  const json = JSON.stringify([input]) ?? '[]'
  const path = onTheWire(fill(page))
  if (random.once(4)) {
    const parts: [string, string][] = [
      ['0', json],
      ['1', random.once(2) ? nastyText(random) : (JSON.stringify(nastyValue(random)) ?? '')],
    ]
    return {
      method: 'POST',
      path,
      headers: { ...headers, 'content-type': 'multipart/form-data; boundary=edge' },
      body: multipart(parts, random),
    }
  }
  const broken = random.once(12) ? json.slice(0, random.next(json.length)) : json
  return { method: 'POST', path, headers, body: random.once(30) ? nastyText(random) : broken }
}

function multipart(parts: readonly [string, string][], random: Random): string {
  const text = parts
    .map(
      ([name, value]) =>
        `--edge\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    )
    .join('')
  if (random.once(3)) return text.slice(0, random.next(text.length))
  return `${random.once(6) ? text.replace('name=', random.pick(['', 'nam', 'filename="x"; name='])) : text}--edge--\r\n`
}

const fillRoute = (
  route: string,
  { accountId, region, keyId }: KnownKey,
  other: (name: string) => string,
): string =>
  onTheWire(
    route
      .replace('[account]', accountId)
      .replace('[region]', region)
      .replace('[keyId]', encodeURIComponent(keyId))
      .replaceAll(/\[(?:\.\.\.)?(\w+)\]/g, (_, name: string) => other(name)),
  )

/** Half letters have no percent-encoding. */
const encode = (text: string) => encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, '\ufffd'))
/** What a client can send at all: HTTP ends at a space. */
const onTheWire = (path: string) =>
  path.replaceAll(/[^\x21-\x7e]/gu, (char) => encode(char)).slice(0, 7_000) || '/'

function oddPath(random: Random): string {
  const pieces = [
    '/',
    '//',
    '/.',
    '/..',
    '%',
    '%2',
    '%2f',
    '%5c',
    '%00',
    '%ff',
    '%ed%a0%80',
    ';',
    '\\',
    'keys',
    'api',
    '_next',
    'static',
    '.env',
    '.git',
    '@',
    '[x]',
    '~',
    '*',
  ]
  return `/${Array.from({ length: 1 + random.next(8) }, () => random.pick(pieces)).join('')}`
}

function oddHeaders(random: Random): Record<string, string> {
  if (!random.once(3)) return {}
  const value = nastyText(random)
    .replaceAll(/[^\x20-\x7e]/g, '')
    .slice(0, 2_000)
  return {
    [random.pick([
      'accept',
      'range',
      'if-none-match',
      'accept-language',
      'x-forwarded-for',
      'referer',
      'cookie',
      'content-type',
      'accept-encoding',
    ])]: value,
  }
}
