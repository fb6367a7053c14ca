import {
  EnableKeyCommand,
  ListGrantsCommand,
  RevokeGrantCommand,
  CreateGrantCommand,
} from '@aws-sdk/client-kms'
import { expect, it } from 'vitest'
import type { AskedRequest } from '../request/ask'
import { reconcileChanges } from './reconcile'
import { queueAfterChange } from './refresh-after'
import { decryptGrant, openChangeFixture } from '../test/change-fixture'
import {
  addKey,
  asking,
  letTimePass,
  outsider,
  fixtureAccount,
  fixtureRegion,
} from '../test/fixtures'
import { productionContext } from '../kinds/execution-context'

const { sql, db, aws, ann, bob, askApproved, work } = await openChangeFixture()

const day = 86_400
const kms = () => outsider(aws.url)
const grantInput = {
  ...decryptGrant,
  operations: ['Decrypt', 'DescribeKey'],
  constraints: { EncryptionContextEquals: { team: 'data' } },
}

/** Asked for, approved and done. */
async function done(
  asked: AskedRequest,
): Promise<{ requestId: string; changeId: string; grantId: string }> {
  const { requestId, changeId } = await askApproved(asked)
  await work()
  const stored = await db.change.findUniqueOrThrow({ where: { id: changeId } })
  expect(stored.status).toBe('applied')
  const outcome: unknown = stored.outcome
  const grantId =
    typeof outcome === 'object' &&
    outcome !== null &&
    'grantId' in outcome &&
    typeof outcome.grantId === 'string'
      ? outcome.grantId
      : ''
  return { requestId, changeId, grantId }
}
const inDays = (days: number) => new Date(Date.now() + days * day * 1_000).toISOString()
const findingOf = async (changeId: string) => {
  const [row] = await sql.query<{
    reconciled: { at: string; finding: string | null; words: string } | null
  }>('SELECT reconciled FROM "Change" WHERE id = $1::uuid', [changeId])
  return row?.reconciled ?? null
}
const eventsOf = async (requestId: string) =>
  (
    await sql.query<{ event: string }>(
      `SELECT event FROM "AuditEntry" WHERE "requestId" = $1 AND event LIKE 'reconcile.%' ORDER BY seq`,
      [requestId],
    )
  ).map(({ event }) => event)
const noticesOf = (requestId: string) =>
  sql.query<{ personId: string; title: string }>(
    `SELECT "personId", title FROM "Notification" WHERE "requestId" = $1::uuid AND event = 'reconcile.found'`,
    [requestId],
  )
async function inDaysOfSandbox(days: number): Promise<string> {
  const [clock] = await sql.query<{ now: Date }>('SELECT claviger_now() AS now')
  return new Date((clock?.now.getTime() ?? 0) + days * day * 1_000).toISOString()
}

it('a grant revoked behind our back is found within a day and told once; AWS is left alone', async () => {
  const key = await addKey(aws.url)
  const kept = await done(asking('grant-create', key.arn, grantInput, { endsAt: inDays(60) }))
  const lost = await done(
    asking(
      'grant-create',
      key.arn,
      { ...grantInput, operations: ['Decrypt'] },
      { endsAt: inDays(60) },
    ),
  )
  await kms().send(new RevokeGrantCommand({ KeyId: key.arn, GrantId: lost.grantId }))
  await reconcileChanges(productionContext)
  expect(await findingOf(lost.changeId), 'not before its day').toBeNull()
  await letTimePass(aws.url, day + 60)
  await Promise.all([
    reconcileChanges(productionContext),
    reconcileChanges(productionContext),
    reconcileChanges(productionContext),
  ])
  expect(await findingOf(kept.changeId)).toMatchObject({ finding: null })
  expect(await findingOf(lost.changeId)).toMatchObject({ finding: 'vanished' })
  await letTimePass(aws.url, day + 60)
  await reconcileChanges(productionContext)
  expect(await eventsOf(lost.requestId)).toEqual(['reconcile.found'])
  expect((await noticesOf(lost.requestId)).map(({ personId }) => personId).sort()).toEqual(
    [ann.id, bob.id].sort(),
  )
  expect(await eventsOf(kept.requestId)).toEqual([])
  expect((await kms().send(new ListGrantsCommand({ KeyId: key.arn }))).Grants).toHaveLength(1)
  expect((await db.change.findUniqueOrThrow({ where: { id: lost.changeId } })).status).toBe(
    'applied',
  )
})

