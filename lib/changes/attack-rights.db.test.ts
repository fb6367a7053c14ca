/** Rights that went, were never there, or are somebody else's, and what may be known of other accounts. */
import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { CreateAliasCommand, GetKeyPolicyCommand } from '@aws-sdk/client-kms'
import { beforeEach, describe, expect, it } from 'vitest'
import { scopeOf, type Permission, type Role } from '../auth/permissions'
import type { Permit } from '../auth/permit'
import { cancelRequestsOfDeactivated } from '../settings/deactivated-people'
import { commentOnRequest } from './decide/comment'
import { decideChange } from './decide/decide'
import { prepareRequest } from './request/prepare'
import { getRequest } from './read/get-request'
import { applyRules } from './rules/apply'
import { defaultRules } from './rules/rule'
import { sendRequest } from './request/send'
import { decryptGrant, openChangeFixture } from './test/change-fixture'
import {
  addKey,
  addPerson,
  asking,
  changesOf,
  decisionOf,
  letTimePass,
  outsider,
  permitFor,
  fixtureAccount,
  type Someone,
} from './test/fixtures'

const { db, sql, transaction, aws, ann, bob, ask, approve, work } = await openChangeFixture({
  bobIs: 'admin',
})
const cleo = await addPerson('Cleo', 'admin')
const kms = () => outsider(aws.url)
const otherAccount = '638820417753'
beforeEach(() =>
  sql.execute(`UPDATE "Change" SET "status" = 'cancelled' WHERE "status" IN ('open', 'approved')`),
)
const stored = async (id: string) =>
  (
    await sql.query<{ status: string; problem: string | null; sends: number }>(
      'SELECT "status"::text AS "status", "problem", "sends" FROM "Change" WHERE "id" = $1::uuid',
      [id],
    )
  )[0]
function permitOf<P extends Permission>(
  { id, name, email, assigned }: Someone,
  permission: P,
): Permit<P> {
  const scope = scopeOf(assigned, permission)
  if (!scope) throw new Error(`${name} lacks ${permission}`)
  return { actor: { id, name, email, assigned }, scope } as unknown as Permit<P> // only authorize makes one; here nobody signs in
}
async function addLocal(name: string, role: Role, accountId = fixtureAccount): Promise<Someone> {
  const person = await addPerson(name, role)
  await sql.execute(`UPDATE "Assignment" SET "accountId" = $2 WHERE "personId" = $1::uuid`, [
    person.id,
    accountId,
  ])
  return { ...person, assigned: [{ role, accountId }] }
}

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

