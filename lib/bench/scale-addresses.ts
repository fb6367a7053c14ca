// What is asked: every page and handler of e2e/doors.ts, with what its address must name, and every
// filter and order of every table.
import { exportHandlers, handlers, pages, queries } from '../../e2e/doors'
import { externalTable } from '../access/external-table'
import { sweepsSource } from '../accounts/sweeps-table'
import { auditTable } from '../audit/audit-table'
import { outOfBandTable } from '../changes/match/out-of-band-table'
import { grantsTable } from '../grants/grants-table'
import { keysTable } from '../inventory/table/keys-table'
import { eventsTable } from '../trail/events-table'
import type { Property, TableDefinition } from '../table/definition'
import { bigAccount } from './fill-scale-inventory'

export type AskedKey = { arn: string; keyId: string; region: string }

/** What addresses name. */
export type World = {
  /** With most grants of all, in the account with most keys and many roles; and one like others. */
  hotKey: AskedKey
  plainKey: AskedKey
  /** A grantee of many keys. */
  principal: string
  /** Of the person who asks: a request of a hundred open changes, a draft of as many. */
  manyOpen: string
  manyDraft: string
  ordinaryRequest: string
  ordinaryChange: string
  policyDraft: string
  usageAudit: string
  /** Two texts that the policy of the hot key had. */
  versions: readonly [from: number, to: number]
  keys: number
}

export type Kind = 'page' | 'list' | 'handler' | 'export'
export type Address = { door: string; path: string; kind: Kind }

/** Answers that are a page of rows, or what is counted beside them. */
const lists: readonly string[] = [
  '/api/search',
  '/api/access/external',
  '/api/accounts',
  '/api/accounts/sweeps',
  '/api/audit',
  '/api/grants',
  '/api/notifications',
  '/api/requests',
  '/api/requests/overview',
  '/api/trail',
  '/api/trail/out-of-band',
  '/api/keys',
  '/api/keys/tags',
]

/** These end or hand out all of a table, however long that is. */
const whole: readonly string[] = [...exportHandlers, '/api/audit/check']

const tables: readonly TableDefinition[] = [
  keysTable,
  grantsTable,
  externalTable,
  auditTable,
  sweepsSource.definition,
  eventsTable,
  outOfBandTable,
]

/** A value that many rows have; what is not named here has values of its own, or takes any text. */
const samples: Readonly<Record<string, string>> = {
  account: bigAccount,
  region: 'eu-west-1',
  state: 'Disabled',
  spec: 'RSA_2048',
  usage: 'SIGN_VERIFY',
  origin: 'EXTERNAL',
  manager: 'CUSTOMER',
  kind: 'core',
  status: 'partial',
  event: 'request.sent',
  person: 'Ada Moss 56',
  owner: 'payments',
  principal: 'partner',
  request: 'R-17',
}

function filterOf(id: string, { kind, values }: Property): string {
  const sample = samples[id]
  if (kind === 'number') return `${id}.gt.10`
  if (kind === 'date') return `${id}.lt.2026-08-01`
  if (kind === 'enum') return `${id}.eq.${sample ?? values?.[0] ?? 'orders'}`
  return `${id}.has.${sample ?? 'orders'}`
}

/** Each filter, each order and the last page of a table. */
function searchesOf(table: TableDefinition, rows: number): string[] {
  const filters = Object.entries(table.properties).map(
    ([id, property]) => `filter=${encodeURIComponent(filterOf(id, property))}`,
  )
  const tags = table.tags ? ['tag:team.eq.payments', 'tag:team.has.pay', '*.has.customer'] : []
  const sorts = table.columns.filter(({ sortable }) => sortable).map(({ id }) => `sort=-${id}`)
  return [
    ...filters,
    ...tags.map((filter) => `filter=${encodeURIComponent(filter)}`),
    ...sorts,
    'filter=*.has.zzzz',
    `page=${Math.max(1, Math.floor(rows / 50))}`,
  ]
}

/** As many as a page of denied calls asks about at once. */
const asksOf = (ask: object) =>
  encodeURIComponent(JSON.stringify(Array.from({ length: 20 }, () => ask)))

