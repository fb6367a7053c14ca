import fc from 'fast-check'
import { beforeEach, expect, test } from 'vitest'
import { nobody, permitFor } from '@/lib/auth/test/permit'
import { freshDatabase } from '@/lib/db/test/database'
import { searchEverything } from '@/lib/inventory/search'
import { blocksOf } from '@/lib/db/test/blocks'
import type { Scope } from '@/lib/auth/permissions'
import { forgetOldTrail } from '../forget'
import { recountHours } from '../recount'
import { eventFrom } from '../test/events'
import { keyArn, otherArn } from '../test/shapes'
import { writeEvents } from '../write'
import { findBound } from './find-bound'
import { readResourcesOfKey } from './read-bound'
import { recountBound, trailDueMs } from './recount-bound'
import { certaintyOf, evidenceOf } from './resource-of-key'

const { sql, db } = await freshDatabase()
const lasting = { name: 'lookup', importId: null }
const [own, other] = ['111122223333', '444455556666']
const one: Scope = { all: false, accountIds: [own] }
const everywhere: Scope = { all: true }

beforeEach(async () => {
  await sql.execute(
    'TRUNCATE trail.event, trail.use, trail.dirty_hour, trail.bound, trail.dirty_bound',
  )
  await sql.execute('TRUNCATE "Grant", "Key", "TrailCoverage"')
})

/** The resources of keys, counted from the events themselves: none is the answer. */
const boundDifferences = `
  WITH counted AS (
    SELECT k AS key_arn, date_trunc('month', e.occurred_at, 'UTC')::date AS month, e.account_id,
      e.resource_kind, e.resource, e.operation, min(e.occurred_at) AS first_at,
      max(e.occurred_at) AS last_at
    FROM trail.event e, unnest(array_append(coalesce(e.more_keys, '{}'), e.key_arn)) k
    WHERE e.resource IS NOT NULL AND k IS NOT NULL AND e.outcome = 'success'
    GROUP BY 1, 2, 3, 4, 5, 6),
  kept AS (SELECT key_arn, month, account_id, resource_kind, resource, operation, first_at, last_at
    FROM trail.bound)
  SELECT count(*)::int AS differences FROM (
    (SELECT * FROM counted EXCEPT SELECT * FROM kept)
    UNION ALL (SELECT * FROM kept EXCEPT SELECT * FROM counted)) d`
const differences = async () =>
  (await sql.query<{ differences: number }>(boundDifferences))[0]?.differences

const bucket = (n: number) => `arn:aws:s3:::bucket-${n}`
type Made = {
  n: number
  at: number
  bucket: number
  account: string
  operation: string
  denied: boolean
}
const made = ({ n, at, bucket: b, account, operation, denied }: Made) =>
  eventFrom('s3', {
    eventID: `event-${n}`,
    eventName: operation,
    eventTime: `${new Date(Date.UTC(2026, 8, 28) + at * 3_600_000).toISOString().slice(0, 19)}Z`,
    recipientAccountId: account,
    resources: [{ type: 'AWS::KMS::Key', ARN: n % 2 === 0 ? keyArn : otherArn }],
    requestParameters: { encryptionContext: { 'aws:s3:arn': `${bucket(b)}/object-${n}` } },
    ...(denied ? { errorCode: 'AccessDenied', errorMessage: 'no' } : {}),
  })
const someEvent = fc.record({
  at: fc.integer({ min: 0, max: 150 }),
  bucket: fc.nat(3),
  account: fc.constantFrom(own, other),
  operation: fc.constantFrom('Decrypt', 'GenerateDataKey'),
  denied: fc.boolean(),
})

test('whatever comes and goes in whatever order, resources are a count of the events', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(someEvent, { minLength: 1, maxLength: 40 }),
      fc.nat(),
      async (some, goes) => {
        await sql.execute(
          'TRUNCATE trail.event, trail.use, trail.dirty_hour, trail.bound, trail.dirty_bound',
        )
        const events = some.map((event, n) => made({ ...event, n }))
        const half = Math.ceil(events.length / 2)
        await writeEvents(events.slice(half), lasting)
        await recountHours()
        await Promise.all([
          recountBound(),
          writeEvents(events.slice(0, half), lasting).then(() => recountHours()),
          recountBound(),
        ])
        await recountBound()
        expect(await differences()).toBe(0)
        // As the undo of an import does it.
        await sql.execute(
          `WITH gone AS (DELETE FROM trail.event WHERE hashtext(event_id) % 3 = ${goes % 3}
             RETURNING account_id, region, occurred_at)
           INSERT INTO trail.dirty_hour (account_id, region, hour)
           SELECT DISTINCT account_id, region, date_trunc('hour', occurred_at, 'UTC') FROM gone`,
        )
        await recountHours()
        await recountBound()
        expect(await differences()).toBe(0)
      },
    ),
    { numRuns: 8 },
  )
})

