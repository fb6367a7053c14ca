import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { nobody, permitFor } from '../../auth/test/permit'
import { closeBudget } from '../../aws/budget/local-budget'
import { freshDatabase } from '../../db/test/database'
import { readGrantsOfKey } from '../../grants/rows'
import { openSandbox } from '../../sandbox/open'
import { startServer } from '../../sandbox/server'
import { claimSweeps } from '../../sweep/lease'
import { markSlices, withReadTimes } from '../../sweep/last-read'
import { queueSweeps } from '../../sweep/queue'
import { makeSweepLoop } from '../../worker/sweeps'
import { readOverview, readPolicy } from '../key-parts'
import { getKeyRow } from '../read'
import { readRows } from '../table/list-keys'

// When a part was read is never said to be later than it was, and moves with every sweep that read
// it, though the sweep writes no row.

const { sql } = await freshDatabase()
const [account, region] = ['111122223333', 'eu-west-1']
const owner = '00000000-0000-4000-8000-000000000000'
const sandbox = await openSandbox({ scenario: 'scale', keys: 24, accounts: 1, regions: 1 })
const server = await startServer(sandbox, 0)

async function fail(...operations: string[]): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${server.port}/_sandbox/faults`, {
    method: 'PUT',
    body: JSON.stringify(operations.map((operation) => ({ operation, error5xx: 1 }))),
  })
  if (!answer.ok) throw new Error(await answer.text())
}

beforeAll(async () => {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${server.port}`,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: account,
    AWS_SECRET_ACCESS_KEY: 'any',
    CLAVIGER_BUDGET_SHARE: '1',
    CLAVIGER_EXTERNAL_ID: 'claviger-test',
  })
  await sql.execute(
    `INSERT INTO "Account" (id, name, source, path, "onlyRegions")
     VALUES ($1, 'one', 'self', '{}', '{}')`,
    [account],
  )
  await sql.execute(
    `INSERT INTO "Budget" ("accountId", region, quota, "perSecond")
     SELECT $1, $2, o || ' request rate', 4000 FROM unnest($3::text[]) o`,
    [
      account,
      region,
      ['GetKeyLastUsage', 'ListGrants', 'ListKeyRotations', 'ListAliases', 'ListKeys'],
    ],
  )
  // Twice: from then on the slices say when everything was read.
  await sweep('core')
  await sweep('core')
  await sweep('grants')
})
beforeEach(() => fail())
afterAll(async () => {
  await closeBudget()
  await server.close()
})

async function sweep(kind: string, keyArn?: string): Promise<void> {
  await queueSweeps([{ accountId: account, region, kind, keyArn }])
  await work()
}
async function work(): Promise<void> {
  const stop = new AbortController()
  const loop = makeSweepLoop(owner)
  const isOpen = async () =>
    (await sql.query(`SELECT 1 FROM "Sweep" WHERE status IN ('queued', 'running')`)).length > 0
  for (; await isOpen(); await sleep(20)) await loop.claim(stop.signal)
  await loop.settled()
}

type Times = Record<
  'listedAt' | 'describedAt' | 'tagsAt' | 'policyAt' | 'rotationAt' | 'aliasesAt' | 'grantsAt',
  Date
>
/** When the parts of every key were read, as every page shows it. */
async function readTimes(): Promise<Map<string, Times>> {
  const rows = await sql.query<{ arn: string }>(
    `SELECT arn FROM "Key" WHERE "keyManager" = 'CUSTOMER' ORDER BY arn`,
  )
  const times = (await withReadTimes(sql, rows)) as (Times & { arn: string })[]
  return new Map(times.map((row) => [row.arn, row]))
}
const state = () => {
  const found = sandbox.world.accounts.get(account)?.regions.get(region)
  if (!found) throw new Error('no Region')
  return found
}
async function pickKey(at: number): Promise<{ arn: string; keyId: string }> {
  const rows = await sql.query<{ arn: string; keyId: string }>(
    `SELECT arn, "keyId" FROM "Key" WHERE "keyManager" = 'CUSTOMER' AND "keyState" = 'Enabled'
     ORDER BY arn OFFSET $1 LIMIT 1`,
    [at],
  )
  if (!rows[0]) throw new Error('no key')
  return rows[0]
}
const versionOf = async (arn: string) => {
  const [row] = await sql.query<{ xmin: string }>('SELECT xmin::text FROM "Key" WHERE arn = $1', [
    arn,
  ])
  return row?.xmin
}
const timesOf = (all: Map<string, Times>, arn: string): Times => {
  const found = all.get(arn)
  if (!found) throw new Error(`no times of ${arn}`)
  return found
}

