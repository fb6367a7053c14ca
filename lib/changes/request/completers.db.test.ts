/**
 * A policy that names a role of another account: whoever approves it has to know that the
 * account can complete it alone.
 */
import { createHash } from 'node:crypto'
import { GetKeyPolicyCommand } from '@aws-sdk/client-kms'
import { expect, it } from 'vitest'
import { decideChange } from '../decide/decide'
import { analyzeImpact } from './impact'
import { prepareRequest } from './prepare'
import { getRequest } from '../read/get-request'
import { openChangeFixture } from '../test/change-fixture'
import {
  addKey,
  asking,
  changesOf,
  decisionOf,
  outsider,
  permitFor,
  fixtureAccount,
  fixtureRegion,
} from '../test/fixtures'

const { sql, aws, ann, bob, ask, approve } = await openChangeFixture()
const otherAccount = '638820417753'
const etl = `arn:aws:iam::${otherAccount}:role/etl-runner`

/** IAM of the other account is read, and says nothing. */
async function readSilentRole(): Promise<void> {
  const details = {
    inlinePolicies: [],
    attachedPolicyArns: [],
    permissionsBoundaryArn: null,
    tags: {},
    trustPolicy: null,
  }
  await sql.execute(
    `INSERT INTO "IamEntity" (arn, "accountId", kind, name, path, "uniqueId", details, "observedAt")
     VALUES ($1, $2, 'role', 'etl-runner', '/', 'x', $3, now())`,
    [etl, otherAccount, JSON.stringify(details)],
  )
}

async function policyOf(keyArn: string): Promise<{ Statement: object[] }> {
  const { Policy: text = '' } = await outsider(aws.url).send(
    new GetKeyPolicyCommand({ KeyId: keyArn, PolicyName: 'default' }),
  )
  await storePolicy(keyArn, text)
  return JSON.parse(text)
}

/** As a sweep would have read it. */
async function storePolicy(keyArn: string, text: string): Promise<void> {
  const hash = createHash('sha256').update(text).digest('hex')
  await sql.execute(
    `INSERT INTO "PolicyDocument" ("hash", "text") VALUES ($1, $2) ON CONFLICT DO NOTHING`,
    [hash, text],
  )
  await sql.execute(
    `UPDATE "Key" SET "policyHash" = $2, "policyAt" = now(), "grantsAt" = now() WHERE "arn" = $1`,
    [keyArn, hash],
  )
}

it('is said to open external access, and is approved only by who confirms to know it', async () => {
  await readSilentRole()
  const key = await addKey(aws.url)
  const policy = await policyOf(key.arn)
  policy.Statement.push({
    Sid: 'Share',
    Effect: 'Allow',
    Principal: { AWS: etl },
    Action: 'kms:Decrypt',
    Resource: '*',
  })
  const { requestId, changeId } = await ask(
    asking('policy-put', key.arn, { policy: JSON.stringify(policy) }),
  )

  const [change] = (await getRequest(permitFor(bob, 'requests.read'), requestId)).whole
  expect(change?.preflight.policyImpact).toMatchObject({
    gains: [],
    completers: [{ accountId: otherAccount }],
    latent: [
      {
        principal: etl,
        accountId: otherAccount,
        direction: 'opened',
        abilities: ['Decrypt'],
        isAll: true,
      },
    ],
  })
  expect(change?.preflight.riskReasons.join(' ')).toContain(
    `External access opened: ${etl} is not of the key’s account and can do more than before. ` +
      `The administrators of account ${otherAccount}`,
  )

  await expect(approve(changeId)).rejects.toMatchObject({
    code: 'invalid',
    message: expect.stringContaining(`the administrators of account ${otherAccount}`),
  })
  const decision = await decisionOf(changeId)
  const permit = permitFor(bob, 'requests.decide')
  await expect(
    decideChange(permit, { ...decision, acknowledged: ['111122223333'] }),
  ).rejects.toMatchObject({ code: 'invalid' })
  expect((await changesOf(requestId))[0]).toMatchObject({ status: 'open' })
  expect(await decideChange(permit, { ...decision, acknowledged: [otherAccount] })).toEqual({
    status: 'approved',
  })
  const [entry] = await sql.query<{ data: unknown }>(
    `SELECT "body"::jsonb->'data' AS "data" FROM "AuditEntry" WHERE "event" = 'change.approvalGiven'
      ORDER BY "seq" DESC LIMIT 1`,
  )
  expect(entry?.data).toMatchObject({ changeId, acknowledged: [otherAccount] })
})

