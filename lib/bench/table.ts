// How long the server takes for a page of the table of keys with its facet counts, and for a
// keystroke in quick search.
//   npx tsx --conditions=react-server lib/bench/table.ts [keys] [rounds]
// Brings its own PostgreSQL, filled by SQL; prints JSON.
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { permitFor } from '../auth/test/permit'
import { closeDatabase } from '../db/client'
import { migrateDatabase } from '../launch/database.mjs'
import { listKeys } from '../inventory/table/list-keys'
import { startPostgres } from '../launch/postgres.mjs'
import { searchEverything } from '../inventory/search'
import { fillAccountsSql, fillGrantsSql, fillKeysSql, fillPrincipalsSql } from './fill-keys'
import { randomState, searchWords } from './random-state'

const [keys = 100_000, rounds = 400] = process.argv.slice(2).map(Number)

/** Sees every account. */
const permit = permitFor(
  { id: '', email: '', name: 'bench', assigned: [{ role: 'admin', accountId: null }] },
  'keys.read',
)

function summary(times: readonly number[]) {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number) =>
    Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 10) /
    10
  return { n: times.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) }
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await run()
  return performance.now() - start
}

async function benchPages() {
  const times: { ms: number; what: string }[] = []
  for (let round = -20; round < rounds; round += 1) {
    const { state, what } = randomState(round, keys)
    const ms = await timed(() => listKeys(permit, state))
    if (round >= 0) times.push({ ms, what })
  }
  const kinds = new Map<string, number[]>()
  for (const { ms, what } of times) {
    const kind = what.split(':')[0] ?? ''
    kinds.set(kind, [...(kinds.get(kind) ?? []), ms])
  }
  return {
    all: summary(times.map(({ ms }) => ms)),
    byKind: Object.fromEntries([...kinds].map(([kind, some]) => [kind, summary(some)])),
    slowest: times
      .toSorted((a, b) => b.ms - a.ms)
      .slice(0, 5)
      .map(({ ms, what }) => `${Math.round(ms)} ms ${what}`),
  }
}

/** Every prefix of a word, as it is typed. */
async function benchSearch() {
  const times: { ms: number; what: string }[] = []
  for (const word of searchWords) {
    for (let length = 1; length <= word.length; length += 1) {
      const text = word.slice(0, length)
      times.push({
        ms: await timed(() => searchEverything(permit, text)),
        what: text,
      })
    }
  }
  return {
    ...summary(times.map(({ ms }) => ms)),
    slowest: times
      .toSorted((a, b) => b.ms - a.ms)
      .slice(0, 5)
      .map(({ ms, what }) => `${Math.round(ms)} ms "${what}"`),
  }
}

async function fill(url: string) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(fillAccountsSql)
  await client.query(fillKeysSql, [keys])
  await client.query(fillPrincipalsSql)
  await client.query(fillGrantsSql, [Math.floor(keys / 2)])
  await client.query('VACUUM ANALYZE')
  await client.end()
}

const dir = mkdtempSync(path.join(os.tmpdir(), 'claviger-bench-'))
const given = process.env.CLAVIGER_BENCH_DATABASE_URL
const postgres = given ? null : await startPostgres({ dir })
try {
  process.env.DATABASE_URL = given ?? postgres?.url
  const url = process.env.DATABASE_URL ?? ''
  if (postgres) {
    await migrateDatabase(url)
    await fill(url)
  }
  const loadBefore = os.loadavg()[0]
  const page = await benchPages()
  const search = await benchSearch()
  const bounds = { pageP95Ms: 150, searchP95Ms: 100 }
  if (page.all.p95 > bounds.pageP95Ms || search.p95 > bounds.searchP95Ms) process.exitCode = 1
  console.log(
    JSON.stringify(
      { keys, bounds, cpus: os.cpus().length, load: [loadBefore, os.loadavg()[0]], page, search },
      null,
      2,
    ),
  )
} finally {
  await closeDatabase()
  await postgres?.stop()
  for (const place of [postgres?.home, dir])
    if (place) rmSync(place, { recursive: true, force: true })
}
