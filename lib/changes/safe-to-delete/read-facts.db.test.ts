import { beforeEach, expect, test } from 'vitest'
import type { Scope } from '@/lib/auth/permissions'
import { nobody, permitFor } from '@/lib/auth/test/permit'
import { freshDatabase } from '@/lib/db/test/database'
import { getKeyRow } from '@/lib/inventory/read'
import { recountHours } from '@/lib/trail/recount'
import { eventFrom } from '@/lib/trail/test/events'
import { writeEvents } from '@/lib/trail/write'
import { listEvidence, verdictOf } from './evidence'
import { readDeletionFacts } from './read-facts'
import { listSteps } from './steps'

const { sql, db } = await freshDatabase()
const [own, other] = ['111122223333', '444455556666']
const keyId = '1234abcd-12ab-34cd-56ef-1234567890ab'
const arn = `arn:aws:kms:us-west-2:${own}:key/${keyId}`
const viewer = { ...nobody, assigned: [{ role: 'viewer' as const, accountId: null }] }
const permit = (scope: Scope = { all: true }) => permitFor(viewer, 'trail.read', scope)

const ago = (days: number) => new Date(Date.now() - days * 86_400_000)
const eventTime = (days: number) => `${ago(days).toISOString().slice(0, 19)}Z`

beforeEach(async () => {
  await sql.execute(
    'TRUNCATE trail.event, trail.use, trail.dirty_hour, "Key", "IamEntity", "TrailCoverage"',
  )
  await putKey(arn, 'Enabled')
})

const putKey = (keyArn: string, state: string) =>
  sql.execute(
    `INSERT INTO "Key" (arn, "accountId", region, "keyId", aliases, "keyState", "createdAt", "listedAt",
       "listedIn", "keySpec", "keyManager", origin, scope, "describedAt")
     VALUES ($1, $2, 'us-west-2', $3, '{}', $4, now() - interval '400 days', now(), 1,
       'RSA_2048', 'CUSTOMER', 'AWS_KMS', 'single', now())`,
    [keyArn, own, keyArn.split('/').at(-1), state],
  )
async function put(...events: ReturnType<typeof eventFrom>[]) {
  await writeEvents(events, { name: 'lookup', importId: null })
  await recountHours()
}
const facts = async (scope?: Scope) =>
  readDeletionFacts(
    permit(scope),
    await getKeyRow(permit(scope), { accountId: own, region: 'us-west-2', keyId }),
  )
let n = 0
const event = (eventName: string, days: number, more: object = {}) =>
  eventFrom('decrypt', {
    eventID: `event-${n++}`,
    eventName,
    eventTime: eventTime(days),
    resources: [{ type: 'AWS::KMS::Key', ARN: arn, accountId: own }],
    ...more,
  })
const foreigner = { userIdentity: { type: 'AWSAccount', principalId: 'AIDAX', accountId: other } }

test('uses, callers of other accounts and public key reads are counted from what succeeded', async () => {
  await put(
    event('Decrypt', 100),
    event('Decrypt', 120, foreigner),
    event('GetPublicKey', 5),
    event('DescribeKey', 1),
    event('Decrypt', 1, { errorCode: 'AccessDenied' }),
    event('Decrypt', 2, { errorCode: 'DisabledException' }),
    event('Decrypt', 100, { recipientAccountId: other }),
  )
  const found = await facts({ all: false, accountIds: [own] })
  expect(found.seen).toMatchObject({
    uses: { principals: 2, events: 2 },
    foreignUses: { principals: 1, events: 1, accounts: [other] },
    publicKeyReads: { events: 1 },
  })
  expect(found.seen.uses.lastAt?.slice(0, 10)).toBe(ago(100).toISOString().slice(0, 10))
  const verdict = verdictOf(listEvidence(found))
  expect(verdict.kind).toBe('depends')
  expect(verdict.reasons).toContain('Uses in CloudTrail')
  expect(verdict.unknown).toContain('Uses in CloudTrail')
  // The caller's own record of a call that the key's account recorded too.
  expect((await facts()).seen.uses.events).toBe(2)
})

test('IAM of the account names the key, was read without a word of it, or was not read', async () => {
  expect((await facts()).iam).toBeNull()
  const entity = (name: string, details: object) =>
    db.iamEntity.create({
      data: {
        arn: `arn:aws:iam::${own}:role/${name}`,
        accountId: own,
        kind: 'role',
        name,
        path: '/',
        uniqueId: `AROA${name}`,
        details: JSON.parse(JSON.stringify(details)),
        observedAt: new Date(),
      },
    })
  await entity('other', { policy: 'arn:aws:kms:us-west-2:1:key/else' })
  expect((await facts()).iam).toMatchObject({ names: [], total: 0 })
  await entity('app', { policy: arn })
  expect((await facts()).iam).toMatchObject({ names: ['role app'], total: 1 })
})

test('the plan follows the trail: disabled, calls refused since then, enabled again', async () => {
  await put(
    event('EnableKey', 60, { readOnly: false }),
    event('DisableKey', 40, { readOnly: false }),
    event('Decrypt', 50, { errorCode: 'DisabledException' }),
    event('Decrypt', 10, { errorCode: 'DisabledException' }),
    event('Decrypt', 9, { errorCode: 'DisabledException' }),
    event('Decrypt', 8, { errorCode: 'AccessDenied' }),
  )
  expect((await facts()).refusals, 'it is enabled').toBeNull()
  await sql.execute(`UPDATE "Key" SET "keyState" = 'Disabled'`)
  const off = await facts()
  expect(off.stoppedAt?.slice(0, 10)).toBe(ago(40).toISOString().slice(0, 10))
  expect(off.refusals).toMatchObject({ events: 2, principals: 1, most: [{ events: 2 }] })
  expect(listSteps(off).map(({ state }) => state)).toEqual(['done', 'warning', 'later', 'later'])
})