it('is rejected without confirming anything, and a policy that trusts nobody new asks for nothing', async () => {
  const key = await addKey(aws.url)
  const policy = await policyOf(key.arn)
  const grow = (principal: string) =>
    JSON.stringify({
      ...policy,
      Statement: [
        ...policy.Statement,
        {
          Sid: 'More',
          Effect: 'Allow',
          Principal: { AWS: principal },
          Action: 'kms:Decrypt',
          Resource: '*',
        },
      ],
    })
  const foreign = await ask(asking('policy-put', key.arn, { policy: grow(etl) }))
  const rejection = {
    ...(await decisionOf(foreign.changeId)),
    decision: 'reject' as const,
    comment: 'no',
  }
  expect(await decideChange(permitFor(bob, 'requests.decide'), rejection)).toEqual({
    status: 'rejected',
  })
  const own = await ask(
    asking('policy-put', key.arn, {
      policy: grow(`arn:aws:iam::${key.arn.split(':')[4] ?? ''}:root`),
    }),
  )
  expect(await approve(own.changeId)).toEqual({ status: 'approved' })
})

const share = {
  Sid: 'Share',
  Effect: 'Allow',
  Principal: { AWS: etl },
  Action: 'kms:Decrypt',
  Resource: '*',
}
const livePolicy = async (KeyId: string): Promise<{ Statement: object[] }> => {
  const { Policy = '' } = await outsider(aws.url).send(
    new GetKeyPolicyCommand({ KeyId, PolicyName: 'default' }),
  )
  return JSON.parse(Policy)
}
const completersOfRequest = async (id: string) =>
  (await getRequest(permitFor(ann, 'requests.read'), id)).whole[0]?.preflight.policyImpact
    ?.completers

it('is confirmed also where the requester is told nothing of the other account', async () => {
  const key = await addKey(aws.url)
  const policy = await policyOf(key.arn)
  const asked = asking('policy-put', key.arn, {
    policy: JSON.stringify({ ...policy, Statement: [...policy.Statement, share] }),
  })
  const scope = { all: false as const, accountIds: [fixtureAccount] }
  const { id } = await prepareRequest({ ...permitFor(ann, 'requests.create'), scope }, asked)
  expect(await completersOfRequest(id)).toMatchObject([{ accountId: otherAccount }])
})

it('compares with the policy that is there, not with what was read of it before', async () => {
  const key = await addKey(aws.url)
  const policy = await livePolicy(key.arn)
  const shared = JSON.stringify({ ...policy, Statement: [...policy.Statement, share] })
  const never = await ask(asking('policy-put', key.arn, { policy: shared }))
  expect(await completersOfRequest(never.requestId), 'never read').toMatchObject([
    { accountId: otherAccount },
  ])

  const other = await addKey(aws.url)
  await storePolicy(other.arn, shared)
  const stale = await ask(asking('policy-put', other.arn, { policy: shared }))
  expect(await completersOfRequest(stale.requestId), 'read before it was taken away').toMatchObject(
    [{ accountId: otherAccount }],
  )
})

it('is taken for trusted anew where the policy of today cannot be read, and nobody is not what is said', async () => {
  const key = await addKey(aws.url)
  const policy = await policyOf(key.arn)
  const shared = JSON.stringify({ ...policy, Statement: [...policy.Statement, share] })
  const place = {
    kind: 'policy-put',
    accountId: fixtureAccount,
    region: fixtureRegion,
    keyArn: key.arn,
  }
  const policyText = '{"Version":"2012-10-17","Statement":[{"Effect":'
  const impact = await analyzeImpact(
    permitFor(ann, 'requests.create'),
    { ...place, input: { policy: shared } },
    { policyText },
  )
  expect(impact).toMatchObject({
    isCompared: false,
    gains: [],
    completers: [{ accountId: otherAccount }],
  })
})
