/** A right counts when it is used: not once it was taken, nor after the time to answer. */
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, expect, it } from 'vitest'
import { decideChange } from './decide/decide'
import { prepareRequest } from './request/prepare'
import { sendRequest } from './request/send'
import { decryptGrant, openChangeFixture } from './test/change-fixture'
import {
  addKey,
  addPerson,
  asking,
  decisionOf,
  letTimePass,
  permitFor,
  permitOf,
  stored,
  type Someone,
} from './test/fixtures'

const { sql, transaction, aws, bob, ask, approve, askApproved, work } = await openChangeFixture({
  bobIs: 'admin',
})

beforeEach(() =>
  sql.execute(`UPDATE "Change" SET "status" = 'cancelled' WHERE "status" IN ('open', 'approved')`),
)

it('who lost the right to ask without an end does not send what they prepared with it', async () => {
  const dora = await addPerson('Dora', 'keyAdministrator')
  const { id } = await prepareRequest(
    permitFor(dora, 'requests.create'),
    asking('grant-create', (await addKey(aws.url)).arn, decryptGrant, { endsAt: null }),
  )
  await sql.execute(`UPDATE "Assignment" SET "role" = 'requester' WHERE "personId" = $1::uuid`, [
    dora.id,
  ])
  const now: Someone = { ...dora, assigned: [{ role: 'requester', accountId: null }] }
  await expect(sendRequest(permitOf(now, 'requests.create'), { id })).rejects.toThrow(
    /only with an end/,
  )
})

it('what somebody approved who left before it was done is not done', async () => {
  const eve = await addPerson('Eve', 'approver')
  const { changeId } = await ask(
    asking('description', (await addKey(aws.url)).arn, { description: 'x' }),
  )
  expect(await approve(changeId, eve)).toEqual({ status: 'approved' })
  await sql.execute('UPDATE "Person" SET "disabledAt" = now() WHERE "id" = $1::uuid', [eve.id])
  await work()
  expect(await stored(changeId)).toMatchObject({
    status: 'drifted',
    sends: 0,
    problem: expect.stringContaining('Eve approved this and has left since'),
  })
})

it('nobody approves past the time to answer, however long they waited for a lock', async () => {
  const { changeId } = await ask(
    asking('description', (await addKey(aws.url)).arn, { description: 'x' }),
  )
  const [left] = await sql.query<{ s: number }>(
    'SELECT extract(epoch FROM r."answerBy" - claviger_now())::float8 AS s FROM "Change" c ' +
      'JOIN "Request" r ON r."id" = c."requestId" WHERE c."id" = $1::uuid',
    [changeId],
  )
  await letTimePass(aws.url, Math.floor(left?.s ?? 0) - 2)
  const decision = await decisionOf(changeId)
  let decided: Promise<string> = Promise.resolve('')
  await transaction(async (tx) => {
    await tx.query('SELECT 1 FROM "Change" WHERE "id" = $1::uuid FOR UPDATE', [changeId])
    decided = decideChange(permitFor(bob, 'requests.decide'), decision).then(
      ({ status }) => status,
      (error: unknown) => String(error),
    )
    await sleep(4_500)
    const [late] = await tx.query<{ late: boolean }>(
      'SELECT clock_timestamp() + (SELECT ahead FROM stage_clock) > r."answerBy" + ' +
        'interval \'1 second\' AS late FROM "Change" c JOIN "Request" r ON r."id" = ' +
        'c."requestId" WHERE c."id" = $1::uuid',
      [changeId],
    )
    expect(late?.late).toBe(true)
  })
  expect(await decided).toMatch(/time to answer is over|no longer be decided/)
})

it('who may no longer ask for it when it is to be done has asked in vain', async () => {
  const key = await addKey(aws.url)
  const dora = await addPerson('Dora', 'requester')
  const { changeId } = await askApproved(asking('key-disable', key.arn, {}), dora)
  await sql.execute(`UPDATE "Assignment" SET "role" = 'viewer' WHERE "personId" = $1::uuid`, [
    dora.id,
  ])
  await work()
  expect(await stored(changeId)).toMatchObject({
    status: 'drifted',
    sends: 0,
    problem: expect.stringMatching(/may no longer ask/),
  })
})