test('a key in use is counted once in a while, and not with every recount of its hour', async () => {
  await writeEvents(
    [made({ n: 0, at: 1, bucket: 1, account: own, operation: 'Decrypt', denied: false })],
    lasting,
  )
  expect(await trailDueMs(60)).toBe(0)
  await recountHours()
  await recountBound(60)
  expect(await sql.query('SELECT 1 FROM trail.bound')).toEqual([])
  const dueMs = (await trailDueMs(60)) ?? 0
  expect(dueMs).toBeGreaterThan(50_000)
  expect(dueMs).toBeLessThanOrEqual(60_000)
  await sql.execute(`UPDATE trail.dirty_bound SET marked_at = now() - interval '2 minutes'`)
  await recountBound(60)
  expect(await sql.query('SELECT 1 FROM trail.bound')).toHaveLength(1)
  expect(await sql.query('SELECT 1 FROM trail.dirty_bound')).toEqual([])
  expect(await trailDueMs(60)).toBeNull()
})

const viewer = { ...nobody, assigned: [{ role: 'viewer' as const, accountId: null }] }
const permit = (scope: Scope) => permitFor(viewer, 'trail.read', scope)
const keyOf = (arn: string) => ({ arn, accountId: own, region: 'us-west-2', createdAt: null })

test('a key shows what it was used for and what its grants name, each to who sees the account', async () => {
  const use = { bucket: 1, account: own, operation: 'Decrypt', denied: false }
  await writeEvents(
    [
      made({ ...use, n: 0, at: 1 }),
      made({ ...use, n: 2, at: 90, operation: 'GenerateDataKey' }),
      made({ ...use, n: 4, at: 2, bucket: 2, account: other }),
      made({ ...use, n: 6, at: 2, bucket: 3, denied: true }),
    ],
    lasting,
  )
  await recountHours()
  await recountBound()
  const grant = (grantId: string, constraints: object, createdAt = new Date('2026-01-01')) => ({
    grantId,
    keyArn,
    accountId: own,
    region: 'us-west-2',
    createdAt,
    operations: ['Decrypt'],
    observedAt: new Date(),
    constraints,
  })
  const volume = { EncryptionContextSubset: { 'aws:ebs:id': 'vol-1' } }
  await db.grant.createMany({
    data: [
      grant('a', volume),
      grant('b', volume, new Date('2025-01-01')),
      grant('c', { EncryptionContextEquals: { 'aws:s3:arn': `${bucket(1)}/x` } }),
      {
        ...grant('d', { EncryptionContextEquals: { 'aws:s3:arn': bucket(9) } }),
        goneAt: new Date(),
      },
    ],
  })
  const found = await readResourcesOfKey(permit(one), keyOf(keyArn))
  expect(found.resources).toEqual([
    {
      kind: 'S3 bucket',
      id: bucket(1),
      firstAt: '2026-09-28T01:00:00.000Z',
      lastAt: '2026-10-01T18:00:00.000Z',
      operations: ['Decrypt', 'GenerateDataKey'],
      grants: 1,
      grantedAt: '2026-01-01T00:00:00.000Z',
    },
    {
      kind: 'EBS volume',
      id: 'vol-1',
      firstAt: null,
      lastAt: null,
      operations: [],
      grants: 2,
      grantedAt: '2025-01-01T00:00:00.000Z',
    },
  ])
  expect(found.resources.map(evidenceOf)).toEqual([
    'Encryption context of Decrypt, GenerateDataKey; constraint of a grant in force',
    'Constraint of 2 grants in force',
  ])
  expect(found.resources.map(certaintyOf)).toEqual(['Used it', 'Named in a grant'])
  const all = await readResourcesOfKey(permit(everywhere), keyOf(keyArn))
  expect(all.resources.map(({ id }) => id)).toContain(bucket(2))
})