/** What else a door is asked with, beside its plain address. */
function moreOf({ hotKey, plainKey, principal, manyOpen, ...world }: World) {
  const arn = encodeURIComponent(hotKey.arn)
  const other = encodeURIComponent(plainKey.arn)
  const held = encodeURIComponent(principal)
  const more: Record<string, string[]> = {
    '/requests/decide': [`id=${manyOpen}`],
    '/requests/new': ['', `kind=grant-create&key=${arn}`, `kind=policy-put&key=${arn}`],
    '/api/access/compare': [`a=${arn}&b=${other}`],
    '/api/access/held': [`principal=${held}`],
    '/api/trail/principal': [`principal=${held}&days=365`],
    '/api/trail/denied/now': [
      `asks=${asksOf({ principal, key: hotKey.arn, operation: 'Decrypt' })}`,
    ],
    '/api/trail/denied/changes': [
      `asks=${asksOf({ key: hotKey.arn, firstAt: '2026-11-30T00:00:00Z' })}`,
    ],
    '/api/access/of-principal': [`principal=${held}`, `principal=${held}&only=all&page=2`],
    '/api/access/principals': ['q=orders-service-2', 'q=zzzz'],
    '/api/approval-rules/deciders': [`account=${bigAccount}&arn=${arn}`],
    '/api/search': ['q=orders', 'q=or', 'q=partner', 'q=zzzz', 'q=arn:aws:kms:eu'],
    '/api/requests': [
      '',
      'box=mine',
      'box=all',
      'box=all&page=300',
      'box=all&status=failed',
    ].concat('box=all&text=invoices', 'box=all&text=zzzz'),
    '/api/requests/trail': [`change=${world.ordinaryChange}`],
    '/api/requests/form/keys': [`arns=${arn},${other}`],
    '/api/requests/form/aliases': [`account=${bigAccount}&region=${hotKey.region}&q=orders`],
    '/api/audit/check': ['last=10000'],
    '/notifications': ['', 'page=4', 'show=unread'],
    '/settings': ['', 'q=ada', 'page=20'],
    [`${keyRoute}/access/explain`]: [`principal=${held}&action=kms%3ADecrypt`],
    [`${keyRoute}/policy/compare`]: [`from=${world.versions[0]}&to=${world.versions[1]}`],
    [`${keyRoute}/policy/draft`]: [`draft=${world.policyDraft}`],
    [`${keyRoute}/policy/impact`]: [`draft=${world.policyDraft}`],
    [`${keyRoute}/policy/principals`]: ['q=orders'],
  }
  for (const table of tables) more[`/api${table.path}`] = ['', ...searchesOf(table, world.keys)]
  return more
}

const keyRoute = '/api/keys/[account]/[region]/[keyId]'

/** Values of what stands in brackets in an address, each of which is asked. */
function placesOf(door: string, world: World): Record<string, string>[] {
  const { hotKey, plainKey, manyOpen, manyDraft, ordinaryRequest, usageAudit } = world
  // Its drafts and versions are of the one, and the other has a public key.
  const asked = door.includes('/policy/')
    ? [hotKey]
    : door.endsWith('/public-key')
      ? [plainKey]
      : [hotKey, plainKey]
  const own: Record<string, string>[] = door.includes('[keyId]')
    ? asked.map(({ region, keyId }) => ({ account: bigAccount, region, keyId }))
    : door.includes('/audits/[id]')
      ? [{ id: usageAudit }]
      : door.includes('[id]')
        ? [manyOpen, manyDraft, ordinaryRequest].map((id) => ({ id }))
        : [
            {
              account: bigAccount,
              seq: '1000',
              event: 'nothing-here',
              '...rest': 'nothing-here',
              '...nextauth': 'session',
            },
          ]
  return own
}

function fillIn(door: string, place: Record<string, string>): string {
  return door.replace(/\[([^\]]+)\]/g, (_, name: string) => {
    const value = place[name]
    if (value === undefined)
      throw new Error(`Say in scale-addresses.ts what ${door} is asked with.`)
    return value
  })
}

const kindOf = (door: string, isPage: boolean): Kind =>
  isPage ? 'page' : lists.includes(door) ? 'list' : 'handler'

/** Every address. Doors that must be asked with something, and are not told what, are an error. */
export function listAddresses(world: World): Address[] {
  const more = moreOf(world)
  const doors = [...Object.keys(pages), ...Object.keys(handlers)]
  const untold = doors.find((door) => door in queries && !(door in more))
  if (untold) throw new Error(`Say in scale-addresses.ts what ${untold} is asked with.`)
  return doors.flatMap((door) => {
    const isWhole = whole.includes(door)
    const kind = kindOf(door, door in pages)
    const asked = placesOf(door, world).flatMap((place) =>
      (more[door] ?? ['']).map((search) => fillIn(door, place) + (search && `?${search}`)),
    )
    const download = `${door}?format=csv`
    return [
      ...(isWhole && !lists.includes(door)
        ? asked.slice(0, 1).map((path): Address => ({ door, path, kind: 'export' }))
        : asked.map((path): Address => ({ door, path, kind }))),
      ...(isWhole && lists.includes(door)
        ? [{ door, path: download, kind: 'export' as const }]
        : []),
    ]
  })
}
