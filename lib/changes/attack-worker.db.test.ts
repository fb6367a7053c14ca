import { CreateAliasCommand, DescribeKeyCommand, DisableKeyCommand } from '@aws-sdk/client-kms'
import { beforeEach, expect, it } from 'vitest'
import { appendAudit } from '../audit/append'
import { db as prisma } from '../db/client'
import { cancelChanges } from './request/cancel'
import { commentOnRequest } from './decide/comment'
import { executeChange } from './run/execute'
import { hashRequest } from './kinds/hash'
import { claimChanges } from './run/lease'
import { getRequestsOverview } from './read/overview'
import { prepareRequest } from './request/prepare'
import { sendRequest } from './request/send'
import { defaultRules } from './rules/rule'
import { decryptGrant, openChangeFixture } from './test/change-fixture'
import {
  addKey,
  addPerson,
  asking,
  letTimePass,
  outsider,
  permitFor,
  fixtureAccount,
} from './test/fixtures'
import { productionContext } from './kinds/execution-context'

const { sql, transaction, aws, ann, bob, ask, approve, askApproved, work } =
  await openChangeFixture({
    bobIs: 'admin',
  })
const cleo = await addPerson('Cleo', 'admin')
beforeEach(() =>
  sql.execute(
    `UPDATE "Account" SET "removedAt" = NULL, "writeRoleArn" = 'arn:aws:iam::${fixtureAccount}:role/ClavigerWrite'`,
  ),
)

const never = new AbortController().signal
type Stored = {
  status: string
  problem: string | null
  sends: number
  attempt: number
  nextTryAt: Date | null
}
async function stored(changeId: string): Promise<Stored | undefined> {
  const [row] = await sql.query<Stored>(
    'SELECT "status"::text AS "status", "problem", "sends", "attempt", "nextTryAt" FROM "Change" WHERE "id" = $1::uuid',
    [changeId],
  )
  return row
}

it('text that no database keeps is refused in words, and no text stops an entry or a notice', async () => {
  const key = await addKey(aws.url)
  const permit = permitFor(ann, 'requests.create')
  for (const odd of ['a\u0000b', 'half \ud83d', '\udc00']) {
    await expect(
      prepareRequest(permit, {
        ...asking('description', key.arn, { description: 'x' }),
        justification: odd,
      }),
    ).rejects.toMatchObject({
      code: 'invalid',
      details: { fields: { justification: [expect.stringMatching(/character/)] } },
    })
    await expect(
      prepareRequest(permit, asking('description', key.arn, { description: odd })),
    ).rejects.toMatchObject({
      code: 'invalid',
      details: { fields: { 'changes.0.input.description': [expect.stringMatching(/character/)] } },
    })
    await expect(
      prepareRequest(
        permit,
        asking('grant-create', key.arn, {
          ...decryptGrant,
          constraints: { EncryptionContextEquals: { [odd]: 'x' } },
        }),
      ),
    ).rejects.toMatchObject({ code: 'invalid' })
  }
  const emoji = `${'x'.repeat(59)}${'😀'.repeat(500)}`
  const { id } = await prepareRequest(permit, {
    ...asking('key-create', null, { description: emoji }),
    title: 'x'.repeat(40),
  })
  await sendRequest(permit, { id })
  await commentOnRequest(permitFor(bob, 'requests.read'), {
    requestId: id,
    text: `${'x'.repeat(499)}😀`,
  })
  await transaction((tx) =>
    appendAudit(tx, {
      event: 'test.odd',
      actor: { id: null, name: 'w\u0000\ud83d' },
      data: { 'a\u0000': ['\udc00'] },
    }),
  )
})

