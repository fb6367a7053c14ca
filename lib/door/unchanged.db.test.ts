import { readdirSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, expect, it, vi } from 'vitest'
import type { Assigned } from '../auth/permissions'
import { openChangeFixture } from '../changes/test/change-fixture'
import { addKey, addPerson, asking } from '../changes/test/fixtures'
import { statementsOf } from '../db/test/statements-of'
import type { Versioned } from '../db/versions'
import { rootDir } from '../launch/paths.mjs'
import type { MadeOf } from '../auth/unchanged'

// The door's own host (CLAVIGER_URL's default); a session is what `asker` says.
const headers = { get: (name: string) => (name === 'host' ? 'localhost:3000' : null) }
vi.mock('next/headers', () => ({ headers: async () => headers }))
let asker: { id: string; name: string; email: string; assigned: Assigned[] }
vi.mock('../auth/session', () => ({ readActor: async () => asker }))

const { sql, aws, ann, bob, ask, approve, work } = await openChangeFixture()

type Handler = ((
  request: Request,
  context: { params: Promise<Record<string, string>> },
) => Promise<Response>) & { madeOf?: MadeOf<'requests.read'> }

const files = readdirSync(path.join(rootDir, 'app/api'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('route.ts') && !file.startsWith('auth/'))
  .map((file) => path.join('app/api', path.dirname(file)))
const handlers: { address: string; get: Handler }[] = []
for (const file of files) {
  const { GET } = (await import(path.join(rootDir, file, 'route.ts'))) as { GET?: Handler }
  if (GET?.madeOf) handlers.push({ address: `/${path.relative('app', file)}`, get: GET })
}

const standing = new Date().toISOString()
/** Lets nothing change by the clock alone, but by so many hours. */
const setClock = (hours: number) =>
  sql.execute(
    `CREATE OR REPLACE FUNCTION claviger_now() RETURNS timestamptz LANGUAGE sql STABLE AS $$
      SELECT '${standing}'::timestamptz + interval '${hours} hours' $$`,
  )

let requestId = ''
/** A request that was decided about and done, one that waits, two sweeps; and time stands still. */
beforeAll(async () => {
  asker = bob
  const keys = await Promise.all([0, 1].map(() => addKey(aws.url, {}, { owner: 'payments' })))
  const [done, open] = keys.map(({ arn }) => asking('key-disable', arn, {}))
  const first = await ask({ ...done, justification: 'done', changes: done?.changes ?? [] })
  await approve(first.changeId)
  await work()
  const second = await ask({ ...open, justification: 'open', changes: open?.changes ?? [] })
  requestId = second.requestId
  await sql.execute(
    `INSERT INTO "Sweep" ("accountId", "region", "kind", "status", "queuedAt", "startedAt")
      SELECT "id", 'eu-central-1', k, s, now(), now() FROM "Account",
        (VALUES ('core', 'running'), ('list', 'queued')) v(k, s)`,
  )
  await sql.execute(
    `INSERT INTO "WorkerHeartbeat" ("id", "host", "pid", "version")
      VALUES (gen_random_uuid(), 'here', 1, '1')`,
  )
  await setClock(0)
})

function read(address: string, get: Handler, tag?: string, search = ''): Promise<Response> {
  const url = `http://localhost:3000${address.replace('[id]', requestId)}${search}`
  const request = new Request(url, { headers: tag ? { 'if-none-match': tag } : {} })
  const params = address.includes('[id]') ? { id: requestId } : {}
  return get(request, { params: Promise.resolve(params as Record<string, string>) })
}
const named = (wanted: string) => {
  const found = handlers.find(({ address }) => address === wanted)
  if (!found) throw new Error(`${wanted} says not what it is made of`)
  return found.get
}
const tagOf = (answer: Response) => answer.headers.get('etag') ?? ''

/** The tables of this database, and what its functions read of them. */
async function knownTables() {
  const tables = await sql.query<{ name: string; schema: string }>(
    `SELECT c.relname AS name, n.nspname AS schema FROM pg_class c
       JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'v') AND n.nspname IN ('public', 'derived')`,
  )
  const functions = await sql.query<{ name: string; body: string }>(
    `SELECT p.proname AS name, coalesce(p.prosrc, '') AS body FROM pg_proc p
       JOIN pg_namespace n ON n.oid = p.pronamespace
     WHERE n.nspname IN ('public', 'derived') AND p.prorettype <> 'trigger'::regtype`,
  )
  return (text: string): Set<string> => {
    const found = new Set<string>()
    const visit = (body: string, seen: readonly string[]) => {
      for (const { name, schema } of tables)
        if (body.includes(schema === 'public' ? `"${name}"` : `derived.${name}`))
          found.add(schema === 'public' ? name : `derived.${name}`)
      for (const { name, body: inner } of functions)
        if (!seen.includes(name) && new RegExp(`\\b${name}\\(`).test(body))
          visit(inner, [...seen, name])
    }
    visit(text, [])
    return found
  }
}

/** Read for the tag itself, or looked at each time. */
const looked = ['derived.table_version', 'WorkerHeartbeat']

it('what people poll says what it is made of', () => {
  expect(handlers.map(({ address }) => address).sort()).toEqual([
    '/api/accounts',
    '/api/accounts/sweeps',
    '/api/keys',
    '/api/notifications',
    '/api/requests',
    '/api/requests/[id]',
    '/api/requests/overview',
  ])
})

it('names every table that its statements read', async () => {
  const tablesIn = await knownTables()
  for (const who of [ann, bob])
    for (const { address, get } of handlers) {
      asker = who
      const { result, issued } = await statementsOf(() => read(address, get))
      expect(result.status, address).toBe(200)
      const names: readonly string[] = get.madeOf?.tables ?? []
      const isNamed = (table: string) =>
        names.includes(table) ||
        looked.includes(table) ||
        names.some((name) => name.startsWith(`${table} `)) ||
        (table.startsWith('derived.key_') && names.includes('Key')) ||
        // Kept by the triggers of changes, in the same statement.
        (table === 'derived.open_change' && names.includes('Change'))
      const tablesRead = new Set(issued.flatMap(({ text }) => [...tablesIn(text)]))
      expect(
        [...tablesRead].filter((table) => !isNamed(table)),
        address,
      ).toEqual([])
      expect([...tablesRead].length, address).toBeGreaterThan(2)
    }
})

it('what is derived of keys is written by their own statements alone', async () => {
  const rows = await sql.query<{ table: string }>(
    `SELECT DISTINCT c.relname AS "table" FROM pg_trigger t
       JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_class c ON c.oid = t.tgrelid
     WHERE p.prosrc ~ '(INTO|UPDATE|FROM) derived\\.key_(row|text|facets|tags|description)'`,
  )
  expect(rows).toEqual([{ table: 'Key' }])
})

it('answers an unchanged question with nothing, by two statements', async () => {
  asker = bob
  for (const { address, get } of handlers) {
    const first = await read(address, get)
    const { result, issued } = await statementsOf(() => read(address, get, tagOf(first)))
    expect(result.status, address).toBe(304)
    expect(await result.text(), address).toBe('')
    expect(tagOf(result), address).toBe(tagOf(first))
    expect(issued.length, address).toBeLessThanOrEqual(2)
  }
})

/** What is written once: its own triggers refuse what the test would do to it. */
const appendOnly: readonly Versioned[] = ['Approval', 'AuditEntry of requests']

it('answers anew after a change of one row of any table it is made of', async () => {
  asker = bob
  const touch: Partial<Record<Versioned, string>> = {
    'Key names': `UPDATE "Key" SET "aliases" = ARRAY[gen_random_uuid()::text]`,
    Change: `UPDATE "Change" SET "problem" = gen_random_uuid()::text`,
    Key: `UPDATE "Key" SET "listedAt" = now()`,
    Person: `UPDATE "Person" SET "name" = gen_random_uuid()::text`,
    Sweep: `UPDATE "Sweep" SET "calls" = "calls" + 1`,
  }
  const columns = await sql.query<{ table: string; first: string }>(
    `SELECT c.relname AS "table", a.attname AS "first" FROM pg_attribute a
       JOIN pg_class c ON c.oid = a.attrelid
     WHERE a.attnum = 1 AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace`,
  )
  const firstOf = new Map(columns.map(({ table, first }) => [table, first]))
  for (const { address, get } of handlers)
    for (const table of get.madeOf?.tables ?? []) {
      if (appendOnly.includes(table)) continue
      const tag = tagOf(await read(address, get))
      const key = firstOf.get(table) ?? ''
      const text = touch[table] ?? `UPDATE "${table}" SET "${key}" = "${key}"`
      const rows = await sql.execute(text)
      const { status } = await read(address, get, tag)
      expect([address, table, status]).toEqual([address, table, rows > 0 ? 200 : 304])
    }
})

it('a decision is seen by the next poll of whoever has the request open', async () => {
  asker = ann
  const get = named('/api/requests/[id]')
  const before = await read('/api/requests/[id]', get)
  const { changes } = (await before.json()) as { changes: { id: string; status: string }[] }
  await approve(changes[0]?.id ?? '')
  const after = await read('/api/requests/[id]', get, tagOf(before))
  expect(await after.json()).toMatchObject({ changes: [{ status: 'approved' }] })
})

it('is of one person, their rights and their question', async () => {
  const get = named('/api/requests')
  asker = await addPerson('Dora', 'approver')
  const tag = tagOf(await read('/api/requests', get))
  expect((await read('/api/requests', get, tag)).status).toBe(304)
  expect((await read('/api/requests', get, tag, '?box=all')).status).toBe(200)
  const before = asker
  asker = { ...before, assigned: [{ role: 'approver', accountId: '111122223333' }] }
  expect((await read('/api/requests', get, tag)).status).toBe(200)
  const accounts = ['111122223333', '444455556666'].map((accountId) => ({
    role: 'approver' as const,
    accountId,
  }))
  asker = { ...before, assigned: accounts }
  const ofAccounts = tagOf(await read('/api/requests', get))
  asker = { ...before, assigned: accounts.toReversed() }
  expect((await read('/api/requests', get, ofAccounts)).status).toBe(304)
  asker = { ...before, assigned: [] }
  expect((await read('/api/requests', get, tag)).status).toBe(403)
  asker = before
  expect((await read('/api/requests', get, tag)).status).toBe(304)
  asker = bob
  expect((await read('/api/requests', get, tag)).status).toBe(200)
})

it('tells what became overdue within a minute', async () => {
  asker = bob
  const bell = named('/api/notifications')
  await sql.execute(`UPDATE "WorkerHeartbeat" SET "seenAt" = now()`)
  const tag = tagOf(await read('/api/notifications', bell))
  await setClock(1 / 60)
  expect((await read('/api/notifications', bell, tag)).status).toBe(200)
})

it('is made anew when the clock has gone on, and when no worker lives', async () => {
  asker = bob
  const bell = named('/api/notifications')
  const tag = tagOf(await read('/api/notifications', bell))
  await sql.execute(`UPDATE "WorkerHeartbeat" SET "seenAt" = now() - interval '10 minutes'`)
  const silent = await read('/api/notifications', bell, tag)
  expect(await silent.json()).toMatchObject({ worker: { silentSince: expect.any(String) } })
  const later = tagOf(await read('/api/requests', named('/api/requests')))
  await setClock(1)
  expect((await read('/api/requests', named('/api/requests'), later)).status).toBe(200)
})
