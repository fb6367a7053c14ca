// How long the table of external access takes in PostgreSQL with its facet counts, and how long the
// worker needs to evaluate every key, and to evaluate again after a change of the organization.
//   npm run bench -- external [keys] [rounds]
// Brings its own PostgreSQL, filled by SQL; prints JSON.
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { evaluateAllMarked } from '../access/evaluate-keys'
import { externalSource } from '../access/external-source'
import { readTable } from '../table-source/source'
import { permitFor } from '../auth/test/permit'
import type { Scope } from '../auth/permissions'
import { closeDatabase } from '../db/client'
import { migrateDatabase } from '../launch/database.mjs'
import { startPostgres } from '../launch/postgres.mjs'
import {
  fillForeignGrantsSql,
  fillKeyPoliciesSql,
  fillOrganizationSql,
  fillPoliciesSql,
  fillPolicyVersionsSql,
  fillReviewsSql,
} from './fill-external'
import { fillAccountsSql, fillGrantsSql, fillKeysSql, fillPrincipalsSql } from './fill-keys'
import { slowest, summary, timed, timeEach } from './timing'

const [keys = 100_000, rounds = 200] = process.argv.slice(2).map(Number)
const texts = 4_000
const bounds = { pageP95Ms: 100 }

const actor = { id: '', email: '', name: 'bench', assigned: [] }
const scopes: readonly Scope[] = [{ all: true }, { all: false, accountIds: ['100000000000'] }]

const searches: readonly Record<string, string>[] = [
  {},
  { page: '40' },
  { sort: '-since' },
  { sort: 'account' },
  { sort: 'principal' },
  { sort: '-review' },
  { filter: 'nearness.eq.outside' },
  { filter: 'review.eq.unreviewed|ended|changed' },
  { filter: 'ability.eq.decrypt' },
  { filter: 'road.eq.grant' },
  { filter: 'sinceDays.gt.90' },
  { filter: 'account.eq.100000000000' },
  { filter: 'alias.has.invoices' },
  { q: 'partner-3' },
  { q: 'nobody-of-this-name' },
]

function* pages() {
  for (let round = -searches.length; round < rounds; round += 1) {
    const search = searches.at(round % searches.length) ?? {}
    const scope = scopes[Math.abs(Math.floor(round / searches.length)) % scopes.length] ?? {
      all: true,
    }
    yield {
      what: `${scope.all ? 'all' : 'one account'} ${JSON.stringify(search)}`,
      run: () => readTable(externalSource, permitFor(actor, 'access.read', scope), search),
    }
  }
}

async function benchPages() {
  const times = await timeEach(pages(), searches.length)
  return { ...summary(times), slowest: slowest(times) }
}

async function fill(client: pg.Client): Promise<void> {
  await client.query(fillAccountsSql)
  await client.query(fillKeysSql, [keys])
  await client.query(fillPrincipalsSql)
  await client.query(fillOrganizationSql)
  await client.query(fillPoliciesSql, [texts])
  await client.query(fillKeyPoliciesSql, [texts])
  await client.query(fillPolicyVersionsSql)
  await client.query(fillGrantsSql, [Math.floor(keys / 2)])
  await client.query(fillForeignGrantsSql)
  await client.query('VACUUM ANALYZE')
}

const seconds = (ms: number) => Math.round(ms / 100) / 10

/** A long bench says how far it is; the result alone goes to the standard output. */
async function stage(name: string, run: () => Promise<unknown>): Promise<number> {
  const ms = await timed(run)
  console.error(`${name}: ${seconds(ms)} s, load ${os.loadavg()[0]}`)
  return seconds(ms)
}

async function bench(client: pg.Client) {
  await stage('fill', () => fill(client))
  const firstSeconds = await stage('evaluate every key', evaluateAllMarked)
  await client.query(fillReviewsSql)
  await client.query('VACUUM ANALYZE')
  const {
    rows: [facts],
  } = await client.query<{ facts: string }>('SELECT count(*) AS facts FROM derived.external_reach')
  const page = await benchPages()
  console.error(JSON.stringify({ facts, page }))
  await client.query(`UPDATE "OrganizationPolicy" SET content = content || ' '`)
  const afterOrganizationSeconds = await stage(
    'evaluate after a change of the organization',
    evaluateAllMarked,
  )
  return {
    facts: Number(facts?.facts),
    evaluation: { firstSeconds, afterOrganizationSeconds },
    page,
  }
}

async function withClient<T>(
  connectionString: string,
  run: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    return await run(client)
  } finally {
    await client.end()
  }
}

const dir = mkdtempSync(path.join(os.tmpdir(), 'claviger-bench-'))
const postgres = await startPostgres({ dir })
try {
  process.env.DATABASE_URL = postgres.url
  await migrateDatabase(postgres.url)
  const loadBefore = os.loadavg()[0]
  const result = await withClient(postgres.url, bench)
  if (result.page.p95 > bounds.pageP95Ms) process.exitCode = 1
  console.log(
    JSON.stringify(
      {
        keys,
        texts,
        bounds,
        cpus: os.cpus().length,
        load: [loadBefore, os.loadavg()[0]],
        ...result,
      },
      null,
      2,
    ),
  )
} finally {
  await closeDatabase()
  await postgres.stop()
  for (const place of [postgres.home, dir])
    if (place) rmSync(place, { recursive: true, force: true })
}
