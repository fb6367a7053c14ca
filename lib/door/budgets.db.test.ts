// Every page and every handler has a budget of statements and of rows: what is read for what is
// shown. A page or handler that is not asked here fails the test.
import path from 'node:path'
import type { ReactNode } from 'react'
import { beforeAll, expect, test, vi } from 'vitest'
import { downloads, exportHandlers, handlers, pages } from '../../e2e/doors'
import type { Assigned } from '../auth/permissions'
import { fillScale } from '../bench/fill-scale'
import { listAddresses, type Address } from '../bench/scale-addresses'
import { withClient } from '../bench/scale-postgres'
import { giveWorld } from '../bench/scale-world'
import { freshDatabase } from '../db/test/database'
import { statementsOf } from '../db/test/statements-of'
import { rootDir } from '../launch/paths.mjs'

// The door's own host (CLAVIGER_URL's default); a session is what `asker` says.
const headers = { get: (name: string) => (name === 'host' ? 'localhost:3000' : null) }
vi.mock('next/headers', () => ({ headers: async () => headers }))
const assigned: Assigned[] = [{ role: 'admin', accountId: null }]
let asker = { id: '', name: 'Ada', email: 'ada@example.com', assigned }
vi.mock('../auth/session', () => ({ readActor: async () => asker }))

const { sql, url } = await freshDatabase()

/** More than a page shows of each, so that whatever reads all of them is seen. */
const sizes = { keys: 500, grants: 1_000, people: 100, auditEntries: 1_200 }

type Budget = { statements: number; rows: number }
const ordinary: Budget = { statements: 20, rows: 400 }
/** Of one door, instead, and why. */
const own: Readonly<Record<string, Partial<Budget>>> = {
  // Syncs are counted by place, kind and state, and there are 200 places here.
  '/accounts/sweeps': { rows: 1_200 },
  '/api/accounts/sweeps': { rows: 1_200 },
}
/** What is asked for is not there: that is the answer. */
const missing: readonly string[] = ['/trail/[account]/[event]']

type Door = Readonly<Record<string, string>>
/** These hand out or go over all of a table. The rest of a table that can is asked for a page. */
const whole = [...exportHandlers.filter((door) => !(door in downloads)), '/api/audit/check']
const anyoneOr = (doors: Door) =>
  Object.keys(doors).filter((door) => doors[door] !== 'anyone' && !whole.includes(door))
const isAsked = new Set([...anyoneOr(pages), ...anyoneOr(handlers)])
/** Filters and orders cost blocks, not statements: lib/overview/blocks.db.test.ts has them. */
const isPlain = ({ path: address, kind }: Address) =>
  kind !== 'export' && !/[?&](?:filter|sort)=/.test(address)

/** One of those that differ only in what they name. */
const kindOf = ({ door, path: address }: Address) =>
  [door, ...new URL(address, 'http://localhost').searchParams.keys()].join(' ')

let addresses: Address[] = []
beforeAll(async () => {
  await withClient(url, async (client) => {
    await fillScale(client, sizes, (_, run) => run())
    const world = await giveWorld(client, 'p-1', sizes.keys)
    const all = listAddresses(world).filter((one) => isAsked.has(one.door) && isPlain(one))
    addresses = [...new Map(all.toReversed().map((one) => [kindOf(one), one])).values()]
  })
  const [person] = await sql.query<{ id: string }>(`SELECT id FROM "Person" WHERE subject = 'p-1'`)
  asker = { ...asker, id: person?.id ?? '' }
}, 120_000)

type Props = { params: Promise<Record<string, string>> }
type Get = (request: Request, props: Props) => Promise<Response>
type Page = (props: Props & { searchParams: Promise<Record<string, string>> }) => Promise<ReactNode>

function paramsOf(door: string, pathname: string): Record<string, string> {
  const parts = pathname.split('/')
  return Object.fromEntries(
    door.split('/').flatMap((part, at) => {
      const [, name] = /^\[(\w+)\]$/.exec(part) ?? []
      return name ? [[name, parts[at] ?? '']] : []
    }),
  )
}

async function run({ door, path: address }: Address): Promise<string> {
  const { pathname, searchParams } = new URL(address, 'http://localhost:3000')
  const params = Promise.resolve(paramsOf(door, pathname))
  if (door in handlers) {
    const { GET } = (await import(path.join(rootDir, 'app', door, 'route.ts'))) as { GET: Get }
    const answer = await GET(new Request(`http://localhost:3000${address}`), { params })
    const text = await answer.text()
    return answer.status === 200 ? '' : `${answer.status} ${text.slice(0, 200)}`
  }
  const file = path.join(rootDir, 'app/(console)', door, 'page.tsx')
  const { default: show } = (await import(file)) as { default: Page }
  const shown = await show({
    params,
    searchParams: Promise.resolve(Object.fromEntries(searchParams)),
  })
  const failures: unknown[] = []
  await render(shown, failures)
  const isExpected = (failure: unknown) =>
    missing.includes(door) && Reflect.get(Object(failure), 'code') === 'not_found'
  return failures.every(isExpected) ? '' : JSON.stringify(failures)
}

/** Runs what the server runs of a page: components that are no client's. */
async function render(node: unknown, failures: unknown[]): Promise<void> {
  if (Array.isArray(node)) return void (await Promise.all(node.map((one) => render(one, failures))))
  if (typeof node !== 'object' || node === null || !('props' in node) || !('type' in node)) return
  const { type, props } = node
  const given = Object(props) as Record<string, unknown>
  if (given.failure) failures.push(given.failure)
  if (typeof type === 'function' && !('isClient' in type))
    await render(await (type as (props: unknown) => unknown)(given), failures)
  await Promise.all(Object.values(given).map((one) => render(one, failures)))
}

const isFrame = (text: string) =>
  /^\s*(?:BEGIN|COMMIT|ROLLBACK|SET|SAVEPOINT|RELEASE)\b/i.test(text) ||
  /"(?:Budget|PersonBudget)/.test(text)

async function measure(address: Address): Promise<string[]> {
  const { result: failed, issued } = await statementsOf(() => run(address), isFrame)
  const rows = issued.reduce((sum, one) => sum + one.rows, 0)
  const budget = { ...ordinary, ...own[address.door] }
  if (process.env.BUDGETS) console.log(`${address.path}: ${issued.length} / ${rows}`)
  return [
    failed,
    issued.length > budget.statements && `${issued.length} statements > ${budget.statements}`,
    rows > budget.rows && `${rows} rows > ${budget.rows}`,
  ].flatMap((problem) => (problem ? `${address.path}: ${problem}` : []))
}

test('every page and handler answers within its budget of statements and rows', async () => {
  expect(new Set(addresses.map(({ door }) => door))).toEqual(isAsked)
  const found: string[] = []
  // What is read once, as texts that are kept, is not what an answer costs.
  for (const address of addresses)
    if ((await measure(address)).length > 0) found.push(...(await measure(address)))
  expect(found).toEqual([])
}, 60_000)