test('the hours that no source saw whole are gaps, the longest by name', async () => {
  const hourMs = 3_600_000
  const at = (n: number) => new Date(Math.floor(Date.now() / hourMs - n) * hourMs)
  await db.trailCoverage.createMany({
    data: [
      ...Array.from({ length: 10 }, (_, n) => ({ hour: at(n + 6), isWhole: true })),
      { hour: at(4), isWhole: false },
    ].map((row) => ({ ...row, source: 'lookup', accountId: own, region: 'us-west-2' })),
  })
  const { window } = await readResourcesOfKey(permit(one), {
    ...keyOf(keyArn),
    createdAt: at(15).toISOString(),
  })
  // From 15 hours ago to what is settled: nothing of 5 and 3, a part of 4.
  expect(window).toMatchObject({ hours: 13, wholeHours: 10, partHours: 1, gapCount: 3 })
  expect(window.gaps.map(({ isPart }) => isPart)).toEqual([false, true, false])
})

test('the quick search finds a resource by any part of its name and leads to its key, in scope', async () => {
  const use = { at: 1, operation: 'Decrypt', denied: false }
  await writeEvents(
    [
      made({ ...use, n: 0, bucket: 1, account: own }),
      made({ ...use, n: 2, bucket: 2, account: other }),
    ],
    lasting,
  )
  await recountHours()
  await recountBound()
  await sql.execute(
    `INSERT INTO "Key" (arn, "accountId", region, "keyId", aliases, "listedAt", "listedIn")
     VALUES ($1, $2, 'us-west-2', '1234abcd-12ab-34cd-56ef-1234567890ab', '{alias/orders}', now(), 1)`,
    [keyArn, own],
  )
  const assigned = [{ role: 'viewer' as const, accountId: own }]
  const person = permitFor({ ...nobody, assigned }, 'keys.read', one)
  expect((await searchEverything(person, 'BUCKET')).resources).toEqual([
    {
      kind: 'S3 bucket',
      resource: bucket(1),
      keyArn,
      keyName: 'alias/orders',
      accountId: own,
      accountName: own,
    },
  ])
  expect((await searchEverything(person, bucket(2))).resources).toEqual([])
  await db.grant.create({
    data: {
      grantId: 'a',
      keyArn,
      accountId: own,
      region: 'us-west-2',
      operations: [],
      observedAt: new Date(),
      constraints: { EncryptionContextSubset: { 'aws:ebs:id': 'vol-0123' } },
    },
  })
  const byVolume = await searchEverything(person, 'vol-0123')
  expect(byVolume.grants.map(({ id }) => id)).toEqual([`${keyArn}#a`])
  const both = await findBound(everywhere, one, ['bucket', 'arn:aws:s3'], 10)
  expect(both.map(({ resource }) => resource)).toEqual([bucket(1), bucket(2)])
})

test('what is asked of many resources costs what it finds', async () => {
  await sql.execute(
    `INSERT INTO trail.bound (key_arn, month, account_id, resource_kind, resource, operation,
       first_at, last_at)
     SELECT 'arn:aws:kms:us-west-2:${own}:key/' || n % 500, '2026-09-01', '${own}', 'EBS volume',
       'vol-' || md5(n::text), 'Decrypt', now(), now()
     FROM generate_series(1, 40000) n`,
  )
  // Its index keeps what is new in a list until then.
  await sql.execute('VACUUM ANALYZE trail.bound')
  const [some] = await sql.query<{ name: string }>(
    'SELECT resource AS name FROM trail.bound OFFSET 20000 LIMIT 1',
  )
  const name = some?.name ?? ''
  expect(await blocksOf(() => findBound(one, one, [name], 7))).toBeLessThan(200)
  expect((await findBound(one, one, [name], 7)).map(({ resource }) => resource)).toEqual([name])
  const hot = `arn:aws:kms:us-west-2:${own}:key/7`
  const blocks = await blocksOf(() => readResourcesOfKey(permit(one), keyOf(hot)))
  expect(blocks).toBeLessThan(200)
})

test('resources of months whose rollups are dropped go with them', async () => {
  await sql.execute(
    `INSERT INTO trail.bound VALUES ('k', '2014-01-01', 'a', 'kind', 'old', 'Decrypt', now(), now()),
       ('k', date_trunc('month', now()), 'a', 'kind', 'new', 'Decrypt', now(), now())`,
  )
  await forgetOldTrail()
  expect(await sql.query('SELECT resource FROM trail.bound')).toEqual([{ resource: 'new' }])
})