it('the frozen foresight tells a scoped approver nothing of the IAM of another account', async () => {
  const key = await addKey(aws.url)
  const text =
    (await kms().send(new GetKeyPolicyCommand({ KeyId: key.arn, PolicyName: 'default' }))).Policy ??
    ''
  const hash = createHash('sha256').update(text).digest('hex')
  await sql.execute(
    `INSERT INTO "PolicyDocument" ("hash", "text") VALUES ($1, $2) ON CONFLICT DO NOTHING`,
    [hash, text],
  )
  await sql.execute(
    `UPDATE "Key" SET "policyHash" = $2, "policyAt" = now(), "grantsAt" = now() WHERE "arn" = $1`,
    [key.arn, hash],
  )
  const role = `arn:aws:iam::${otherAccount}:role/secret-merger-team`
  const details = JSON.stringify({
    inlinePolicies: [
      {
        name: 'p',
        document: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: 'kms:*', Resource: '*' }],
        }),
      },
    ],
    attachedPolicyArns: [],
    permissionsBoundaryArn: null,
    tags: {},
    trustPolicy: null,
  })
  await sql.execute(
    `INSERT INTO "IamEntity" (arn, "accountId", kind, name, path, "uniqueId", details, "observedAt") VALUES ($1, $2, 'role', 'secret-merger-team', '/', 'x', $3, now())`,
    [role, otherAccount, details],
  )
  const doc = JSON.parse(text)
  doc.Statement.push({
    Sid: 'Share',
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${otherAccount}:root` },
    Action: ['kms:Decrypt', 'kms:DescribeKey'],
    Resource: '*',
  })
  const { requestId } = await ask(asking('policy-put', key.arn, { policy: JSON.stringify(doc) }))
  const local = await addLocal('Local eight', 'approver')
  const seen = await getRequest(permitOf(local, 'requests.read'), requestId)
  expect(JSON.stringify(seen)).not.toContain('secret-merger-team')
  expect(
    JSON.stringify(await getRequest(permitFor(bob, 'requests.read'), requestId)),
    'who sees all accounts is told',
  ).toContain('secret-merger-team')
})

it('nobody approves past the time to answer, however long they waited for a lock', async () => {
  const { changeId } = await ask(
    asking('description', (await addKey(aws.url)).arn, { description: 'x' }),
  )
  const [left] = await sql.query<{ s: number }>(
    'SELECT extract(epoch FROM r."answerBy" - claviger_now())::float8 AS s FROM "Change" c JOIN "Request" r ON r."id" = c."requestId" WHERE c."id" = $1::uuid',
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
      'SELECT clock_timestamp() + (SELECT ahead FROM stage_clock) > r."answerBy" + interval \'1 second\' AS late FROM "Change" c JOIN "Request" r ON r."id" = c."requestId" WHERE c."id" = $1::uuid',
      [changeId],
    )
    expect(late?.late).toBe(true)
  })
  expect(await decided).toMatch(/time to answer is over|no longer be decided/)
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

it('who may no longer see a request is not told what is said about it', async () => {
  const { requestId } = await ask(
    asking('description', (await addKey(aws.url)).arn, { description: 'x' }),
  )
  const local = await addLocal('Local eleven', 'approver')
  await commentOnRequest(permitOf(local, 'requests.read'), { requestId, text: 'hm' })
  await sql.execute(`UPDATE "Assignment" SET "accountId" = $2 WHERE "personId" = $1::uuid`, [
    local.id,
    otherAccount,
  ])
  await commentOnRequest(permitFor(ann, 'requests.read'), {
    requestId,
    text: 'the secret of this account',
  })
  expect(
    await sql.query(
      `SELECT "title", "body" FROM "Notification" WHERE "personId" = $1::uuid AND "event" = 'request.commented'`,
      [local.id],
    ),
  ).toEqual([])
})

it('who decided in one account is not told the titles of another when the requester leaves', async () => {
  const leo = await addPerson('Leo', 'keyAdministrator')
  const [there, here] = [await addKey(aws.url), await addKey(aws.url)]
  const { requestId } = await ask(
    {
      justification: 'both',
      title: 'two',
      changes: [
        ...asking('key-disable', there.arn, {}).changes,
        ...asking('key-disable', here.arn, {}).changes,
      ],
    },
    leo,
  )
  await sql.execute(`UPDATE "Change" SET "accountId" = $2 WHERE "keyArn" = $1`, [
    there.arn,
    otherAccount,
  ])
  const local = await addLocal('Local 26', 'approver')
  const mine = (await changesOf(requestId))[1]?.id ?? ''
  await decideChange(permitOf(local, 'requests.decide'), await decisionOf(mine))
  await sql.execute('UPDATE "Person" SET "disabledAt" = now() WHERE "id" = $1::uuid', [leo.id])
  await cancelRequestsOfDeactivated()
  const told = await sql.query(`SELECT "title" FROM "Notification" WHERE "personId" = $1::uuid`, [
    local.id,
  ])
  expect(told).toHaveLength(1)
  expect(JSON.stringify(told)).not.toContain(there.keyId)
})

it('a rule that wants the owner of the key an alias is taken from wants that owner', async () => {
  await addPerson('Xavier', 'approver', { email: 'xavier@example.com' })
  const [x, y] = [
    await addKey(aws.url, {}, { owner: 'xavier@example.com', Owner: 'xavier@example.com' }),
    await addKey(aws.url, {}, { owner: 'bob@example.com', Owner: 'bob@example.com' }),
  ]
  await kms().send(new CreateAliasCommand({ AliasName: 'alias/t4', TargetKeyId: x.keyId }))
  const rule = {
    name: 'X: its owner',
    when: { keyArns: [x.arn] },
    approvals: 1,
    roles: [],
    ownerMust: true,
    ticket: false,
    longestHours: null,
    businessHours: false,
    comment: 'none' as const,
  }
  await transaction((tx) =>
    applyRules(tx, { ...defaultRules, rules: [...defaultRules.rules, rule] }, 0),
  )
  const { changeId } = await ask(
    asking('alias-update', y.arn, { aliasName: 'alias/t4', fromKeyArn: x.arn }),
  )
  const { status } = await approve(changeId, bob)
  expect(status).toBe('open')
})

describe('a say given by a stand-in', () => {
  const standIn = (awayId: string, standInId: string) =>
    db.standIn.create({
      data: {
        awayId,
        standInId,
        startsAt: new Date(Date.now() - 60_000),
        endsAt: new Date(Date.now() + 400 * 86_400_000),
        createdById: awayId,
      },
    })
  it('is refused by the database where it is the requester’s: the database refuses an approval given with the rights of the requester', async () => {
    const sam = await addPerson('Sam', 'viewer')
    await standIn(ann.id, sam.id)
    const { changeId } = await ask(
      asking('description', (await addKey(aws.url)).arn, { description: 'x' }),
    )
    const { requestHash, baselineHash } = await decisionOf(changeId)
    await expect(
      db.approval.create({
        data: {
          changeId,
          personId: sam.id,
          personName: 'Sam',
          decision: 'approve',
          requestHash,
          baselineHash,
          roles: ['approver'],
          forPersonId: ann.id,
          forPersonName: 'Ann',
        },
      }),
    ).rejects.toThrow()
  })
  it('b given by a stand-in and by who turns out to be the same as the one away counts once', async () => {
    const tim = await addPerson('Tim', 'viewer')
    await standIn(bob.id, tim.id)
    const { changeId } = await ask(
      asking('deletion-schedule', (await addKey(aws.url)).arn, { pendingWindowInDays: 30 }),
    )
    await decideChange(permitFor(tim, 'requests.read'), await decisionOf(changeId))
    expect(await approve(changeId, cleo)).toEqual({ status: 'approved' })
    const [aId = '', bId = ''] = [bob.id, cleo.id].sort()
    const { id } = await db.personLink.create({
      data: { aId, bId, reason: 'twins', createdById: ann.id },
    })
    await work()
    await db.personLink.delete({ where: { id } })
    expect(await stored(changeId)).toMatchObject({ status: 'drifted', sends: 0 })
  })
  it('c of who turns out to be the requester, given by a stand-in, counts not', async () => {
    const [una, vic] = [await addPerson('Una', 'viewer'), await addPerson('Vic', 'approver')]
    await standIn(vic.id, una.id)
    const { changeId } = await ask(asking('key-disable', (await addKey(aws.url)).arn, {}))
    await decideChange(permitFor(una, 'requests.read'), await decisionOf(changeId))
    const [aId = '', bId = ''] = [ann.id, vic.id].sort()
    const { id } = await db.personLink.create({
      data: { aId, bId, reason: 'twins', createdById: bob.id },
    })
    await work()
    await db.personLink.delete({ where: { id } })
    expect(await stored(changeId)).toMatchObject({ status: 'drifted', sends: 0 })
  })
})