test('after a killed worker a key that comes late moves no time of the others of its slice', async () => {
  await sweep('core')
  const late = await pickKey(3)
  const before = await readTimes()
  await sql.execute(`UPDATE "Key" SET "describedAt" = NULL, problems = '{}' WHERE arn = $1`, [
    late.arn,
  ])
  // The same sweep begins again, as it does when its worker died after the slice was through.
  await sql.execute(
    `UPDATE "Sweep" SET status = 'queued', "endedAt" = NULL
     WHERE id = (SELECT max(id) FROM "Sweep" WHERE kind = 'core')`,
  )
  await work()
  const after = await readTimes()
  expect(timesOf(after, late.arn).describedAt).toBeInstanceOf(Date)
  before.delete(late.arn)
  after.delete(late.arn)
  expect(after).toEqual(before)
})

test('pages say when an unchanged key was last read: its policy, aliases, grants, and the row', async () => {
  const [one] = await sql.query<{ arn: string; keyId: string }>(
    `SELECT k.arn, k."keyId" FROM "Key" k JOIN "Grant" g ON g."keyArn" = k.arn
     JOIN "Alias" a ON a."targetKeyId" = k."keyId" ORDER BY 1 LIMIT 1`,
  )
  if (!one) throw new Error('no key with a grant and an alias')
  await sweep('core')
  await sweep('grants')
  const times = timesOf(await readTimes(), one.arn)
  const row = await getKeyRow(permitFor<'keys.read'>(nobody), {
    accountId: account,
    region,
    keyId: one.keyId,
  })
  expect(row).toMatchObject({
    listedAt: times.listedAt.toISOString(),
    describedAt: times.describedAt.toISOString(),
    grantsAt: times.grantsAt.toISOString(),
  })
  const { policy, policyVersions } = await readPolicy(permitFor<'keys.read'>(nobody), row)
  expect(policy?.observedAt).toBe(row.policyAt)
  expect(policyVersions.map(({ lastSeenAt }) => lastSeenAt)).toEqual([row.policyAt])
  const { aliases } = await readOverview(permitFor<'keys.read'>(nobody), row)
  for (const alias of aliases) expect(alias.observedAt).toBe(row.aliasesAt)
  const grants = await readGrantsOfKey(permitFor<'grants.read'>(nobody), one.arn)
  for (const grant of grants.rows) expect(grant.observedAt).toBe(row.grantsAt)
  const [{ id } = { id: '' }] = await sql.query<{ id: string }>(
    'SELECT id::text FROM derived.key_text WHERE arn = $1',
    [one.arn],
  )
  expect((await readRows([id]))[0]).toMatchObject({
    policyAt: row.policyAt,
    lastUseAt: row.lastUseAt,
    rotationAt: row.rotationAt,
  })
}, 60_000)

test('a part that fails keeps the time of its last reading, while the others move', async () => {
  const before = await readTimes()
  await fail('GetKeyPolicy')
  await sweep('core')
  await sweep('core')
  const failing = await readTimes()
  for (const [arn, times] of failing) {
    const old = timesOf(before, arn)
    expect(times.policyAt).toEqual(old.policyAt)
    for (const part of ['listedAt', 'describedAt', 'tagsAt', 'rotationAt', 'aliasesAt'] as const)
      expect(times[part] > old[part], part).toBe(true)
  }
  // The reason is the same: nothing is news.
  const { arn } = await pickKey(3)
  const version = await versionOf(arn)
  await sweep('core')
  expect(await versionOf(arn)).toBe(version)

  await fail()
  await sweep('core')
  const healed = await readTimes()
  const [left] = await sql.query<{ count: number }>(
    `SELECT count(*) AS count FROM "Key" WHERE problems <> '{}'`,
  )
  expect(left?.count).toBe(0)
  for (const [key, times] of healed)
    expect(times.policyAt > timesOf(failing, key).describedAt).toBe(true)
  await sweep('core')
  for (const [key, times] of await readTimes())
    expect(times.policyAt > timesOf(healed, key).policyAt).toBe(true)
}, 60_000)

test('a listing of aliases that fails does not move when they were read', async () => {
  const before = await readTimes()
  await fail('ListAliases')
  await sweep('core')
  for (const [arn, times] of await readTimes()) {
    expect(times.aliasesAt).toEqual(timesOf(before, arn).aliasesAt)
    expect(times.tagsAt > timesOf(before, arn).tagsAt).toBe(true)
  }
  await fail()
  await sweep('core')
  for (const [arn, times] of await readTimes())
    expect(times.aliasesAt > timesOf(before, arn).aliasesAt).toBe(true)
}, 60_000)

test('a key that no listing names was read when it was, also once it is back unread', async () => {
  const { arn, keyId } = await pickKey(0)
  const other = await pickKey(1)
  const before = await readTimes()
  const victim = state().keys.get(keyId)
  if (!victim) throw new Error('no key')
  state().keys.delete(keyId)
  await sweep('core')
  await sweep('core')
  const missing = await readTimes()
  expect(timesOf(missing, arn)).toEqual(timesOf(before, arn))
  expect(timesOf(missing, other.arn).listedAt > timesOf(before, other.arn).listedAt).toBe(true)

  state().keys.set(keyId, victim)
  await fail('DescribeKey')
  await sweep('core')
  const back = timesOf(await readTimes(), arn)
  expect(back.listedAt > timesOf(missing, other.arn).listedAt).toBe(true)
  expect(back.describedAt).toEqual(timesOf(before, arn).describedAt)
  await fail()
  await sweep('core')
  expect(timesOf(await readTimes(), arn).describedAt > back.listedAt).toBe(true)
}, 60_000)

