import { DescribeKeyCommand, GetKeyPolicyCommand } from '@aws-sdk/client-kms'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { discoverAccounts } from '../../accounts/discover'
import { closeBudget } from '../../aws/budget/local-budget'
import { queueSweeps } from '../../sweep/queue'
import { makeSweepLoop } from '../../worker/sweeps'
import { prepareRequest } from './prepare'
import { getRequest } from '../read/get-request'
import { breakGlass, sendRequest } from './send'
import { openChangeFixture } from '../test/change-fixture'
import { addKey, asking, changesOf, outsider, permitFor } from '../test/fixtures'

const playRegion = 'eu-central-1'
process.env.CLAVIGER_BUDGET_SHARE = '1'
const { sql, aws, ann, work } = await openChangeFixture()
afterAll(closeBudget)
const create = permitFor(ann, 'requests.create')

/** A key of the demo by its alias. */
function findKey(alias: string): { arn: string; accountId: string } {
  for (const [accountId, { regions }] of aws.sandbox.world.accounts) {
    const state = regions.get(playRegion)
    const target = state?.aliases.get(alias)?.targetKeyId
    const arn = !target ? undefined : state?.keys.get(target)?.arn
    if (arn !== undefined) return { arn, accountId }
  }
  throw new Error(`the demo has no ${alias}`)
}
const locked = findKey('alias/play/lockout')

async function sweep(accountId: string): Promise<void> {
  await queueSweeps([
    {
      accountId: aws.sandbox.world.organization?.managementAccountId ?? '',
      region: '',
      kind: 'organization',
    },
    { accountId, region: '', kind: 'iam' },
    { accountId, region: playRegion, kind: 'core' },
  ])
  const loop = makeSweepLoop('00000000-0000-4000-8000-000000000000')
  const left = () =>
    sql.query(
      `SELECT 1 FROM "Sweep" WHERE "status" IN ('queued', 'running')
        AND "kind" IN ('organization', 'iam', 'core', 'grants')`,
    )
  for (const stop = new AbortController(); (await left()).length > 0; await sleep(50))
    await loop.claim(stop.signal)
}

beforeAll(async () => {
  await discoverAccounts()
  await sweep(locked.accountId)
}, 90_000)

type Kind = 'key-disable' | 'description' | 'alias-update' | 'policy-put'
async function prepare(kind: Kind, keyArn: string, input: unknown, more: { endsAt?: string } = {}) {
  const { id } = await prepareRequest(create, asking(kind, keyArn, input, more))
  const {
    whole: [change],
  } = await getRequest(permitFor(ann, 'requests.read'), id)
  return { id, prediction: change?.preflight.rolePrediction }
}

it('what the key policy does not let our role do is said before anyone is asked, and is not sent', async () => {
  const { id, prediction } = await prepare('key-disable', locked.arn, {})
  expect(prediction).toMatchObject({
    role: `arn:aws:iam::${locked.accountId}:role/ClavigerWrite`,
    readAt: expect.any(String),
    doing: {
      result: 'refused',
      lines: expect.arrayContaining([
        expect.stringMatching(/^kms:DisableKey: No statement of the key policy allows/),
      ]),
    },
  })
  await expect(sendRequest(create, { id })).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringMatching(
      /AWS will refuse this, so nobody is asked\. .*key policy.* read by [-\d]{10} \d\d:\d\d UTC;/,
    ),
  })
  expect(
    await sql.query('SELECT 1 FROM "Request" WHERE "id" = $1::uuid AND "sentAt" IS NULL', [id]),
  ).toHaveLength(1)
})

it('AWS would really have refused it: break-glass asks AWS itself', async () => {
  const { id } = await prepare('key-disable', locked.arn, {})
  await breakGlass(permitFor(ann, 'requests.breakGlass'), { id, reason: 'to see' })
  await work()
  expect(await changesOf(id)).toMatchObject([
    {
      status: 'failed',
      problem: expect.stringMatching(/AWS refused kms:DisableKey \(AccessDeniedException\)/),
    },
  ])
})

it('a policy that was put since the last sweep counts when it is sent', async () => {
  const { id, prediction } = await prepare('description', locked.arn, { description: 'mended' })
  expect(prediction?.doing?.result).toBe('refused')
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'IAM decides',
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${locked.accountId}:root` },
        Action: 'kms:*',
        Resource: '*',
      },
    ],
  })
  const world = aws.sandbox.world.accounts
    .get(locked.accountId)
    ?.regions.get(playRegion)
    ?.keys.get(locked.arn.split('/').at(-1) ?? '')
  if (world) world.policy = Policy
  await sendRequest(create, { id })
  expect(await changesOf(id)).toMatchObject([{ status: 'open' }])
})

it('counts also for the other key that a change is about', async () => {
  const alias = { aliasName: 'alias/play/lockout', fromKeyArn: locked.arn }
  const { prediction } = await prepare('alias-update', findKey('alias/play/byok').arn, alias)
  expect(prediction?.doing).toMatchObject({ result: 'allowed' })
})

it('the end is weighed as well, and what cannot be weighed is unknown', async () => {
  const key = findKey('alias/play/byok')
  const end = { endsAt: new Date(Date.now() + 3_600_000).toISOString() }
  const text = await prepare('description', key.arn, { description: 'until then' }, end)
  expect(text.prediction?.ending).toMatchObject({ result: 'allowed' })
  const kms = outsider(aws.url, { accountId: key.accountId, region: playRegion })
  const { Policy = '{}' } = await kms.send(new GetKeyPolicyCommand({ KeyId: key.arn }))
  const policy = JSON.stringify({ ...JSON.parse(Policy), Id: 'until-then' })
  expect((await prepare('policy-put', key.arn, { policy }, end)).prediction?.ending).toMatchObject({
    result: 'unknown',
  })
  expect((await prepare('policy-put', key.arn, { policy })).prediction?.ending).toBeNull()
})

it('what the policies allow is said to be allowed, and AWS does it', async () => {
  const key = findKey('alias/play/byok')
  const { id, prediction } = await prepare('description', key.arn, { description: 'allowed' })
  expect(prediction?.doing?.result).toBe('allowed')
  await breakGlass(permitFor(ann, 'requests.breakGlass'), { id, reason: 'to see' })
  await work()
  const kms = outsider(aws.url, { accountId: key.accountId, region: playRegion })
  expect(
    (await kms.send(new DescribeKeyCommand({ KeyId: key.arn }))).KeyMetadata?.Description,
  ).toBe('allowed')
})

it('where IAM of the account was never read, it is unknown, and can be sent', async () => {
  const key = await addKey(aws.url)
  const { id, prediction } = await prepare('description', key.arn, { description: 'x' })
  expect(prediction).toMatchObject({ doing: { result: 'unknown' }, readAt: null })
  await sendRequest(create, { id })
})
