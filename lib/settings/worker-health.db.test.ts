import { randomUUID } from 'node:crypto'
import { beforeEach, expect, test } from 'vitest'
import { productionContext } from '../changes/kinds/execution-context'
import { countOverdue, noteOverdue } from '../changes/run/overdue'
import { getRequestsOverview } from '../changes/read/overview'
import { listRequests } from '../changes/read/list-requests'
import { openChangeFixture, decryptGrant } from '../changes/test/change-fixture'
import { addKey, addPerson, asking, letTimePass, permitFor } from '../changes/test/fixtures'
import { appendAudit } from '../audit/append'
import { sql, transaction } from '../db/client'
import { endHeartbeat, writeHeartbeat } from '../worker/heartbeat'
import { makeOverdueWatch } from '../worker/overdue-watch'
import { findSilence, noteSilence, readWorkerHealth } from './worker-health'

const { ann, bob, aws, askApproved, work } = await openChangeFixture()
const heard = (secondsAgo: number) =>
  sql.execute(
    `INSERT INTO "WorkerHeartbeat" ("id", "host", "pid", "version", "seenAt")
   VALUES (gen_random_uuid(), 'h', 1, 'v', now() - make_interval(secs => $1::float8))`,
    [secondsAgo],
  )
const noticesOf = (event: string) =>
  sql.query<{ personId: string }>('SELECT "personId" FROM "Notification" WHERE "event" = $1', [
    event,
  ])

beforeEach(() => sql.execute('DELETE FROM "WorkerHeartbeat"'))

test('a worker is silent when none was ever heard, or the last one not for half a minute', async () => {
  expect(await findSilence()).toBe('ever')
  await heard(45)
  const since = await findSilence()
  expect(Date.now() - Date.parse(since ?? '')).toBeGreaterThan(40_000)
  await heard(1) // another one lives
  expect(await findSilence()).toBeNull()
})

test('a worker that stops is missed after half a minute, and each silence is told of anew', async () => {
  const admin = await addPerson('Ada', 'admin')
  const worker = randomUUID()
  const stop = async (secondsAgo: number) => {
    await endHeartbeat(worker)
    await sql.execute(
      `UPDATE "WorkerHeartbeat" SET "seenAt" = now() - make_interval(secs => $1::float8)`,
      [secondsAgo],
    )
  }
  const told = async () =>
    (await noticesOf('worker.silent')).filter(({ personId }) => personId === admin.id).length
  const notice = async () => {
    const since = await findSilence()
    if (since) await noteSilence(since)
    return since
  }
  await writeHeartbeat(worker, {})
  await stop(3)
  expect(await notice()).toBeNull() // a restart takes so long
  await stop(40)
  expect(await notice()).not.toBe('ever')
  await notice()
  expect(await told()).toBe(1)
  await writeHeartbeat(worker, {})
  expect(await sql.query(`SELECT 1 FROM "Setting" WHERE "name" = 'worker.silence'`)).toEqual([])
  expect(await notice()).toBeNull()
  await stop(50)
  await notice()
  expect(await told()).toBe(2)
})

test('a silence that nobody could be told of is told to the first administrator', async () => {
  await sql.execute(`DELETE FROM "Setting" WHERE "name" = 'worker.silence'`)
  await sql.execute(`UPDATE "Person" SET "disabledAt" = now() WHERE "name" = 'Ada'`)
  await noteSilence('ever')
  const { id } = await addPerson('Grace', 'admin')
  await noteSilence('ever')
  expect((await noticesOf('worker.silent')).filter(({ personId }) => personId === id)).toHaveLength(
    1,
  )
  await sql.execute(`DELETE FROM "Notification" WHERE "event" = 'worker.silent'`)
  await sql.execute(`UPDATE "Person" SET "disabledAt" = now() WHERE "id" = $1::uuid`, [id])
})

test('administrators are told once of each silence, and nobody else', async () => {
  const admin = await addPerson('Ada', 'admin')
  await noteSilence('2026-11-29T12:00:00.000Z')
  await Promise.all(Array.from({ length: 4 }, () => noteSilence('2026-11-29T12:00:00.000Z')))
  expect(await noticesOf('worker.silent')).toEqual([{ personId: admin.id }])
  await noteSilence('2026-11-29T13:00:00.000Z')
  expect(await noticesOf('worker.silent')).toHaveLength(2)
})

test('what is in force past its end is counted in its accounts, shown as overdue and told of once', async () => {
  const key = await addKey(aws.url)
  const asked = asking('grant-create', key.arn, decryptGrant, {
    endsAt: new Date(Date.now() + 3_600_000).toISOString(),
  })
  const { requestId } = await askApproved(asked)
  await work()
  await heard(1)
  const read = permitFor(bob, 'requests.read')
  const row = async () =>
    (await listRequests(read, { box: 'all', text: '', page: 1 })).rows.find(
      ({ id }) => id === requestId,
    )
  expect(await row()).toMatchObject({
    statuses: { applied: 1 },
    inForce: { active: 1, overdue: 0 },
  })
  expect(await readWorkerHealth({ all: true })).toEqual({ silentSince: null, overdue: 0 })

  await letTimePass(aws.url, 3_600 + 90) // and no worker undoes it
  expect(await row()).toMatchObject({ inForce: { active: 0, overdue: 1 } })
  expect(await countOverdue({ all: true })).toBe(1)
  expect(await countOverdue({ all: false, accountIds: ['111122223333'] })).toBe(0)
  const { troubled } = await getRequestsOverview(read)
  expect(troubled.lines).toMatchObject([{ requestId, words: 'Past its end and still in force.' }])
  await sql.execute(`UPDATE "Change" SET "leaseUntil" = claviger_now() + interval '30 seconds'`)
  expect(await noteOverdue(productionContext, 'silence'), 'being undone right now').toBe(0)
  await sql.execute('UPDATE "Change" SET "leaseUntil" = NULL')
  let running = 0
  const watch = makeOverdueWatch(() => running)
  await watch()
  expect(await noticesOf('change.overdue'), 'a worker that has just started undoes it').toEqual([])
  running = 60_000
  await watch()
  expect(await noteOverdue(productionContext, 'silence')).toBe(0)
  const told = (await noticesOf('change.overdue')).map(({ personId }) => personId)
  expect(told.sort()).toEqual([ann.id, bob.id].sort())

  await work()
  expect(await countOverdue({ all: true })).toBe(0)
})

test('a try to undo again what could not be undone is no news', async () => {
  const key = await addKey(aws.url)
  const asked = asking('grant-create', key.arn, decryptGrant, {
    endsAt: new Date(Date.now() + 7_200_000).toISOString(),
  })
  const { requestId, changeId } = await askApproved(asked)
  await work()
  await letTimePass(aws.url, 7_200 + 90)
  await sql.execute(`UPDATE "Change" SET "status" = 'reverting' WHERE "id" = $1::uuid`, [changeId])
  const entry = {
    event: 'change.revertFailed' as const,
    actor: { id: null, name: 'worker' },
    requestId,
    data: { changeId, problem: 'x' },
  }
  await transaction((tx) => appendAudit(tx, entry))
  expect(await countOverdue({ all: true })).toBe(1)
  expect([
    await noteOverdue(productionContext, 'worker'),
    await noteOverdue(productionContext, 'silence'),
  ]).toEqual([0, 0])
})
