// What a page of the table of keys with its facet counts costs PostgreSQL, how long the server takes
// to answer it, and how long for a keystroke in quick search.
//   npx tsx --conditions=react-server lib/bench/table.ts [keys] [rounds]
// Brings its own PostgreSQL, filled by SQL; prints JSON. The bounds of pages are those of PostgreSQL
// alone, as processor time: that of the answer grows with whatever else the machine does.
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { permitFor } from '../auth/test/permit'
import { closeDatabase, pool } from '../db/client'
import { migrateDatabase } from '../launch/database.mjs'
import { listKeys } from '../inventory/table/list-keys'
import { startPostgres } from '../launch/postgres.mjs'
import { searchEverything } from '../inventory/search'
import { fillAccountsSql, fillGrantsSql, fillKeysSql, fillPrincipalsSql } from './fill-keys'
import { ProcessorTime } from './processor-time'
import { randomState, searchWords } from './random-state'
import { slowest, summary, timed, timeEach, type Timed } from './timing'

const [keys = 100_000, rounds = 400] = process.argv.slice(2).map(Number)
const warmUp = 20
const bounds = { pageP95InPostgresMs: 40, pageMaxInPostgresMs: 100, searchP95Ms: 100 }

/** Sees every account. */
const permit = permitFor(
  { id: '', email: '', name: 'bench', assigned: [{ role: 'admin', accountId: null }] },
  'keys.read',
)

function byKind(times: readonly Timed[]) {
  const kinds = new Map<string, Timed[]>()
  for (const one of times) {
    const kind = one.what.split(':')[0] ?? ''
    kinds.set(kind, [...(kinds.get(kind) ?? []), one])
  }
  return {
    ...summary(times),
    byKind: Object.fromEntries([...kinds].map(([kind, some]) => [kind, summary(some)])),
    slowest: slowest(times),
  }
}

/** Each page by itself: its statements run side by side, and no other's. */
async function benchPages() {
  const processor = new ProcessorTime(pool())
  const inPostgres: Timed[] = []
  const answered: Timed[] = []
  for (let round = -warmUp; round < rounds; round += 1) {
    const { state, what } = randomState(round, keys)
    processor.take()
    const ms = await timed(() => listKeys(permit, state))
    const spent = processor.take()
    if (round < 0) continue
    inPostgres.push({ ms: spent, what })
    answered.push({ ms, what })
  }
  return { inPostgres: byKind(inPostgres), answered: byKind(answered) }
}

/** Every prefix of a word, as it is typed. */
const keystrokes = searchWords.flatMap((word) =>
  Array.from(word, (_, at) => word.slice(0, at + 1)).map((text) => ({
    what: `"${text}"`,
    run: () => searchEverything(permit, text),
  })),
)

async function benchSearch() {
  const times = await timeEach(keystrokes)
  return { ...summary(times), slowest: slowest(times) }
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
  const isSlow =
    page.inPostgres.p95 > bounds.pageP95InPostgresMs ||
    page.inPostgres.max > bounds.pageMaxInPostgresMs ||
    search.p95 > bounds.searchP95Ms
  if (isSlow) process.exitCode = 1
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
