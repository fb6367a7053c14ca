import { CreateGrantCommand, DescribeKeyCommand, ListGrantsCommand } from '@aws-sdk/client-kms'
import { randomUUID } from 'node:crypto'
import { afterAll, expect, it } from 'vitest'
import { freshDatabase } from '../../db/test/database'
import type { Facts } from '../kinds/kind'
import { kindNames, kindOf, kinds } from '../kinds/registry'
import { prepareRequest } from './prepare'
import { examples } from '../test/kind-examples'
import { openSandboxFixture, own, region } from '../test/sandbox-fixture'
import { addPerson, asking, connectAccount, listKey, permitFor } from '../test/fixtures'

const { sql, db } = await freshDatabase()
const fixture = await openSandboxFixture()
afterAll(() => fixture.close())
await connectAccount(fixture.aws.url, { accountId: own })
await fixture.aws.control('PUT', 'dry-run', { honoured: false })
const ann = await addPerson('Ann', 'keyAdministrator')
const eve = await addPerson('Eve', 'admin')
const create = permitFor(ann, 'requests.create')

/** All that a change can change: everything but what AWS writes down and counts of every call. */
function seeWorld() {
  const { accounts } = fixture.aws.sandbox.world
  const parts = [...accounts].flatMap(([id, account]) =>
    [...account.regions].map(([region, state]) => {
      const { keys, aliases, keyStores, quotaOverrides, quotaRequests } = state
      return { id, region, keys, aliases, keyStores, quotaOverrides, quotaRequests }
    }),
  )
  return structuredClone(parts)
}

/** Keys that a sweep would have found. */
async function listKeys(...arns: (string | null)[]): Promise<void> {
  for (const KeyId of arns.filter((arn) => arn !== null)) {
    const { KeyMetadata: key } = await fixture.admin().send(new DescribeKeyCommand({ KeyId }))
    if (key) await listKey(key)
  }
}

async function makeGrant(): Promise<{ keyArn: string; grantId: string }> {
  const { keyArn } = await fixture.makeKey()
  if (keyArn === null) throw new Error('no key was made')
  await listKeys(keyArn)
  const asked = {
    KeyId: keyArn,
    GranteePrincipal: (await fixture.makeUser()).arn,
    Operations: ['Decrypt' as const],
  }
  const { GrantId = '' } = await fixture.admin().send(new CreateGrantCommand(asked))
  return { keyArn, grantId: GrantId }
}

const place = { accountId: own, region, partition: 'aws', keyArn: null }
/** Whether AWS has a DryRun for the kind. */
function canDryRun(kind: string, input: unknown): boolean {
  const about = { changeId: randomUUID(), place, endsAt: null, key: null }
  const plan = kindOf(kind)?.open({ ...about, input: kindOf(kind)?.parse(input) ?? {} })
  return plan?.where === 'aws' && plan.dryRun !== null
}

type Shown = { dryRun: Facts | null; noDryRun: string | null }
async function preflightOf(requestId: string): Promise<Shown> {
  const [row] = await sql.query<{ preflight: Shown }>(
    `SELECT "preflight" FROM "Change" WHERE "requestId" = $1::uuid`,
    [requestId],
  )
  if (!row) throw new Error('no draft was made')
  return row.preflight
}

it('a preview changes nothing at an endpoint that may ignore DryRun, and says there was none', async () => {
  delete process.env.CLAVIGER_DRY_RUN
  const previewed: string[] = ['grant-adopt']
  const { keyArn, grantId } = await makeGrant()
  const cases = [asking('grant-adopt', keyArn, { grantId, owner: 'team', reason: 'a test' })]
  for (const kind of kindNames) {
    const example = await examples.get(kind)?.(fixture)
    if (!example) continue
    const { place, input } = example
    await listKeys(
      place.keyArn,
      ...Object.values(Object(input))
        .filter((value) => /:key\//.test(String(value)))
        .map(String),
    )
    const {
      changes: [change],
    } = asking(kind, place.keyArn, input, { accountId: place.accountId, region: place.region })
    if (change) cases.push({ justification: kind, changes: [change] })
    previewed.push(kind)
  }
  const withDryRun = cases
    .flatMap(({ changes }) => changes)
    .filter(({ kind, input }) => canDryRun(kind, input))
    .map(({ kind }) => kind)
  expect(withDryRun.toSorted()).toEqual(['grant-create', 'grant-retire', 'grant-revoke'])
  const inClaviger = kindNames.filter((name) => kinds[name].about === 'house')
  expect([...previewed, ...inClaviger].sort()).toEqual([...kindNames].sort())
  const before = seeWorld()
  for (const asked of cases) {
    const { id } = await prepareRequest(create, asked)
    const { dryRun, noDryRun } = await preflightOf(id)
    expect(dryRun).toBeNull()
    const [{ kind = '', input = {} } = {}] = asked.changes
    const hasDryRun = canDryRun(kind, input)
    expect([kind, noDryRun]).toEqual([
      kind,
      hasDryRun ? expect.stringMatching(/whether it honours DryRun is not known/) : null,
    ])
  }
  expect(seeWorld()).toEqual(before)
}, 120_000)

it('a dry run that was carried out is an alarm, audited, and the last one at that endpoint', async () => {
  process.env.CLAVIGER_DRY_RUN = 'honoured'
  const { keyArn, grantId } = await makeGrant()
  const asked = asking('grant-revoke', keyArn, { grantId })
  await expect(prepareRequest(create, asked)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringMatching(/carried out kms:RevokeGrant/),
  })
  const event = 'dryRun.performed'
  expect(await db.auditEntry.findMany({ where: { event } })).toMatchObject([
    { accountId: own, keyArn, actorId: ann.id },
  ])
  expect(await db.notification.findMany({ where: { event } })).toMatchObject([
    { personId: eve.id, title: expect.stringMatching(/carried out a dry run/) },
  ])
  expect(await db.dryRunBreach.findMany()).toMatchObject([
    { endpoint: fixture.aws.url, api: 'kms:RevokeGrant' },
  ])

  const other = await makeGrant()
  const before = seeWorld()
  const { id } = await prepareRequest(
    create,
    asking('grant-revoke', other.keyArn, { grantId: other.grantId }),
  )
  expect(await preflightOf(id)).toMatchObject({
    dryRun: null,
    noDryRun: expect.stringMatching(/carried out kms:RevokeGrant on [-\d]{10} \d\d:\d\d UTC/),
  })
  expect(seeWorld()).toEqual(before)
})

it('of several dry runs at once, one that was carried out keeps the others from being sent', async () => {
  process.env.AWS_ENDPOINT_URL_KMS = `http://localhost:${new URL(fixture.aws.url).port}`
  const made = [await makeGrant(), await makeGrant(), await makeGrant()]
  const changes = made.flatMap(
    ({ keyArn, grantId }) => asking('grant-revoke', keyArn, { grantId }).changes,
  )
  await expect(prepareRequest(create, { justification: 'several', changes })).rejects.toMatchObject(
    { code: 'conflict' },
  )
  await new Promise((resolve) => {
    setTimeout(resolve, 1_000)
  }) // of what was under way beside it
  const left = await Promise.all(
    made.map(async ({ keyArn }) => {
      const { Grants = [] } = await fixture.admin().send(new ListGrantsCommand({ KeyId: keyArn }))
      return Grants.length
    }),
  )
  expect(left.reduce((sum, count) => sum + count, 0)).toBe(made.length - 1)
  delete process.env.AWS_ENDPOINT_URL_KMS
})
