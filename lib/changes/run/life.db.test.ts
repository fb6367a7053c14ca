import { DisableKeyCommand, ListGrantsCommand, DescribeKeyCommand } from '@aws-sdk/client-kms'
import { expect, it } from 'vitest'
import { cancelChanges } from '../request/cancel'
import { endNow } from '../decide/end-now'
import { expireUnanswered } from '../decide/expire'
import { prepareRequest } from '../request/prepare'
import { getRequest } from '../read/get-request'
import { remindOfEnds } from './remind'
import { sendRequest } from '../request/send'
import { decryptGrant, openChangeFixture } from '../test/change-fixture'
import { addKey, asking, changesOf, letTimePass, outsider, permitFor } from '../test/fixtures'
import { productionContext } from '../kinds/execution-context'

const { sql, aws, ann, bob, ask, askApproved, approve, work } = await openChangeFixture()
const statusOf = async (requestId: string) => (await changesOf(requestId))[0]

const grantInput = {
  ...decryptGrant,
  operations: ['Decrypt', 'DescribeKey'],
  constraints: { EncryptionContextEquals: { team: 'data' } },
}

it('a grant is asked for, approved, made once, and revoked at its end', async () => {
  const key = await addKey(aws.url)
  const { requestId, changeId } = await ask(asking('grant-create', key.arn, grantInput))
  const before = await getRequest(permitFor(bob, 'requests.read'), requestId)
  expect(before.whole[0]).toMatchObject({
    status: 'open',
    decide: { may: true },
    preflight: { dryRun: { would: 'succeed' } },
  })
  expect(await approve(changeId)).toEqual({ status: 'approved' })
  await work()
  expect(await statusOf(requestId)).toMatchObject({ status: 'applied', problem: null })
  const list = async () =>
    (await outsider(aws.url).send(new ListGrantsCommand({ KeyId: key.arn }))).Grants
  expect(await list()).toMatchObject([
    { Name: changeId, GranteePrincipal: grantInput.granteePrincipal },
  ])
  await letTimePass(aws.url, 6.5 * 86_400)
  expect([await remindOfEnds(productionContext), await remindOfEnds(productionContext)]).toEqual([
    1, 0,
  ])
  await letTimePass(aws.url, 1.5 * 86_400)
  await work()
  expect(await statusOf(requestId)).toMatchObject({ status: 'reverted' })
  const told = await sql.query<{ event: string }>(
    'SELECT "event" FROM "Notification" WHERE "requestId" = $1::uuid AND "personId" = $2::uuid ORDER BY "createdAt"',
    [requestId, ann.id],
  )
  expect(told.map(({ event }) => event)).toEqual([
    'change.approved',
    'change.applied',
    'change.endsSoon',
    'change.reverted',
  ])
  expect(await list()).toEqual([])
  const after = await getRequest(permitFor(bob, 'requests.read'), requestId)
  expect(after.audit.lines?.map(({ event }) => event)).toEqual([
    'request.prepared',
    'request.sent',
    'change.approvalGiven',
    'change.begun',
    'change.sent',
    'change.applied',
    'change.undoBegan',
    'change.sent',
    'change.reverted',
  ])
})

it('what somebody changed meanwhile is not done', async () => {
  const key = await addKey(aws.url)
  const { requestId, changeId } = await ask(
    asking('description', key.arn, { description: 'new words' }),
  )
  await approve(changeId)
  await work()
  expect(await statusOf(requestId)).toMatchObject({ status: 'applied' })
  const second = await ask(asking('grant-create', key.arn, grantInput))
  await approve(second.changeId)
  await outsider(aws.url).send(new DisableKeyCommand({ KeyId: key.arn }))
  await work()
  expect(await statusOf(second.requestId)).toMatchObject({ status: 'drifted' })
})

it('ends before its time when somebody says so, if it has an end', async () => {
  const key = await addKey(aws.url)
  const state = async () =>
    (await outsider(aws.url).send(new DescribeKeyCommand({ KeyId: key.arn }))).KeyMetadata?.KeyState
  const { requestId, changeId } = await askApproved(
    asking(
      'key-disable',
      key.arn,
      {},
      { endsAt: new Date(Date.now() + 90 * 86_400_000).toISOString() },
    ),
  )
  await work()
  expect(await state()).toBe('Disabled')
  await endNow(permitFor(ann, 'requests.create'), { changeId, reason: 'done' })
  await work()
  expect(await statusOf(requestId)).toMatchObject({ status: 'reverted' })
  expect(await state()).toBe('Enabled')
  const endless = await askApproved(asking('key-disable', key.arn, {}))
  await work()
  await expect(
    endNow(permitFor(ann, 'requests.create'), { changeId: endless.changeId, reason: 'done' }),
  ).rejects.toThrow(/no end/)
  expect(await statusOf(endless.requestId)).toMatchObject({ status: 'applied' })
})

