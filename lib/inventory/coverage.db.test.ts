import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { getAccountCoverage, listAccounts, listGapsInWords } from '../accounts/read'
import { closeBudget } from '../aws/budget/local-budget'
import { permitFor } from '../auth/test/permit'
import type { Permission, Scope } from '../auth/permissions'
import { freshDatabase } from '../db/test/database'
import { openSandbox } from '../sandbox/open'
import { startServer } from '../sandbox/server'
import { makeSweepLoop } from '../worker/sweeps'
import { getOverview } from './overview'
import { queueSweeps } from '../sweep/queue'
import { grantApis, keyApis, readCoverage } from './table/coverage'

const { sql } = await freshDatabase()
const region = 'eu-west-1'
/**
 * halden-prod hides two keys from the read role, halden-shared-services lacks two permissions,
 * halden-data hides nothing.
 */
const [prod, shared, data] = ['527461390288', '412908835574', '638820417753']
const sandbox = await openSandbox({ scenario: 'demo', externalId: 'claviger-test' })
const server = await startServer(sandbox, 0)

const person = {
  id: '7f0c8a54-0000-4000-8000-000000000001',
  email: 'ann@example.com',
  name: 'Ann',
  assigned: [],
}
const permit = <P extends Permission>(scope?: Scope) => permitFor<P>(person, undefined, scope)

async function sweep(): Promise<void> {
  await queueSweeps([prod, shared, data].map((accountId) => ({ accountId, region, kind: 'core' })))
  await settle()
}

async function settle(): Promise<void> {
  const stop = new AbortController()
  const loop = makeSweepLoop('00000000-0000-4000-8000-000000000000')
  const isOpen = async () =>
    (await sql.query(`SELECT 1 FROM "Sweep" WHERE "status" IN ('queued', 'running')`)).length > 0
  for (; await isOpen(); await sleep(50)) await loop.claim(stop.signal)
  await loop.settled()
}

