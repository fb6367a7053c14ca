import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { sweeps } from '../accounts/sweeps'
import { expireUnanswered, expiryDueMs } from '../changes/decide/expire'
import { productionContext } from '../changes/kinds/execution-context'
import { changesDueMs, claimChanges } from '../changes/run/lease'
import { listen } from '../db/listen'
import { freshDatabase } from '../db/test/database'
import { statementsOf } from '../db/test/statements-of'
import { makeDeliverLoop } from '../notify/deliver'
import { cancelRequestsOfDeactivated } from '../settings/deactivated-people'
import { queueDueSweeps } from '../sweep/queue'
import { startJobs } from '../work/engine'
import { listJobs } from './jobs'
import { makeSweepLoop } from './sweeps'
import { makeAuditKey } from './test/audit-key'
import { fillChanges, fillSweeps } from './test/fill-changes'

const { sql, transaction, url } = await freshDatabase()
const outside = new pg.Client({ connectionString: inject('clusterUrl') })
await outside.connect()
afterAll(() => outside.end())

process.env.CLAVIGER_AUDIT_KEY_FILE = await makeAuditKey()
process.env.CLAVIGER_AUDIT_CHECKPOINT_DIR = `${process.env.CLAVIGER_AUDIT_KEY_FILE}-checkpoints`

beforeAll(async () => {
  await transaction(fillChanges)
  await transaction(fillSweeps)
  await sql.execute('VACUUM ANALYZE')
})

/** Blocks that the database of this test has touched, whoever asked for them. */
async function blocks(): Promise<number> {
  await sql.query('SELECT pg_stat_force_next_flush()')
  const { rows } = await outside.query<{ blocks: string }>(
    'SELECT blks_hit + blks_read AS blocks FROM pg_stat_database WHERE datname = $1',
    [new URL(url).pathname.slice(1)],
  )
  return Number(rows[0]?.blocks)
}

test.each<[string, number, () => Promise<unknown>]>([
  ['what is to do', 300, () => claimChanges(productionContext, 'test', 'do', 16)],
  ['what is to undo', 100, () => claimChanges(productionContext, 'test', 'undo', 48)],
  ['when a change is due', 300, () => changesDueMs(['do', 'undo'])],
  ['what expires', 300, () => expireUnanswered(productionContext)],
  ['when a change expires', 300, expiryDueMs],
  ['whose requests end with them', 1_500, cancelRequestsOfDeactivated],
  ['sweeps that are due', 5_000, () => queueDueSweeps(sweeps)],
  ['sweeps', 100, () => makeSweepLoop('test').claim()],
  ['messages', 100, () => makeDeliverLoop().claim()],
])('looking for %s touches fewer than %s blocks beside 30,000 changes', async (_, limit, look) => {
  await look() // plans, catalogs
  const before = await blocks()
  for (let round = 0; round < 10; round++) await look()
  const each = ((await blocks()) - before) / 10
  expect(each).toBeGreaterThan(0)
  expect(each).toBeLessThan(limit)
})

test('a worker with nothing to do sends less than a statement a second', async () => {
  // Twice the longest rest of a loop: each looks by itself as often as it does over an hour.
  const seconds = 40
  const facts = { id: crypto.randomUUID(), reports: {}, syncIntervalMinutes: 15 }
  // All but asking AWS which accounts there are, which no database answers.
  const jobs = listJobs(facts).filter(({ name }) => name !== 'accounts')
  const failures: string[] = []
  const engine = startJobs(
    jobs,
    (name, { problem }) => {
      if (problem !== null) failures.push(`${name}: ${problem}`)
    },
    (heard) => listen('claviger_work', heard),
  )
  try {
    await sleep(5_000)
    const before = await blocks()
    const { issued } = await statementsOf(
      () => sleep(seconds * 1_000),
      () => false,
    )
    const sent = issued.map(({ text }) => text)
    const touched = (await blocks()) - before
    expect(failures).toEqual([])
    expect(sent.length, sent.join('\n')).toBeGreaterThan(seconds / 3)
    expect(sent.length, sent.join('\n')).toBeLessThan(seconds)
    expect(touched).toBeLessThan(20_000)
  } finally {
    await engine.drain(1_000)
  }
}, 120_000)