it('another request for the same alias is shown, whichever key it is about', async () => {
  const [one, other] = [await addKey(aws.url), await addKey(aws.url)]
  const { changeId } = await ask(asking('alias-create', one.arn, { aliasName: 'alias/the-same' }))
  const conflictsOf = async (aliasName: string) => {
    const { id } = await prepareRequest(
      permitFor(ann, 'requests.create'),
      asking('alias-create', other.arn, { aliasName }),
    )
    return (await getRequest(permitFor(ann, 'requests.read'), id)).whole[0]?.preflight.conflicts
  }
  expect(await conflictsOf('alias/the-same')).toMatchObject([{ changeId, status: 'open' }])
  expect(await conflictsOf('alias/another')).toEqual([])
  await approve(changeId)
  await work()
})

it('a draft that is edited is replaced, unless it was sent meanwhile', async () => {
  const key = await addKey(aws.url)
  const asked = asking('grant-create', key.arn, grantInput)
  const prepare = async (replacesId: string | null) =>
    (await prepareRequest(permitFor(ann, 'requests.create'), { ...asked, replacesId })).id
  const first = await prepare(null)
  const second = await prepare(first)
  const count = async (id: string) =>
    (await sql.query('SELECT 1 FROM "Request" WHERE "id" = $1::uuid', [id])).length
  expect([await count(first), await count(second)]).toEqual([0, 1])
  expect(
    await sql.query(
      `SELECT "body"::jsonb->'data' AS "data" FROM "AuditEntry"
        WHERE "event" = 'request.discarded' AND "requestId" = $1`,
      [first],
    ),
  ).toEqual([{ data: { replacedBy: second } }])
  expect(await count(await prepare(first))).toBe(1) // gone already: no obstacle
  await sendRequest(permitFor(ann, 'requests.create'), { id: second })
  await expect(prepare(second)).rejects.toMatchObject({ code: 'conflict' })
  await cancelChanges(permitFor(ann, 'requests.create'), {
    requestId: second,
    changeId: null,
    reason: '',
  })
  const theirs = (await prepareRequest(permitFor(bob, 'requests.create'), asked)).id
  await prepare(theirs)
  expect(await count(theirs)).toBe(1) // nobody replaces what is not theirs
})

it('what nobody answers expires', async () => {
  const key = await addKey(aws.url)
  const { requestId, changeId } = await ask(asking('key-disable', key.arn, {}))
  await letTimePass(aws.url, 73 * 3_600)
  await expect(approve(changeId)).rejects.toThrow(/no longer be decided|time to answer/)
  expect(await expireUnanswered(productionContext)).toBe(1)
  expect(await statusOf(requestId)).toMatchObject({
    status: 'expired',
    problem: 'Nobody answered in time.',
  })
})

const altered: [string, string][] = [
  ['Change', `"kind" = 'key-enable'`],
  ['Change', `"accountId" = '638820417753'`],
  ['Change', `"region" = 'us-east-1'`],
  ['Change', `"keyArn" = "keyArn" || 'x'`],
  ['Change', `"input" = '{"description":"other"}'`],
  ['Change', `"startsAt" = now() - interval '1 day'`],
  ['Change', `"endsAt" = claviger_now() + interval '9 day'`],
  ['Change', `"title" = 'other'`],
  ['Change', `"risk" = 'low2'`],
  ['Change', `"exclusive" = NOT "exclusive"`],
  ['Change', `"baseline" = '{"description":"x"}'`],
  ['Change', `"baselineHash" = 'x'`],
  ['Change', `"baselineAt" = "baselineAt" + interval '1 second'`],
  ['Change', `"preflight" = jsonb_set("preflight", '{riskReasons}', '[]')`],
  ['Change', `"rule" = jsonb_set("rule", '{longestHours}', '1')`],
  ['Change', `"requestHash" = 'x'`],
  ['Change', `"position" = 7`],
  ['Request', `"title" = 'other'`],
  ['Request', `"requesterId" = (SELECT "id" FROM "Person" WHERE "name" = 'Bob')`],
  ['Request', `"requesterName" = 'other'`],
  ['Request', `"justification" = 'other'`],
  ['Request', `"ticket" = 'other'`],
  ['Request', `"template" = 'other'`],
  ['Request', `"breakGlass" = true`],
  ['Request', `"continuesId" = gen_random_uuid()`],
  ['Request', `"rulesVersion" = 99`],
  ['Request', `"number" = "number" + 100000`],
  ['Request', `"createdAt" = "createdAt" + interval '1 second'`],
  ['Request', `"sentAt" = "sentAt" + interval '1 second'`],
  ['Request', `"answerBy" = "answerBy" + interval '1 day'`],
]

it('every field altered after the approval invalidates it: nothing reaches AWS', async () => {
  const key = await addKey(aws.url)
  for (const [table, change] of altered) {
    const { requestId, changeId } = await ask(
      asking('description', key.arn, { description: `for ${table} ${change}`.slice(0, 100) }),
    )
    await approve(changeId)
    await sql.execute(`UPDATE "${table}" SET ${change} WHERE "id" = $1::uuid`, [
      table === 'Change' ? changeId : requestId,
    ])
    await work()
    const [row] = await sql.query<{ status: string; problem: string; sends: number }>(
      'SELECT "status"::text AS status, "problem", "sends" FROM "Change" WHERE "id" = $1::uuid',
      [changeId],
    )
    expect
      .soft({ change, ...row }, `${table} ${change}`)
      .toMatchObject({ status: 'drifted', sends: 0 })
  }
}, 120_000)
