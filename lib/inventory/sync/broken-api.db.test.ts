import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { closeBudget } from '../../aws/budget/local-budget'
import { freshDatabase } from '../../db/test/database'
import { openSandbox } from '../../sandbox/open'
import { startServer } from '../../sandbox/server'
import { makeSweepLoop } from '../../worker/sweeps'
import { queueSweeps } from '../../sweep/queue'

const { sql } = await freshDatabase()
const [account, region] = ['111122223333', 'eu-west-1']
const keys = 30
/** Far below the ten minutes of a throttled call, and far above what a busy machine needs. */
const soonMs = 40_000

const sandbox = await openSandbox({ scenario: 'scale', keys, accounts: 1, regions: 1 })
const server = await startServer(sandbox, 0)

type Fault = { operation: string; error5xx?: number; throttle?: number }

async function setFaults(faults: Fault[]): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${server.port}/_sandbox/faults`, {
    method: 'PUT',
    body: JSON.stringify(faults),
  })
  if (!answer.ok) throw new Error(await answer.text())
}
const fail = (...operations: string[]) =>
  setFaults(operations.map((operation) => ({ operation, error5xx: 1 })))

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
    `INSERT INTO "Account" ("id", "name", "source", "path", "onlyRegions") VALUES ($1, 'one', 'self', '{}', '{}')`,
    [account],
  )
  // The slow quotas are another test's matter.
  await sql.execute(
    `INSERT INTO "Budget" ("accountId", "region", "quota", "perSecond")
     SELECT $1, $2, o || ' request rate', 4000 FROM unnest($3::text[]) o`,
    [
      account,
      region,
      ['GetKeyLastUsage', 'ListGrants', 'ListKeyRotations', 'ListAliases', 'ListKeys'],
    ],
  )
})
beforeEach(async () => {
  await fail()
  await sql.execute(`TRUNCATE "Key", "Sweep", "Grant", "KeyMaterial", "Alias", "Coverage"`)
})
afterAll(async () => {
  await closeBudget()
  await server.close()
})

type Ended = { kind: string; status: string; problem: string | null }

/**
 * A core sweep and all that follows it, to their ends; the newest of each kind, and how long they
 * took.
 */
async function sweep(): Promise<{ ended: Record<string, Ended>; ms: number }> {
  const begunAt = Date.now()
  await queueSweeps([{ accountId: account, region, kind: 'core' }])
  const stop = new AbortController()
  const loop = makeSweepLoop('00000000-0000-4000-8000-000000000000')
  const isOpen = async () =>
    (await sql.query(`SELECT 1 FROM "Sweep" WHERE "status" IN ('queued', 'running')`)).length > 0
  for (; await isOpen(); await sleep(50)) await loop.claim(stop.signal)
  await loop.settled()
  const rows = await sql.query<Ended>(
    `SELECT DISTINCT ON ("kind") "kind", "status", "problem" FROM "Sweep" ORDER BY "kind", "id" DESC`,
  )
  return { ended: Object.fromEntries(rows.map((row) => [row.kind, row])), ms: Date.now() - begunAt }
}

const count = async (condition: string) => {
  const [row] = await sql.query<{ count: number }>(
    `SELECT count(*) AS "count" FROM "Key" WHERE ${condition}`,
  )
  return row?.count
}
const coverageOf = async (api: string) => {
  const [row] = await sql.query<{ status: string; detail: string | null; keysFailed: number }>(
    `SELECT "status", "detail", "keysFailed" FROM "Coverage" WHERE "api" = $1`,
    [api],
  )
  return row
}

test('one API that fails for ever leaves its own part unknown, in seconds, until it answers again', async () => {
  await fail('GetKeyPolicy')
  const { ended, ms } = await sweep()
  expect(ms).toBeLessThan(soonMs)
  expect(ended.core).toMatchObject({
    status: 'partial',
    problem: expect.stringContaining('kms:GetKeyPolicy failed every time'),
  })
  expect(
    await count(`"describedAt" IS NOT NULL AND "tagsAt" IS NOT NULL AND "aliasesAt" IS NOT NULL`),
  ).toBe(keys)
  expect(
    await count(`"grantsAt" IS NOT NULL AND "problems"->'policy'->>'kind' = 'unavailable'`),
  ).toBe(keys)
  expect(await coverageOf('kms:GetKeyPolicy')).toEqual({
    status: 'failed',
    detail: expect.stringContaining('KMSInternalException'),
    keysFailed: keys,
  })
  expect([ended.grants?.status, ended.rotations?.status, ended.lastUsage?.status]).toEqual([
    'complete',
    'complete',
    'complete',
  ])

  await fail()
  expect((await sweep()).ended.core).toMatchObject({ status: 'complete', problem: null })
  expect(await count(`"policyHash" IS NOT NULL AND NOT "problems" ? 'policy'`)).toBe(keys)
  expect(await coverageOf('kms:GetKeyPolicy')).toEqual({
    status: 'ok',
    detail: null,
    keysFailed: 0,
  })
}, 120_000)

test('key stores that cannot be listed hold up neither the keys nor the sweeps that follow', async () => {
  await fail('DescribeCustomKeyStores')
  const { ended, ms } = await sweep()
  expect(ms).toBeLessThan(soonMs)
  expect(ended.core).toMatchObject({
    status: 'partial',
    problem: expect.stringContaining('kms:DescribeCustomKeyStores failed every time'),
  })
  const [order] = await sql.query<{ isBefore: boolean }>(
    `SELECT g."endedAt" < c."endedAt" AS "isBefore" FROM "Sweep" g, "Sweep" c
      WHERE g."kind" = 'grants' AND c."kind" = 'core'`,
  )
  expect(order?.isBefore).toBe(true)
  expect(
    await count(
      `"describedAt" IS NOT NULL AND "policyHash" IS NOT NULL AND "grantsAt" IS NOT NULL`,
    ),
  ).toBe(keys)
}, 120_000)

test('a last use that always fails is given up in seconds and is asked again at the next sweep', async () => {
  await fail('GetKeyLastUsage')
  const { ended, ms } = await sweep()
  expect(ms).toBeLessThan(soonMs)
  expect(ended.core).toMatchObject({ status: 'complete' })
  expect(ended.lastUsage).toMatchObject({
    status: 'failed',
    problem: expect.stringContaining('kms:GetKeyLastUsage failed every time'),
  })
  // Its own interval is a day; what failed is due after the shortest.
  await sql.execute(`UPDATE "Sweep" SET "endedAt" = "endedAt" - interval '1 hour'`)
  await fail()
  expect((await sweep()).ended.lastUsage).toMatchObject({ status: 'complete' })
  expect(await count(`"keyManager" = 'CUSTOMER' AND "lastUseAt" IS NULL`)).toBe(0)
}, 120_000)

test('an API that is only throttled is waited for, far longer than one that fails', async () => {
  await setFaults([{ operation: 'GetKeyPolicy', throttle: 1 }])
  const swept = sweep()
  await sleep(10_000)
  await fail()
  const { ended, ms } = await swept
  expect(ms).toBeGreaterThan(10_000)
  expect(ended.core).toMatchObject({ status: 'complete', problem: null })
  expect(await count(`"policyHash" IS NOT NULL`)).toBe(keys)
}, 120_000)

test('a key is never taken for deleted while the list of keys fails', async () => {
  await sweep()
  const listed = () =>
    sql.query(`SELECT "arn" FROM "Key" WHERE "goneAt" IS NULL AND "missedListings" = 0`)
  expect(await listed()).toHaveLength(keys)
  await fail('ListKeys')
  for (let look = 0; look < 2; look += 1) {
    const { ended, ms } = await sweep()
    expect(ms).toBeLessThan(soonMs)
    expect(ended.core).toMatchObject({
      status: 'failed',
      problem: expect.stringContaining('kms:ListKeys'),
    })
  }
  expect(await listed()).toHaveLength(keys)
}, 120_000)
