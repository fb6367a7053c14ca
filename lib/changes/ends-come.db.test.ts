/**
 * Every end that was approved comes, and none that was not; what stands in its way is said in
 * words.
 */
import { CreateGrantCommand, DisableKeyCommand } from '@aws-sdk/client-kms'
import { beforeEach, expect, it } from 'vitest'
import { endNow } from './decide/end-now'
import { hashRequest } from './kinds/hash'
import { claimChanges } from './run/lease'
import { getRequestsOverview } from './read/overview'
import { getRequest } from './read/get-request'
import { productionContext } from './kinds/execution-context'
import { decryptGrant, openChangeFixture } from './test/change-fixture'
import {
  addKey,
  asking,
  letTimePass,
  outsider,
  permitFor,
  fixtureAccount,
  stored,
} from './test/fixtures'

const { sql, db, aws, ann, bob, ask, approve, askApproved, work } = await openChangeFixture({
  bobIs: 'admin',
})

beforeEach(() =>
  sql.execute(
    `UPDATE "Account" SET "removedAt" = NULL, "writeRoleArn" = 'arn:aws:iam::${fixtureAccount}:role/ClavigerWrite'`,
  ),
)

it('a change whose stored input this version cannot read ends in words instead of going round', async () => {
  const key = await addKey(aws.url)
  const { changeId } = await askApproved(asking('grant-create', key.arn, decryptGrant))
  await work()
  await sql.execute(
    `UPDATE "Change" SET "input" = '{"old": true}', "endAskedAt" = claviger_now() WHERE "id" = $1::uuid`,
    [changeId],
  )
  const old = await db.change.findUniqueOrThrow({
    where: { id: changeId },
    include: { request: true },
  })
  await sql.execute(`UPDATE "Change" SET "requestHash" = $2 WHERE "id" = $1::uuid`, [
    changeId,
    hashRequest(old.request, old),
  ])
  await work().catch(() => {})
  expect(await stored(changeId)).toMatchObject({
    status: 'revertFailed',
    problem: expect.stringMatching(/this version/i),
    nextTryAt: expect.any(Date),
  })
  const told = await sql.query(
    `SELECT 1 FROM "Notification" WHERE "event" = 'change.revertFailed' AND "personId" = $1::uuid`,
    [ann.id],
  )
  expect(told.length).toBeGreaterThan(0)
  await sql.execute(`UPDATE "Change" SET "nextTryAt" = NULL WHERE "id" = $1::uuid`, [changeId])
})

it('what ends now does not wait behind what could not be undone, which is tried less and less', async () => {
  const keys = await Promise.all([1, 2, 3].map(() => addKey(aws.url)))
  const stuck = []
  for (const { arn } of keys.slice(0, 2))
    stuck.push(
      (
        await askApproved(
          asking('grant-create', arn, decryptGrant, {
            endsAt: new Date(Date.now() + 3_600_000).toISOString(),
          }),
        )
      ).changeId,
    )
  const { changeId: fresh } = await askApproved(
    asking('grant-create', keys[2]?.arn ?? '', decryptGrant, {
      endsAt: new Date(Date.now() + 10 * 86_400_000).toISOString(),
    }),
  )
  await work()
  await letTimePass(aws.url, 3_700)
  await sql.execute(`UPDATE "Account" SET "writeRoleArn" = NULL`)
  await work()
  expect((await stored(stuck[0] ?? ''))?.status).toBe('revertFailed')
  const told = async () =>
    (
      await sql.query(
        `SELECT 1 FROM "Notification" WHERE "event" = 'change.revertFailed' AND "title" LIKE '%' || $1 || '%'`,
        [keys[0]?.keyId],
      )
    ).length
  const before = await told()
  expect(before).toBeGreaterThan(0)
  let [last, passed] = [0, 0]
  for (let round = 0; round < 26; round++) {
    await letTimePass(aws.url, Math.max(60, last + 1))
    passed += Math.max(60, last + 1)
    await sql.execute(
      `UPDATE "Change" SET "problem" = 'AWS throttles kms:RevokeGrant. It is tried again.' WHERE "id" = $1::uuid`,
      [stuck[0]],
    ) // as between two tries
    await work()
    const [row] = await sql.query<{ seconds: number }>(
      `SELECT extract(epoch FROM "nextTryAt" - claviger_now())::float8 AS "seconds" FROM "Change"
        WHERE "id" = $1::uuid`,
      [stuck[0]],
    )
    last = row?.seconds ?? 0
  }
  expect(await told()).toBe(before)
  expect(last).toBeGreaterThan(300)
  expect(last).toBeLessThanOrEqual(900)
  await letTimePass(aws.url, Math.max(1_000, 90_000 - passed))
  expect(await stored(fresh)).toMatchObject({ status: 'applied' })
  await sql.execute(`UPDATE "Change" SET "endAskedAt" = claviger_now() WHERE "id" = $1::uuid`, [
    fresh,
  ])
  expect(await claimChanges(productionContext, 'test', 'undo', 1)).toMatchObject([
    { changeId: fresh },
  ])
}, 60_000)

