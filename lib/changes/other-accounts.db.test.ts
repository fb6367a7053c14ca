/** Who has a role in one account sees, is told and does nothing in another. */
import { createHash } from 'node:crypto'
import { GetKeyPolicyCommand } from '@aws-sdk/client-kms'
import { beforeEach, expect, it } from 'vitest'
import { cancelRequestsOfDeactivated } from '../settings/deactivated-people'
import { type AskedRequest } from './request/ask'
import { commentOnRequest, reviewBreakGlass } from './decide/comment'
import { decideChange } from './decide/decide'
import { endNow } from './decide/end-now'
import { listRequests } from './read/list-requests'
import { prepareRequest } from './request/prepare'
import { getRequest } from './read/get-request'
import { breakGlass, sendRequest } from './request/send'
import { decryptGrant, openChangeFixture } from './test/change-fixture'
import {
  addKey,
  addLocal,
  addPerson,
  asking,
  changesOf,
  connectAccount,
  decisionOf,
  otherAccount,
  outsider,
  permitFor,
  permitOf,
  fixtureAccount,
  type Someone,
} from './test/fixtures'

const { sql, aws, ann, bob, ask, approve, work } = await openChangeFixture({ bobIs: 'admin' })
const kms = () => outsider(aws.url)

await connectAccount(aws.url, { accountId: otherAccount })

/** Prepared and sent, with the rights that the person has. */
async function askAs(
  who: Someone,
  asked: AskedRequest,
): Promise<{ requestId: string; changeIds: string[] }> {
  const { id } = await prepareRequest(permitOf(who, 'requests.create'), asked)
  await sendRequest(permitOf(who, 'requests.create'), { id })
  return { requestId: id, changeIds: (await changesOf(id)).map((change) => change.id) }
}

beforeEach(() =>
  sql.execute(`UPDATE "Change" SET "status" = 'cancelled' WHERE "status" IN ('open', 'approved')`),
)

it('who sees one account of a request sees nothing of the others', async () => {
  const [here, there] = [await addKey(aws.url), await addKey(aws.url)]
  const { requestId } = await askAs(ann, {
    justification: 'both',
    title: 'two',
    changes: [
      ...asking('key-disable', here.arn, {}).changes,
      ...asking('description', there.arn, { description: 'secret project' }).changes,
    ],
  })
  await sql.execute(`UPDATE "Change" SET "accountId" = $2 WHERE "keyArn" = $1`, [
    there.arn,
    otherAccount,
  ])
  const local = await addLocal('Local', 'approver', fixtureAccount)
  const seen = await getRequest(permitOf(local, 'requests.read'), requestId)
  expect(seen.changes).toHaveLength(1)
  const text = JSON.stringify(seen)
  expect(text).not.toContain(there.arn)
  expect(text).not.toContain(there.keyId)
  const [row] = (
    await listRequests(permitOf(local, 'requests.read'), { box: 'all', text: '', page: 1 })
  ).rows.filter(({ id }) => id === requestId)
  expect(row).toMatchObject({
    changes: 1,
    kinds: ['key-disable'],
    accounts: [{ id: fixtureAccount }],
  })
  const far = (await changesOf(requestId))[1]?.id ?? ''
  const decision = await decisionOf(far)
  await expect(decideChange(permitOf(local, 'requests.decide'), decision)).rejects.toThrow(
    /no such change/,
  )
  await expect(
    endNow(permitOf(local, 'requests.create'), { changeId: far, reason: 'x' }),
  ).rejects.toThrow(/no such change/)
  const stranger = await addLocal('Stranger', 'approver', '111111111111')
  await expect(
    commentOnRequest(permitOf(stranger, 'requests.read'), { requestId, text: 'x' }),
  ).rejects.toThrow(/no such request/)
})

it('break-glass over several accounts is reviewed by who may decide in all of them', async () => {
  const [here, there] = [await addKey(aws.url), await addKey(aws.url)]
  const { id } = await prepareRequest(permitOf(ann, 'requests.create'), {
    justification: 'both',
    changes: [here, there].flatMap(
      ({ arn }) => asking('description', arn, { description: 'x' }).changes,
    ),
  })
  await breakGlass(permitOf(ann, 'requests.breakGlass'), { id, reason: 'fire' })
  await sql.execute(`UPDATE "Change" SET "accountId" = $2 WHERE "keyArn" = $1`, [
    there.arn,
    otherAccount,
  ])
  const local = await addLocal('Local two', 'approver', fixtureAccount)
  expect((await getRequest(permitOf(local, 'requests.read'), id)).canReview).toBe(false)
  await expect(
    reviewBreakGlass(permitOf(local, 'requests.decide'), { requestId: id, note: 'fine' }),
  ).rejects.toThrow(/all/)
  expect((await getRequest(permitOf(bob, 'requests.read'), id)).canReview).toBe(true)
  await reviewBreakGlass(permitOf(bob, 'requests.decide'), { requestId: id, note: 'fine' })
  expect((await getRequest(permitOf(bob, 'requests.read'), id)).canReview).toBe(false)
})

it('who only asks for changes in an account does not end those of others', async () => {
  const key = await addKey(aws.url)
  const {
    requestId,
    changeIds: [changeId = ''],
  } = await askAs(ann, asking('grant-create', key.arn, decryptGrant))
  await approve(changeId, bob)
  await work()
  const clerk = await addLocal('Clerk two', 'requester', fixtureAccount)
  expect((await getRequest(permitOf(clerk, 'requests.read'), requestId)).changes[0]?.canEnd).toBe(
    false,
  )
  await expect(
    endNow(permitOf(clerk, 'requests.create'), { changeId, reason: 'spite' }),
  ).rejects.toThrow(/no such change/)
  const approver = await addLocal('Local three', 'approver', fixtureAccount)
  expect(
    (await getRequest(permitOf(approver, 'requests.read'), requestId)).changes[0]?.canEnd,
  ).toBe(true)
  await endNow(permitOf(approver, 'requests.create'), { changeId, reason: 'over' })
})

it('the frozen impact tells a scoped approver nothing of the IAM of another account', async () => {
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
    `INSERT INTO "IamEntity" (arn, "accountId", kind, name, path, "uniqueId", details, "observedAt")
      VALUES ($1, $2, 'role', 'secret-merger-team', '/', 'x', $3, now())`,
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
