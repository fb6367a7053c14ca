// npm run bench:faults -- --seed S --points N --kills K. Its own Postgres and sandbox. The last
// line is JSON; exit status 1 for a violation.
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { generateClient } from '../launch/generate.mjs'
import { startPostgres } from '../launch/postgres.mjs'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    points: { type: 'string', default: '10000' },
    kills: { type: 'string', default: '200' },
  },
})
const [seed, points, kills] = [Number(values.seed), Number(values.points), Number(values.kills)]
if (![seed, points, kills].every((value) => Number.isInteger(value) && value >= 0)) {
  console.error('--seed, --points and --kills are whole numbers.')
  process.exit(2)
}

// A fresh checkout has no client of the database yet.
await generateClient()
const dir = mkdtempSync(path.join(os.tmpdir(), 'claviger-faults-'))
const postgres = await startPostgres({ dir, durable: false })
Object.assign(process.env, {
  DATABASE_URL: postgres.url,
  CLAVIGER_BUDGET_SHARE: '1',
  CLAVIGER_DATABASE_CONNECTIONS: '20',
  LOG_LEVEL: 'error',
  NODE_NO_WARNINGS: '1',
})
const { migrateDatabase } = await import('../launch/database.mjs')
await migrateDatabase(postgres.url)
const { closeDatabase } = await import('../db/client')
const { closeBudget } = await import('../aws/budget/local-budget')
const { liftBudget, openFaultsFixture } = await import('./faults-fixture')
const { runPoints } = await import('./faults-points')
const { runKills } = await import('./faults-kills')

const fixture = await openFaultsFixture()
await liftBudget()
const began = performance.now()
const crashed =
  points > 0 ? await runPoints(fixture, seed, points) : { points: 0, changes: 0, faults: [] }
console.log(
  JSON.stringify({
    phase: 'crash points',
    points: crashed.points,
    changes: crashed.changes,
    faults: crashed.faults.length,
    seconds: Math.round((performance.now() - began) / 1_000),
  }),
)
const killed =
  kills > 0 ? await runKills(fixture, seed, kills) : { kills: 0, changes: 0, faults: [] }
if (kills > 0)
  console.log(
    JSON.stringify({
      phase: 'kills',
      kills: killed.kills,
      changes: killed.changes,
      faults: killed.faults.length,
      seconds: Math.round((performance.now() - began) / 1_000),
    }),
  )
const faults = [...crashed.faults, ...killed.faults]
for (const { what, changeId, kind, words, point } of faults.slice(0, 50))
  console.log(JSON.stringify({ violation: what, kind, changeId, words, seed, point }))

await fixture.close()
await closeBudget()
await closeDatabase()
await postgres.stop()
for (const place of [postgres.home, dir]) rmSync(place, { recursive: true, force: true })
const count = (what: string) => faults.filter((fault) => fault.what === what).length
console.log(
  JSON.stringify({
    points: crashed.points,
    kills: killed.kills,
    lost: count('lost'),
    double: count('double'),
    unaudited: count('unaudited'),
    mismatched: count('mismatched'),
    seed,
  }),
)
process.exit(faults.length > 0 ? 1 : 0)
