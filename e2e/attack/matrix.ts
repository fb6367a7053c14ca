/** Everything a person of one account could ask with the ids of others. */
import { actions, downloads, handlers, pages, queries } from '../doors'
import { product } from '../product'
import { readBuild } from '../support/build'
import type { KnownKey } from '../support/inventory'
import { templatesFor } from './templates'
import type { Shot } from './requests'
import { scopedPeople, type Asker, type World } from './world'

const fill = (route: string, { accountId, region, keyId }: KnownKey) =>
  route
    .replace('[account]', accountId)
    .replace('[region]', region)
    .replace('[keyId]', keyId)
    .replace('[...rest]', 'no/such/page')
    .replace('[id]', '00000000-0000-4000-8000-000000000000')
    .replace('[seq]', '1')
    .replace('[...nextauth]', 'csrf')

/** Ways to ask a list or a search for one thing. */
function searchesFor({ arn, accountId, keyId, region }: KnownKey, own: KnownKey): string[] {
  const text = encodeURIComponent(keyId)
  const role = encodeURIComponent(`arn:aws:iam::${accountId}:role/x`)
  const filters = [
    `*.has.${text}`,
    `accountId.eq.${accountId}`,
    `or(accountId.eq.${accountId},keyState.eq.Enabled)`,
    `accountId.ne.x`,
  ]
  const ownKey = `/api/keys/${own.accountId}/${own.region}/${own.keyId}`
  return [
    ...filters.flatMap((filter) =>
      ['/api/keys', '/api/grants', '/keys', '/grants'].flatMap((path) => {
        const address = `${path}?filter=${encodeURIComponent(filter)}&pageSize=100`
        return path in downloads ? [address, `${address}&format=csv`] : [address]
      }),
    ),
    `/api/search?q=${text}`,
    `/api/search?q=${accountId}`,
    `/api/search?q=${encodeURIComponent(arn)}`,
    `/api/access/compare?a=${encodeURIComponent(own.arn)}&b=${encodeURIComponent(arn)}`,
    `/api/access/of-principal?principal=${role}`,
    `/api/access/principals?q=${accountId}`,
    `/api/requests/form/keys?arns=${encodeURIComponent(arn)}`,
    `/api/requests/form/aliases?account=${accountId}&region=${region}`,
    `/api/approval-rules/deciders?account=${accountId}`,
    `${ownKey}/access/explain?principal=${role}&action=kms%3ADecrypt`,
    `${ownKey}/policy/principals?q=${accountId}`,
    `/requests/new?key=${encodeURIComponent(arn)}`,
  ]
}

/** `mostAccounts`: how many other accounts are asked about, with a key of each. */
export function* matrixShots(world: World, mostAccounts: number): Generator<Shot, undefined> {
  const [own] = world.own
  if (!own) throw new Error('no own key')
  const others = [...new Map(world.foreign.map((key) => [key.accountId, key])).values()].slice(
    0,
    mostAccounts,
  )
  const [other] = others
  for (const who of scopedPeople) {
    for (const path of lists) yield { who, method: 'GET', path, headers: {}, door: 'page' }
    for (const key of others) yield* readsOf(key, own, who)
    if (other) yield* actsOn(other, own, who)
  }
}

/** Pages and handlers that list what is of several accounts. */
const lists = [
  '/',
  '/keys',
  '/api/keys/tags',
  '/api/accounts',
  '/accounts',
  '/api/requests',
  '/requests',
  '/settings/approval-rules',
  '/access/external',
  '/api/access/external',
  '/api/requests/overview',
  '/api/notifications',
]

const isOfAccount = (route: string) => route.includes('[account]')

function* readsOf(key: KnownKey, own: KnownKey, who: Asker): Generator<Shot, undefined> {
  const get = { who, method: 'GET' }
  for (const route of Object.keys(pages).filter(isOfAccount))
    yield { ...get, path: fill(route, key), headers: { rsc: '1' }, door: 'page' }
  for (const route of Object.keys(handlers).filter(isOfAccount))
    yield {
      ...get,
      path: fill(route, key) + (queries[route] ?? ''),
      headers: {},
      door: 'handler',
    }
  for (const path of searchesFor(key, own)) yield { ...get, path, headers: {}, door: 'handler' }
}

/** Every action that has a template, about a key of another account. */
function* actsOn(key: KnownKey, own: KnownKey, who: Asker): Generator<Shot, undefined> {
  const inputs = templatesFor(key)
  for (const { id, name, page } of readBuild().actions) {
    const input = name in actions ? inputs[name.split(' ').at(-1) ?? ''] : undefined
    if (input === undefined) continue
    yield {
      who,
      method: 'POST',
      path: fill(page, own),
      headers: {
        origin: product.url,
        'sec-fetch-site': 'same-origin',
        accept: 'text/x-component',
        'next-action': id,
        'content-type': 'text/plain;charset=UTF-8',
      },
      body: JSON.stringify([input]),
      door: 'action',
    }
  }
}