it('a change whose stored input this version cannot read ends in words instead of going round', async () => {
  const key = await addKey(aws.url)
  const { changeId } = await askApproved(asking('grant-create', key.arn, decryptGrant))
  await work()
  await sql.execute(
    `UPDATE "Change" SET "input" = '{"old": true}', "endAskedAt" = claviger_now() WHERE "id" = $1::uuid`,
    [changeId],
  )
  const old = await prisma.change.findUniqueOrThrow({
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

it('two approvers who turn out to be one person are one approval', async () => {
  const key = await addKey(aws.url)
  const { changeId } = await ask(asking('deletion-schedule', key.arn, { pendingWindowInDays: 30 }))
  await approve(changeId, bob)
  expect(await approve(changeId, cleo)).toEqual({ status: 'approved' })
  const [aId = '', bId = ''] = [bob.id, cleo.id].sort()
  const { id } = await prisma.personLink.create({
    data: { aId, bId, reason: 'twins', createdById: ann.id },
  })
  await work()
  expect(await stored(changeId)).toMatchObject({ status: 'drifted', sends: 0 })
  await prisma.personLink.delete({ where: { id } })
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

it('what ends now does not wait behind what could not be undone before, which is tried ever less often and told once', async () => {
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
      `SELECT extract(epoch FROM "nextTryAt" - claviger_now())::float8 AS "seconds" FROM "Change" WHERE "id" = $1::uuid`,
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

it('an alias is moved away from a key only as the rules of that key want it', async () => {
  const [from, to] = [await addKey(aws.url), await addKey(aws.url)]
  await outsider(aws.url).send(
    new CreateAliasCommand({ AliasName: 'alias/guarded', TargetKeyId: from.arn }),
  )
  const rule = {
    name: 'guarded',
    when: { keyArns: [from.arn] },
    approvals: 2,
    roles: [],
    ownerMust: false,
    ticket: false,
    longestHours: null,
    businessHours: false,
    comment: 'none',
  }
  await sql.execute(
    `INSERT INTO "Setting" ("name", "value", "version", "updatedAt") VALUES ('approvalRules', $1::jsonb, 1, now())`,
    [JSON.stringify({ ...defaultRules, rules: [...defaultRules.rules, rule] })],
  )
  const { changeId } = await ask(
    asking('alias-update', to.arn, { aliasName: 'alias/guarded', fromKeyArn: from.arn }),
  )
  await sql.execute(`DELETE FROM "Setting" WHERE "name" = 'approvalRules'`)
  expect(await approve(changeId)).toEqual({ status: 'open' })
  await cancelChanges(permitFor(ann, 'requests.create'), {
    requestId: (await prisma.change.findUniqueOrThrow({ where: { id: changeId } })).requestId,
    changeId: null,
    reason: '',
  })
})

it('a worker that loses its lease while it looks a last time sends nothing more', async () => {
  const key = await addKey(aws.url)
  const policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Root',
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${fixtureAccount}:root` },
        Action: 'kms:*',
        Resource: '*',
      },
    ],
  })
  const { changeId } = await askApproved(asking('policy-put', key.arn, { policy }))
  const [lease] = await claimChanges(productionContext, 'slow', 'do', 10)
  expect(lease?.changeId).toBe(changeId)
  let reads = 0
  let puts = 0
  const slow = {
    ...productionContext,
    read: async <T>(
      ...[place, api, send]: Parameters<typeof productionContext.read<T>>
    ): Promise<T> => {
      if (api === 'kms:GetKeyPolicy' && (reads += 1) === 2) {
        await sql.execute(
          `UPDATE "Change" SET "attempt" = "attempt" + 1, "leaseOwner" = 'other' WHERE "id" = $1::uuid`,
          [changeId],
        )
        await new Promise((resolve) => setTimeout(resolve, 2_500))
      }
      return productionContext.read<T>(place, api, send)
    },
    write: <T>(
      ...[place, api, before, send]: Parameters<typeof productionContext.write<T>>
    ): Promise<T> =>
      productionContext.write<T>(place, api, before, () => {
        puts += 1
        return send()
      }),
  }
  if (lease) await executeChange(slow, lease, never)
  expect({ reads, puts }).toEqual({ reads: 2, puts: 0 })
})

it('what was altered once it had begun is neither sent again nor undone as it is now', async () => {
  const [one, two] = [await addKey(aws.url), await addKey(aws.url)]
  const begun = await askApproved(asking('description', one.arn, { description: 'as approved' }))
  const [lease] = await claimChanges(productionContext, 'dies', 'do', 10)
  expect(lease?.changeId).toBe(begun.changeId)
  await sql.execute(
    `UPDATE "Change" SET "sends" = 1, "lastSentAt" = claviger_now(), "leaseUntil" = NULL, "input" = '{"description": "altered"}' WHERE "id" = $1::uuid`,
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
    `UPDATE "Change" SET "baseline" = jsonb_set("baseline", '{description}', '"never there"'), "endAskedAt" = claviger_now() WHERE "id" = $1::uuid`,
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