test('a grant that is no more was last seen by the listing before, and only it is written', async () => {
  const [one] = await sql.query<{ keyArn: string; grantId: string }>(
    `SELECT "keyArn", "grantId" FROM "Grant" WHERE "goneAt" IS NULL ORDER BY 1, 2 LIMIT 1`,
  )
  if (!one) throw new Error('no grant')
  await sweep('grants')
  const before = timesOf(await readTimes(), one.keyArn).grantsAt
  const rest = () =>
    sql.query(`SELECT "grantId", xmin::text FROM "Grant" WHERE "grantId" <> $1 ORDER BY 1`, [
      one.grantId,
    ])
  const versions = await rest()
  state()
    .keys.get(one.keyArn.split('/')[1] ?? '')
    ?.grants.delete(one.grantId)
  await sweep('grants')
  const [gone] = await sql.query<{ observedAt: Date; goneAt: Date | null }>(
    'SELECT "observedAt", "goneAt" FROM "Grant" WHERE "grantId" = $1',
    [one.grantId],
  )
  expect(gone?.observedAt).toEqual(before)
  expect(gone?.goneAt && gone.goneAt > before).toBe(true)
  expect(await rest()).toEqual(versions)
}, 60_000)

test('a policy that changes was seen up to the last reading of it', async () => {
  const { arn, keyId } = await pickKey(2)
  const before = timesOf(await readTimes(), arn).policyAt
  const key = state().keys.get(keyId)
  if (!key) throw new Error('no key')
  key.policy = key.policy.replace('{', '{ ')
  await sweep('core')
  const versions = await sql.query<{ lastSeenAt: Date; firstSeenAt: Date }>(
    `SELECT "lastSeenAt", "firstSeenAt" FROM "PolicyVersion" WHERE "keyArn" = $1
     ORDER BY "firstSeenAt"`,
    [arn],
  )
  expect(versions.at(-2)?.lastSeenAt).toEqual(before)
  expect(versions.at(-1)?.firstSeenAt).toEqual(timesOf(await readTimes(), arn).policyAt)
}, 60_000)

test('one key read again says so itself, until the next sweep reads it with the others', async () => {
  const { arn } = await pickKey(4)
  const other = await pickKey(5)
  const before = await readTimes()
  await sweep('key', arn)
  const again = await readTimes()
  for (const part of ['describedAt', 'tagsAt', 'policyAt', 'aliasesAt', 'grantsAt'] as const)
    expect(timesOf(again, arn)[part] > timesOf(before, arn)[part], part).toBe(true)
  expect(timesOf(again, arn).listedAt).toEqual(timesOf(before, arn).listedAt)
  expect(timesOf(again, other.arn)).toEqual(timesOf(before, other.arn))
  await sweep('core')
  const version = await versionOf(arn)
  await sweep('core')
  expect(await versionOf(arn)).toBe(version)
  expect(timesOf(await readTimes(), arn).policyAt > timesOf(again, arn).policyAt).toBe(true)
}, 60_000)

test('an older look than the stored one changes neither what is known nor when it was read', async () => {
  const { arn } = await pickKey(6)
  const before = timesOf(await readTimes(), arn)
  const { writeGrants } = await import('./grants-write')
  const old = new Date(before.grantsAt.getTime() - 1_000).toISOString()
  const count = () =>
    sql.query(`SELECT count(*) AS n FROM "Grant" WHERE "keyArn" = $1 AND "goneAt" IS NULL`, [arn])
  const grants = await count()
  for (const looked of ['alone', 'sweep'] as const)
    await writeGrants([{ arn, grants: [], at: old, problems: {} }], looked)
  expect(await count()).toEqual(grants)
  expect(timesOf(await readTimes(), arn)).toEqual(before)
}, 60_000)

test('a worker that lost its sweep says of nothing that it was read', async () => {
  const { arn } = await pickKey(7)
  const before = await readTimes()
  await queueSweeps([{ accountId: account, region, kind: 'core' }])
  const [lost] = await claimSweeps(owner, ['core'], 1)
  await sql.execute(`UPDATE "Sweep" SET "leaseUntil" = now() WHERE status = 'running'`)
  const [held] = await claimSweeps(owner, ['core'], 1)
  if (!lost || !held) throw new Error('no lease')
  const since = new Date().toISOString()
  await markSlices(sql, lost, 'core', [{ slice: 0, since }])
  expect(timesOf(await readTimes(), arn)).toEqual(timesOf(before, arn))
  await markSlices(sql, held, 'core', [{ slice: 0, since }])
  expect(timesOf(await readTimes(), arn).tagsAt.toISOString()).toBe(since)
}, 60_000)
