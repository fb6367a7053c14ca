// npm run bench -- access-truth [--samples 24000] [--seed 1] [--per-state 12] [--sessions 60] What
// the sandbox really answers, over principal x action x key of the demo and of keys made for this
// in every key state, with random policies, grants, encryption contexts and sessions, equals what
// we say of it: permission, and what the state of the key makes of it. Prints JSON lines; exits 1
// at a difference, or where a state was never put to the test. "unknown" is not a difference, but
// counted: there something could not be read.
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { startPostgres } from '../launch/postgres.mjs'
import { closeClients } from './access-ask'
import { makeRandom } from './access-random'
import { openAccessWorld, sweepAccessWorld } from './access-world'

const { values } = parseArgs({
  options: {
    samples: { type: 'string', default: '24000' },
    seed: { type: 'string', default: '1' },
    'per-state': { type: 'string', default: '12' },
    sessions: { type: 'string', default: '60' },
  },
})
const dir = mkdtempSync(path.join(os.tmpdir(), 'claviger-bench-'))
const postgres = await startPostgres({ dir, durable: false })
process.env.DATABASE_URL = postgres.url
const { migrateDatabase } = await import('../launch/database.mjs')
await migrateDatabase(postgres.url)
const [{ sql, closeDatabase }, { closeBudget }, { keyStates }] = await Promise.all([
  import('../db/client'),
  import('../aws/budget/local-budget'),
  import('../kms/key-states'),
])
const random = makeRandom(Number(values.seed))
const world = await openAccessWorld(random, Number(values['per-state']), Number(values.sessions))
let status = 1
try {
  const begun = Date.now()
  await sweepAccessWorld(sql)
  console.log(
    JSON.stringify({
      bench: 'access-truth',
      swept: true,
      seconds: Math.round((Date.now() - begun) / 1000),
    }),
  )
  const { compareAccess, drawSamples, readTargets } = await import('./access-compare')
  const targets = await readTargets(sql)
  const asked = Date.now()
  const samples = await drawSamples(targets, world.principals, Number(values.samples), random)
  const { differences, ...counted } = await compareAccess(world, samples)
  console.log(
    JSON.stringify({
      bench: 'access-truth',
      principals: world.principals.length,
      keys: targets.length,
      ...counted,
      differences: differences.length,
      seconds: Math.round((Date.now() - asked) / 1000),
    }),
  )
  for (const difference of differences.slice(0, 25)) console.log(JSON.stringify(difference))
  const untested = keyStates.filter((state) => !counted.uses[state])
  if (untested.length > 0) console.log(JSON.stringify({ untested }))
  const isWhole = counted.samples >= Number(values.samples) && untested.length === 0
  status = differences.length === 0 && isWhole ? 0 : 1
} finally {
  closeClients()
  await closeBudget()
  await closeDatabase()
  await world.close()
  await postgres.stop()
  for (const place of [postgres.home, dir]) rmSync(place, { recursive: true, force: true })
}
process.exit(status)