it('an end that nobody brings about, and a revoked grant that AWS still lists, are found', async () => {
  const key = await addKey(aws.url)
  const { changeId, requestId, grantId } = await done(
    asking('grant-create', key.arn, grantInput, { endsAt: await inDaysOfSandbox(2) }),
  )
  await letTimePass(aws.url, 2 * day + 16 * 60)
  await reconcileChanges(productionContext) // no worker has undone it
  expect(await findingOf(changeId)).toMatchObject({ finding: 'overdue' })
  await work()
  expect((await db.change.findUniqueOrThrow({ where: { id: changeId } })).status).toBe('reverted')
  await letTimePass(aws.url, day + 60)
  await reconcileChanges(productionContext)
  expect(await findingOf(changeId)).toMatchObject({ finding: null })
  expect(await eventsOf(requestId)).toEqual(['reconcile.found', 'reconcile.cleared'])
  // As if the revocation had been lost in AWS: a grant of the same name
  // that takes the place of ours.
  const { GrantId } = await kms().send(
    new CreateGrantCommand({
      KeyId: key.arn,
      Name: changeId,
      GranteePrincipal: grantInput.granteePrincipal,
      Operations: ['Decrypt', 'DescribeKey'],
      Constraints: grantInput.constraints,
    }),
  )
  await sql.execute(
    `UPDATE "Change" SET outcome = jsonb_set(outcome, '{grantId}', to_jsonb($2::text)) WHERE id = $1::uuid`,
    [changeId, GrantId],
  )
  expect(GrantId).not.toBe(grantId)
  await letTimePass(aws.url, day + 60)
  await reconcileChanges(productionContext)
  expect(await findingOf(changeId)).toMatchObject({ finding: 'stillThere' })
})

it('what the inventory has seen brings the look forward', async () => {
  const key = await addKey(aws.url)
  const { changeId, grantId } = await done(
    asking('grant-create', key.arn, grantInput, { endsAt: await inDaysOfSandbox(60) }),
  )
  await sql.execute(
    `INSERT INTO "Grant" ("keyArn", "grantId", "accountId", region, operations, "observedAt",
      "goneAt") VALUES ($1, $2, $3, $4, '{Decrypt}', claviger_now(),
      claviger_now() + interval '1 second')`,
    [key.arn, grantId, fixtureAccount, fixtureRegion],
  )
  await kms().send(new RevokeGrantCommand({ KeyId: key.arn, GrantId: grantId }))
  await reconcileChanges(productionContext)
  expect(await findingOf(changeId)).toMatchObject({ finding: 'vanished' })
})

it('a time-boxed state that somebody took back is found; one that a later change of ours explains is not', async () => {
  const [taken, explained] = [await addKey(aws.url), await addKey(aws.url)]
  const first = await done(
    asking('key-disable', taken.arn, {}, { endsAt: await inDaysOfSandbox(30) }),
  )
  const second = await done(
    asking('key-disable', explained.arn, {}, { endsAt: await inDaysOfSandbox(30) }),
  )
  await kms().send(new EnableKeyCommand({ KeyId: taken.arn }))
  await letTimePass(aws.url, 60)
  await done(asking('key-enable', explained.arn, {}))
  await letTimePass(aws.url, day + 60)
  await reconcileChanges(productionContext)
  expect(await findingOf(first.changeId)).toMatchObject({ finding: 'vanished' })
  expect(await findingOf(second.changeId)).toMatchObject({ finding: null })
})

it('what cannot be read is no finding, and leaves one that stands', async () => {
  const key = await addKey(aws.url)
  const { changeId, grantId, requestId } = await done(
    asking('grant-create', key.arn, grantInput, { endsAt: await inDaysOfSandbox(60) }),
  )
  await sql.execute(
    `UPDATE "Account" SET "readRoleArn" = 'arn:aws:iam::${fixtureAccount}:role/NoSuchRole'`,
  )
  await letTimePass(aws.url, day + 60)
  await reconcileChanges(productionContext)
  expect(await findingOf(changeId)).toMatchObject({
    finding: null,
    words: expect.stringContaining('could not be read'),
  })
  await sql.execute(
    `UPDATE "Account" SET "readRoleArn" = 'arn:aws:iam::${fixtureAccount}:role/ClavigerRead'`,
  )
  await kms().send(new RevokeGrantCommand({ KeyId: key.arn, GrantId: grantId }))
  await letTimePass(aws.url, day + 60)
  await reconcileChanges(productionContext)
  expect(await findingOf(changeId)).toMatchObject({ finding: 'vanished' })
  await sql.execute(
    `UPDATE "Account" SET "readRoleArn" = 'arn:aws:iam::${fixtureAccount}:role/NoSuchRole'`,
  )
  await letTimePass(aws.url, day + 60)
  await reconcileChanges(productionContext)
  expect(await findingOf(changeId)).toMatchObject({ finding: 'vanished' })
  expect(await eventsOf(requestId)).toEqual(['reconcile.found'])
})

it('a change that ended has its key read again; a key that is new, its account and Region', async () => {
  const key = await addKey(aws.url)
  await sql.execute('DELETE FROM "Sweep"')
  const about = {
    accountId: fixtureAccount,
    region: fixtureRegion,
    input: {},
    baseline: {},
    outcome: {},
  }
  const fresh = `arn:aws:kms:us-east-1:${fixtureAccount}:key/mrk-1234`
  await queueAfterChange({
    ...about,
    kind: 'replicate',
    keyArn: key.arn,
    outcome: { keyArn: fresh },
  })
  await queueAfterChange({
    ...about,
    kind: 'rules-update',
    accountId: null,
    region: null,
    keyArn: null,
  })
  const queued = await sql.query<object>(
    `SELECT kind, region, "keyArn" FROM "Sweep" ORDER BY region`,
  )
  expect(queued).toEqual([
    { kind: 'key', region: fixtureRegion, keyArn: key.arn },
    { kind: 'key', region: 'us-east-1', keyArn: fresh },
  ])
})