beforeAll(async () => {
  const host = [...sandbox.world.accessKeys.values()].find(({ principalArn }) =>
    principalArn.endsWith(':user/claviger-host'),
  )
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${server.port}`,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: host?.accessKeyId,
    AWS_SECRET_ACCESS_KEY: host?.secretAccessKey,
    CLAVIGER_BUDGET_SHARE: '1',
    CLAVIGER_EXTERNAL_ID: 'claviger-test',
  })
  for (const id of [prod, shared, data]) {
    await sql.execute(
      `INSERT INTO "Account" ("id", "name", "source", "path", "onlyRegions", "readRoleArn")
        VALUES ($1, $1, 'page', '{}', '{}', $2)`,
      [id, `arn:aws:iam::${id}:role/ClavigerRead`],
    )
    await sql.execute(
      `INSERT INTO "AccountRegion" ("accountId", "region", "optStatus") VALUES ($1, $2, 'ENABLED')`,
      [id, region],
    )
    await sql.execute(
      `INSERT INTO "Budget" ("accountId", "region", "quota", "perSecond")
       SELECT $1, $2, o || ' request rate', 4000 FROM unnest($3::text[]) o`,
      [
        id,
        region,
        ['GetKeyLastUsage', 'ListGrants', 'ListKeyRotations', 'ListAliases', 'ListKeys'],
      ],
    )
  }
  await sweep()
}, 120_000)
afterAll(async () => {
  await closeBudget()
  await server.close()
})

const hiddenKeys = () =>
  sql.query<{ arn: string; keyId: string }>(
    `SELECT "arn", "keyId" FROM "Key"
      WHERE "accountId" = $1 AND "problems"->'describe'->>'kind' = 'denied' ORDER BY "arn"`,
    [prod],
  )
const gapsOf = async (accountId: string) =>
  (await getAccountCoverage(permit(), accountId)).gaps.map(({ api, status, keysDenied }) => ({
    api,
    status,
    keysDenied,
  }))
const partial = (api: string, keysDenied = 2) => ({ api, status: 'partial', keysDenied })
const hiding = ['kms:DescribeKey', 'kms:GetKeyPolicy', 'kms:ListGrants', 'kms:ListResourceTags']

test('two keys that hide are four gaps of their account, and none of them is ok', async () => {
  expect(await hiddenKeys()).toHaveLength(2)
  expect(await gapsOf(prod)).toEqual(hiding.map((api) => partial(api)))
  expect((await getAccountCoverage(permit(), prod)).read.map(({ api }) => api)).not.toContain(
    'kms:DescribeKey',
  )
  const [first] = (await getAccountCoverage(permit(), prod)).gaps
  expect(first).toMatchObject({
    detail: expect.stringContaining('AccessDeniedException'),
    isDenied: true,
  })
  expect(first?.examples.map(({ alias }) => alias)).toEqual([
    'alias/board/minutes',
    'alias/people/payroll',
  ])
  expect(await gapsOf(shared)).toMatchObject([
    { api: 'kms:GetKeyLastUsage', status: 'denied' },
    { api: 'kms:ListGrants', status: 'denied' },
  ])
  expect(await gapsOf(data)).toEqual([])
})

async function readEverywhere(scope: Scope) {
  const [overview, list, accounts, keys, grants] = await Promise.all([
    getOverview(permit(scope)),
    listGapsInWords(permit(scope)),
    listAccounts(permit(scope)),
    readCoverage(permit<'keys.read'>(scope), keyApis),
    readCoverage(permit<'grants.read'>(scope), grantApis),
  ])
  const pages = await Promise.all(accounts.map(({ id }) => getAccountCoverage(permit(scope), id)))
  const accountsIn = ({ gaps }: typeof keys) =>
    [...new Set(gaps.flatMap((gap) => gap.accounts.map(({ id }) => id)))].toSorted()
  return {
    tile: overview.coverage.denied,
    tileOpens: list.filter((gap) => gap.isDenied).length,
    accountsTable: accounts.reduce((sum, { gaps }) => sum + gaps, 0),
    accountPages: pages.reduce((sum, { gaps }) => sum + gaps.length, 0),
    keysNote: keys.gaps.reduce((sum, { places }) => sum + places, 0),
    keysNoteAccounts: accountsIn(keys),
    grantsNoteAccounts: accountsIn(grants),
  }
}

test('the same number stands in the tile, the notes, the list of accounts and their pages', async () => {
  const same = (count: number, accounts: string[]) => ({
    tile: count,
    tileOpens: count,
    accountsTable: count,
    accountPages: count,
    keysNote: count,
    keysNoteAccounts: accounts.toSorted(),
    grantsNoteAccounts: accounts.toSorted(),
  })
  expect(await readEverywhere({ all: true })).toEqual(same(6, [prod, shared]))
  expect(await readEverywhere({ all: false, accountIds: [shared] })).toEqual(same(2, [shared]))
  expect(await readEverywhere({ all: false, accountIds: [data] })).toEqual(same(0, []))
})

test('a second sweep, which does not ask again what hides, does not call it ok', async () => {
  await sweep()
  expect(await gapsOf(prod)).toEqual(hiding.map((api) => partial(api)))
}, 60_000)

test('a key that shows itself is counted out as soon as a person refreshes it', async () => {
  const [key] = await hiddenKeys()
  const keys = sandbox.world.accounts.get(prod)?.regions.get(region)?.keys
  const hidden = keys?.get(key?.keyId ?? '')
  const open = [...(keys?.values() ?? [])].find(
    ({ keyId, policy }) => keyId !== key?.keyId && policy.includes(`arn:aws:iam::${prod}:root`),
  )
  if (!key || !hidden || !open) throw new Error('the scenario has no such keys')
  const policy = hidden.policy
  hidden.policy = open.policy
  await queueSweeps([{ accountId: prod, region, kind: 'key', keyArn: key.arn }])
  await settle()
  expect(await gapsOf(prod)).toEqual(hiding.map((api) => partial(api, 1)))
  hidden.policy = policy
}, 60_000)

test('a role that refuses us is a gap of every table, until it lets us in again', async () => {
  const note = () => readCoverage(permit<'grants.read'>(), grantApis)
  const become = async (role: string) => {
    await sql.execute(`UPDATE "Account" SET "readRoleArn" = $2 WHERE "id" = $1`, [
      data,
      `arn:aws:iam::${data}:role/${role}`,
    ])
    await queueSweeps([{ accountId: data, region, kind: 'core' }])
    await settle()
  }
  await become('NoSuchRole')
  expect(await gapsOf(data)).toEqual([{ api: 'sts:AssumeRole', status: 'denied', keysDenied: 0 }])
  expect(await note()).toMatchObject({
    unlisted: 1,
    gaps: expect.arrayContaining([expect.objectContaining({ api: 'sts:AssumeRole' })]),
  })
  await become('ClavigerRead')
  expect(await gapsOf(data)).toEqual([])
  expect(await note()).toMatchObject({ unlisted: 0 })
}, 60_000)

test('keys might be missing only where their list was not read to its end', async () => {
  const note = () => readCoverage(permit<'keys.read'>(), keyApis)
  expect(await note()).toMatchObject({ unlisted: 0, neverSwept: 0 })

  // A first sweep that has the whole list and still reads the keys.
  await sql.execute(`DELETE FROM "Sweep" WHERE "accountId" = $1 AND "kind" = 'core'`, [data])
  const begin = (listedAt: string) =>
    sql.execute(
      `INSERT INTO "Sweep" ("accountId", "region", "kind", "status", "leaseUntil", "startedAt", "listedAt")
     VALUES ($1, $2, 'core', 'running', now() + interval '1 hour', now(), ${listedAt})`,
      [data, region],
    )
  await begin('now()')
  expect(await note()).toMatchObject({ unlisted: 0, neverSwept: 1 })
  await sql.execute(
    `UPDATE "Sweep" SET "listedAt" = NULL WHERE "accountId" = $1 AND "kind" = 'core'`,
    [data],
  )
  expect(await note()).toMatchObject({ unlisted: 1, neverSwept: 0 })
  await sql.execute(
    `UPDATE "Sweep" SET "status" = 'failed', "endedAt" = now() WHERE "accountId" = $1 AND "kind" = 'core'`,
    [data],
  )
  expect(await note()).toMatchObject({ unlisted: 1 })
})

test('policies of the organization are not taken for deleted while their list fails', async () => {
  const management = '180244096117'
  await sql.execute(
    `INSERT INTO "Account" ("id", "name", "source", "path", "onlyRegions", "readRoleArn")
      VALUES ($1, $1, 'page', '{}', '{}', $2)`,
    [management, `arn:aws:iam::${management}:role/ClavigerRead`],
  )
  await sql.execute(`DELETE FROM "Sweep" WHERE "status" IN ('queued', 'running')`)
  const sweepPolicies = async () => {
    await queueSweeps([{ accountId: management, region: '', kind: 'organization' }])
    await settle()
    return sql.query<{ id: string; text: boolean }>(
      `SELECT "id", "content" IS NOT NULL AS "text" FROM "OrganizationPolicy" ORDER BY "id"`,
    )
  }
  const policies = await sweepPolicies()
  expect(policies.length).toBeGreaterThan(2)
  sandbox.faults = [{ operation: 'ListPolicies', error5xx: 1 }]
  expect(await sweepPolicies()).toEqual(policies)
  expect(await gapsOf(management)).toMatchObject([
    { api: 'organizations:ListPolicies', status: 'failed' },
  ])
}, 60_000)