it('what was sent and can be seen no more is shown, and its end comes all the same', async () => {
  const { changeId } = await askApproved(
    asking('grant-create', (await addKey(aws.url)).arn, decryptGrant),
  )
  await claimChanges(productionContext, 'dies', 'do', 10)
  await sql.execute(
    `UPDATE "Change" SET "sends" = 1, "lastSentAt" = claviger_now(), "leaseUntil" = NULL WHERE "id" = $1::uuid`,
    [changeId],
  )
  await sql.execute(`UPDATE "Account" SET "removedAt" = now()`)
  await work()
  expect(await stored(changeId)).toMatchObject({
    status: 'executing',
    problem: expect.stringMatching(/not connected/),
  })
  await letTimePass(aws.url, 3_600)
  expect(
    (await getRequestsOverview(permitFor(bob, 'requests.read'))).troubled.lines.map(
      ({ status }) => status,
    ),
  ).toContain('executing')
  await letTimePass(aws.url, 8 * 86_400)
  await work()
  await work()
  expect(await stored(changeId)).toMatchObject({
    status: 'revertFailed',
    problem: expect.stringMatching(/not connected/),
  })
  await sql.execute(`UPDATE "Account" SET "removedAt" = NULL`)
  await letTimePass(aws.url, 120)
  await work()
  expect(await stored(changeId)).toMatchObject({ status: 'reverted' })
})

it('a change whose account is gone ends when its own end has come', async () => {
  const key = await addKey(aws.url)
  const { changeId } = await askApproved(asking('grant-create', key.arn, decryptGrant))
  const { changeId: untouched } = await askApproved(
    asking('key-disable', (await addKey(aws.url)).arn, {}),
  )
  await sql.execute(`UPDATE "Account" SET "removedAt" = now()`)
  await work()
  expect([await stored(changeId), await stored(untouched)]).toMatchObject([
    { status: 'failed', sends: 0 },
    { status: 'failed', sends: 0 },
  ])
  await outsider(aws.url).send(new DisableKeyCommand({ KeyId: key.arn }))
})

it('a grant adopted without an end was never approved to end', async () => {
  const key = await addKey(aws.url)
  const { GrantId: grantId } = await outsider(aws.url).send(
    new CreateGrantCommand({
      KeyId: key.arn,
      GranteePrincipal: decryptGrant.granteePrincipal,
      Operations: ['Decrypt'],
    }),
  )
  const { requestId, changeId } = await ask(
    asking('grant-adopt', key.arn, { grantId, owner: 'team', reason: 'known' }, { endsAt: null }),
  )
  await approve(changeId)
  await work()
  const [change] = (await getRequest(permitFor(ann, 'requests.read'), requestId)).changes
  expect(change).toMatchObject({ status: 'applied', canEnd: false })
  await expect(
    endNow(permitFor(ann, 'requests.create'), { changeId, reason: 'away' }),
  ).rejects.toThrow(/no end/)
})
