/**
 * What is done is what was approved, once: not what was altered, cancelled or sent again meanwhile.
 */
import { DescribeKeyCommand } from '@aws-sdk/client-kms'
import { beforeEach, expect, it } from 'vitest'
import { makeChangeLoop } from '../worker/changes'
import { discardDraft } from './request/cancel'
import { claimChanges } from './run/lease'
import { prepareRequest } from './request/prepare'
import { breakGlass, sendRequest } from './request/send'
import { productionContext } from './kinds/execution-context'
import { openChangeFixture } from './test/change-fixture'
import { addKey, asking, outsider, permitFor, stored } from './test/fixtures'

const { sql, transaction, aws, ann, askApproved, work } = await openChangeFixture({
  bobIs: 'admin',
})
const create = () => permitFor(ann, 'requests.create')

beforeEach(() =>
  sql.execute(`UPDATE "Change" SET "status" = 'cancelled' WHERE "status" IN ('open', 'approved')`),
)

it('what was altered once it had begun is neither sent again nor undone as it is now', async () => {
  const [one, two] = [await addKey(aws.url), await addKey(aws.url)]
  const begun = await askApproved(asking('description', one.arn, { description: 'as approved' }))
  const [lease] = await claimChanges(productionContext, 'dies', 'do', 10)
  expect(lease?.changeId).toBe(begun.changeId)
  await sql.execute(
    `UPDATE "Change" SET "sends" = 1, "lastSentAt" = claviger_now(), "leaseUntil" = NULL,
      "input" = '{"description": "altered"}' WHERE "id" = $1::uuid`,
    [begun.changeId],
  ) // its call was throttled
  const timed = await askApproved(
    asking(
      'description',
      two.arn,
      { description: 'for a while' },
      { endsAt: new Date(Date.now() + 400 * 86_400_000).toISOString() },
    ),
  )
  await work()
  expect(await stored(begun.changeId)).toMatchObject({
    status: 'drifted',
    sends: 1,
    problem: expect.stringMatching(/altered afterwards. A call of this change was sent before/),
  })
  expect(await stored(timed.changeId)).toMatchObject({ status: 'applied' })
  await sql.execute(
    `UPDATE "Change" SET "baseline" = jsonb_set("baseline", '{description}', '"never there"'),
      "endAskedAt" = claviger_now() WHERE "id" = $1::uuid`,
    [timed.changeId],
  )
  await work()
  expect(await stored(timed.changeId)).toMatchObject({
    status: 'revertFailed',
    problem: expect.stringMatching(/altered afterwards. Nothing was undone/),
  })
  const describe = async (KeyId: string) =>
    (await outsider(aws.url).send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.Description
  expect([await describe(one.arn), await describe(two.arn)]).toEqual(['', 'for a while'])
})

it('what is cancelled while it is claimed is not taken, and holds up nothing else', async () => {
  const [one, two] = [await addKey(aws.url), await addKey(aws.url)]
  const first = await askApproved(asking('description', one.arn, { description: 'one' }))
  const second = await askApproved(asking('description', two.arn, { description: 'two' }))
  let claim: Promise<unknown[]> | null = null
  await transaction(async (tx) => {
    await tx.execute(`UPDATE "Change" SET "status" = 'cancelled' WHERE "id" = $1::uuid`, [
      first.changeId,
    ])
    claim = claimChanges(productionContext, 'test', 'do', 10)
    claim.catch(() => {})
    await new Promise((resolve) => setTimeout(resolve, 300))
  })
  expect(await claim).toMatchObject([{ changeId: second.changeId }])
  expect(await stored(first.changeId)).toMatchObject({ status: 'cancelled' })
})

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
    'CREATE TRIGGER broken BEFORE INSERT ON "AuditEntry" FOR EACH ROW WHEN (NEW."event" = ' +
      "'change.sent') EXECUTE FUNCTION broken()",
  )
  const loop = makeChangeLoop('test')
  await loop.claim(new AbortController().signal)
  await loop.settled()
  await sql.execute('DROP TRIGGER broken ON "AuditEntry"')
  const [row] = await sql.query(
    'SELECT "status"::text AS "status", "sends", "leaseUntil", "nextTryAt", "problem" FROM ' +
      '"Change" WHERE "id" = $1::uuid',
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
