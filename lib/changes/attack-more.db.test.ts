import { expect, it } from 'vitest'
import { makeChangeLoop } from '../worker/changes'
import { discardDraft } from './request/cancel'
import { decideChange } from './decide/decide'
import { prepareRequest } from './request/prepare'
import { getRequest } from './read/get-request'
import { breakGlass, sendRequest } from './request/send'
import { openChangeFixture } from './test/change-fixture'
import { addKey, addPerson, asking, changesOf, decisionOf, permitFor } from './test/fixtures'

const { sql, db, aws, ann, bob, ask, approve, askApproved } = await openChangeFixture({
  bobIs: 'admin',
})
const create = () => permitFor(ann, 'requests.create')

it('a draft is sent once, broken or discarded, whatever comes at the same moment', async () => {
  const key = await addKey(aws.url)
  for (let round = 0; round < 8; round++) {
    const { id } = await prepareRequest(
      create(),
      asking('description', key.arn, { description: `round ${round}` }),
    )
    const ends = await Promise.allSettled([
      sendRequest(create(), { id }),
      sendRequest(create(), { id }),
      breakGlass(permitFor(ann, 'requests.breakGlass'), { id, reason: 'now' }),
      discardDraft(create(), { id }),
    ])
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const events = await sql.query<{ event: string }>(
      `SELECT "event" FROM "AuditEntry" WHERE "requestId" = $1 AND "event" <> 'request.prepared'`,
      [id],
    )
    expect(events).toHaveLength(1)
  }
})

it('standing in does not go on from one to the next, nor back to who asked', async () => {
  const [dan, eve] = [await addPerson('Dan', 'viewer'), await addPerson('Eve', 'viewer')]
  const standIn = (awayId: string, standInId: string) =>
    db.standIn.create({
      data: {
        awayId,
        standInId,
        startsAt: new Date(Date.now() - 60_000),
        endsAt: new Date(Date.now() + 3_600_000),
        createdById: bob.id,
      },
    })
  for (const [away, other] of [
    [bob, dan],
    [dan, eve],
    [bob, ann],
  ] as const)
    await standIn(away.id, other.id)
  const { changeId } = await ask(
    asking('description', (await addKey(aws.url)).arn, { description: 'x' }),
  )
  const decision = await decisionOf(changeId)
  await expect(decideChange(permitFor(eve, 'requests.read'), decision)).rejects.toMatchObject({
    code: 'forbidden',
  })
  await expect(decideChange(permitFor(ann, 'requests.read'), decision)).rejects.toMatchObject({
    code: 'forbidden',
  })
  expect(await decideChange(permitFor(dan, 'requests.read'), decision)).toEqual({
    status: 'approved',
  })
})

it('a hundred changes are prepared, sent, decided and done within the time of a transaction', async () => {
  const keys = await Promise.all(Array.from({ length: 100 }, () => addKey(aws.url)))
  const from = performance.now()
  const { id } = await prepareRequest(create(), {
    justification: 'all',
    changes: keys.flatMap(({ arn }) => asking('description', arn, { description: 'many' }).changes),
  })
  await sendRequest(create(), { id })
  expect(performance.now() - from).toBeLessThan(20_000)
  for (const { id: changeId } of await changesOf(id)) await approve(changeId)
  expect((await getRequest(permitFor(bob, 'requests.read'), id)).changes).toHaveLength(100)
}, 120_000)

it('what breaks off on our side is put aside for a while, with words', async () => {
  await sql.execute(
    `UPDATE "Change" SET "status" = 'cancelled' WHERE "status" IN ('open', 'approved')`,
  )
  const { changeId } = await askApproved(
    asking('description', (await addKey(aws.url)).arn, { description: 'x' }),
  )
  await sql.execute(
    `CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no space'; END $$`,
  )
  await sql.execute(
    `CREATE TRIGGER broken BEFORE INSERT ON "AuditEntry" FOR EACH ROW WHEN (NEW."event" = 'change.sent') EXECUTE FUNCTION broken()`,
  )
  const loop = makeChangeLoop('test')
  await loop.claim(new AbortController().signal)
  await loop.settled()
  await sql.execute('DROP TRIGGER broken ON "AuditEntry"')
  const [row] = await sql.query(
    'SELECT "status"::text AS "status", "sends", "leaseUntil", "nextTryAt", "problem" FROM "Change" WHERE "id" = $1::uuid',
    [changeId],
  )
  expect(row).toMatchObject({
    status: 'executing',
    sends: 0,
    leaseUntil: null,
    nextTryAt: expect.any(Date),
    problem: expect.stringMatching(/audit log could not be written/),
  })
})
