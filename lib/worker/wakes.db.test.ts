// Bounds here tell a call or a time that was heard from the next look by itself, 20 seconds later.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { decryptGrant, openChangeFixture } from '../changes/test/change-fixture'
import {
  addKey,
  asking,
  fixtureAccount,
  fixtureRegion,
  letTimePass,
} from '../changes/test/fixtures'
import { listen } from '../db/listen'
import { queueSweeps } from '../sweep/queue'
import { startJobs, type Engine } from '../work/engine'
import { listJobs } from './jobs'
import { makeAuditKey } from './test/audit-key'

const { sql, transaction, aws, ask, approve, askApproved, work } = await openChangeFixture()
process.env.CLAVIGER_AUDIT_KEY_FILE = await makeAuditKey()

let engine: Engine | null = null
const facts = { id: crypto.randomUUID(), reports: {}, syncIntervalMinutes: 15 }
const start = () => {
  const jobs = listJobs(facts).filter(({ name }) => ['changes', 'expiry', 'sweeps'].includes(name))
  engine = startJobs(
    jobs,
    () => {},
    (heard) => listen('claviger_work', heard),
  )
}
afterEach(async () => {
  await engine?.drain(1_000)
})

const soon = { timeout: 12_000, interval: 20 }
/** Long enough that every loop has looked, found nothing and rests. */
const settle = () => sleep(2_500)

const statusOf = async (changeId: string) => {
  const [row] = await sql.query<{ status: string }>(
    `SELECT "status"::text AS "status" FROM "Change" WHERE "id" = $1::uuid`,
    [changeId],
  )
  return row?.status
}
const describing = async (text: string) =>
  asking('description', (await addKey(aws.url)).arn, { description: text })

test('an approved change is done and an asked sweep begins at once, also after rest', async () => {
  start()
  const { changeId } = await ask(await describing('at once'))
  await settle()
  await approve(changeId)
  await expect.poll(() => statusOf(changeId), soon).toBe('applied')
  await settle()
  await queueSweeps([{ accountId: fixtureAccount, region: fixtureRegion, kind: 'core' }])
  const begun = () =>
    sql.query(
      `SELECT 1 FROM "Sweep" WHERE "kind" = 'core' AND "startedAt" > now() - interval '1 minute'`,
    )
  await expect.poll(async () => (await begun()).length, soon).toBe(1)
}, 60_000)

test('what is approved while nobody listens is done as soon as somebody does again', async () => {
  start()
  const { changeId } = await ask(await describing('unheard'))
  await settle()
  await sql.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = 'claviger listen'`,
  )
  await approve(changeId)
  await expect.poll(() => statusOf(changeId), soon).toBe('applied')
}, 60_000)

test('an end comes at its time, without a call', async () => {
  const key = await addKey(aws.url)
  const endsAt = new Date(Date.now() + 3_600_000).toISOString()
  const { changeId } = await askApproved(asking('grant-create', key.arn, decryptGrant, { endsAt }))
  await work()
  expect(await statusOf(changeId)).toBe('applied')
  await transaction(async (tx) => {
    // As if that hour had passed but for three seconds: no trigger calls.
    await tx.execute('SET LOCAL session_replication_role = replica')
    await tx.execute(
      `UPDATE "Change" SET "endsAt" = now() + interval '3 seconds' WHERE "id" = $1::uuid`,
      [changeId],
    )
  })
  start()
  const before: string[] = []
  const look = async () => {
    const [row] = await sql.query<{ status: string; isOver: boolean }>(
      `SELECT "status"::text AS "status", "endsAt" <= now() AS "isOver" FROM "Change"
        WHERE "id" = $1::uuid`,
      [changeId],
    )
    if (row && !row.isOver) before.push(row.status)
    return row?.status
  }
  await expect.poll(look, soon).not.toBe('applied')
  expect(before.filter((status) => status !== 'applied')).toEqual([])
}, 60_000)

test('a clock that is moved wakes what rests until a time', async () => {
  const key = await addKey(aws.url)
  const endsAt = new Date(Date.now() + 7_200_000).toISOString()
  const { changeId } = await askApproved(asking('grant-create', key.arn, decryptGrant, { endsAt }))
  start()
  await expect.poll(() => statusOf(changeId), soon).toBe('applied')
  await settle()
  await letTimePass(aws.url, 7_300)
  await expect.poll(() => statusOf(changeId), soon).toMatch(/revert/)
}, 60_000)

test('of two workers beside each other each change is done once', async () => {
  start()
  const first = engine
  start()
  const ids: string[] = []
  for (let at = 0; at < 12; at++) ids.push((await askApproved(await describing(`${at}`))).changeId)
  const done = () =>
    sql.query(
      `SELECT 1 FROM "Change" WHERE "id" = ANY($1::uuid[]) AND "status" = 'applied' AND "sends" = 1
         AND "attempt" = 1`,
      [ids],
    )
  await expect.poll(async () => (await done()).length, { timeout: 15_000 }).toBe(12)
  await first?.drain(1_000)
}, 60_000)
