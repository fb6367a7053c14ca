import { beforeAll, expect, test } from 'vitest'
import { isAmong, toOnly } from '../accounts/only'
import { listAccounts, listGapsInWords } from '../accounts/read'
import type { Scope } from '../auth/permissions'
import { nobody, permitFor } from '../auth/test/permit'
import { freshDatabase } from '../db/test/database'
import { readGrantsOfKey } from '../grants/rows'
import { grantsSource } from '../grants/grants-source'
import { readTable } from '@/lib/table-source/source'
import { keysSource } from '../inventory/table/keys-source'
import { keyStates } from '../kms/key-states'
import { keysTable } from '@/lib/inventory/table/keys-table'
import { tableHref } from '../table/state'
import { allFigures, type Figure } from './figures'
import { readOverview } from './read'

const { db, sql } = await freshDatabase()
const accounts = ['111111111111', '222222222222', '333333333333'] as const
const scopes: readonly Scope[] = [{ all: true }, { all: false, accountIds: [accounts[1]] }]

const day = 86_400_000
const inDays = (days: number) => new Date(Date.now() + days * day).toISOString()
function pick<T>(list: readonly T[], n: number): T {
  const at = n % list.length
  for (const one of list.slice(at, at + 1)) return one
  throw new Error('an empty list')
}
const specs = ['SYMMETRIC_DEFAULT', 'RSA_2048', null] as const

/** A fleet in which every property that is counted takes every value, and meets every other. */
function keyNumber(n: number) {
  const keyState = pick([...keyStates, null], n)
  const [accountId, region] = [pick(accounts, n), pick(['eu-west-1', 'us-east-1'], n >> 1)]
  const isKnown = keyState !== null
  const keyId = `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
  return {
    arn: `arn:aws:kms:${region}:${accountId}:key/${keyId}`,
    accountId,
    region,
    keyId,
    keyState,
    keySpec: isKnown ? pick(specs, n >> 2) : null,
    keyManager: isKnown ? pick(['CUSTOMER', 'CUSTOMER', 'AWS', null], n >> 1) : null,
    scope: isKnown ? pick(['single', 'primary', 'replica', null], n >> 3) : null,
    rotation: pick(['off', 'on', 'unknown', 'notApplicable'], Math.floor(n / 9)),
    goneAt: n % 17 === 0 ? inDays(-1) : null,
    deletionAt: keyState === 'PendingDeletion' ? inDays(n % 30) : null,
    validTo: n % 5 === 0 ? inDays((n % 12) * 10 - 5) : null,
    lastUsedAt: n % 4 === 0 ? inDays(-3) : null,
    lastUseAt: n % 3 === 0 ? null : inDays(-1),
    grantsAt: n % 6 === 0 ? null : inDays(-1),
    monthlyCostUsd: n % 7 === 0 ? null : 1,
    describedAt: isKnown ? inDays(-1) : null,
    createdAt: inDays(-400),
    usageTrackedSince: inDays(-200),
    aliases: [],
    listedAt: inDays(-1),
    listedIn: 1,
    firstSeenAt: inDays(-400),
    missedListings: 0,
    slice: 0,
    readApart: [],
    partition: 'aws',
    problems: {},
    searchText: '',
  }
}
const fleet = Array.from({ length: 700 }, (_, n) => keyNumber(n)).map((key) => ({
  ...key,
  lastUsedAt: key.lastUseAt && key.lastUsedAt,
}))

const grantees = [
  {
    granteePrincipal: 'arn:aws:iam::111111111111:role/a',
    granteeAccountId: '111111111111',
    issuerClass: 'human',
  },
  {
    granteePrincipal: 'arn:aws:iam::999999999999:role/b',
    granteeAccountId: '999999999999',
    issuerClass: 'human',
  },
  { granteePrincipal: 'rds.amazonaws.com', granteeAccountId: null, issuerClass: 'awsService' },
]

beforeAll(async () => {
  await db.account.createMany({
    data: [
      ...accounts.map((id, n) => ({
        id,
        name: id,
        source: 'page' as const,
        path: [],
        onlyRegions: [],
        pausedAt: n === 2 ? new Date() : null,
      })),
      {
        id: '444444444444',
        name: 'gone',
        source: 'page' as const,
        path: [],
        onlyRegions: [],
        removedAt: new Date(),
      },
    ],
  })
  await sql.execute(
    `INSERT INTO "Key" SELECT * FROM jsonb_populate_recordset(null::"Key", $1::jsonb)`,
    [JSON.stringify(fleet)],
  )
  await db.coverage.createMany({
    data: accounts.flatMap((accountId, n) => [
      {
        accountId,
        region: 'eu-west-1',
        api: 'kms:GetKeyPolicy',
        status: 'partial',
        keysDenied: n + 1,
        observedAt: new Date(),
      },
      {
        accountId,
        region: '',
        api: 'iam:GetAccountAuthorizationDetails',
        status: 'denied',
        observedAt: new Date(),
      },
      {
        accountId,
        region: 'eu-west-1',
        api: 'kms:ListGrants',
        status: 'failed',
        observedAt: new Date(),
      },
    ]),
  })
  await db.grant.createMany({
    data: fleet
      .filter((_, n) => n % 3 === 0)
      .map((key, n) => ({
        ...pick(grantees, n),
        keyArn: key.arn,
        grantId: `g${n}`,
        accountId: key.accountId,
        region: key.region,
        operations: ['Decrypt'],
        observedAt: new Date(),
        goneAt: n % 10 === 0 ? new Date() : null,
        createdAt: new Date(),
      })),
  })
})

type Reader = (scope: Scope, search: Readonly<Record<string, string>>) => Promise<number>

/**
 * How many rows a page has at an address, by the reader of that page. A figure that opens another
 * page needs its reader here.
 */
const readers: Readonly<Record<string, Reader>> = {
  '/keys': async (scope, search) => {
    const { total, problems } = await readTable(
      keysSource,
      permitFor(nobody, 'keys.read', scope),
      search,
    )
    expect(problems).toEqual([])
    return total
  },
  '/grants': async (scope, search) => {
    const { total, problems } = await readTable(
      grantsSource,
      permitFor(nobody, 'grants.read', scope),
      search,
    )
    expect(problems).toEqual([])
    return total
  },
  '/accounts/coverage': async (scope, search) => {
    expect(search).toEqual({ denied: '1' })
    return (await listGapsInWords(permitFor(nobody, 'accounts.read', scope))).filter(
      ({ isDenied }) => isDenied,
    ).length
  },
  '/accounts': async (scope, { only }) =>
    (await listAccounts(permitFor(nobody, 'accounts.read', scope))).filter(
      (account) => account.removedAt === null && isAmong(account, toOnly(only)),
    ).length,
}

async function countAt(scope: Scope, href: string): Promise<number> {
  const { pathname, searchParams } = new URL(href, 'https://claviger.example')
  const reader = readers[pathname] ?? expect.fail(`no reader for ${href}`)
  return reader(scope, Object.fromEntries(searchParams))
}

async function expectToOpen(scope: Scope, figures: readonly Figure[]) {
  const opened = await Promise.all(
    figures.map(async ({ label, href }) => `${label} ${await countAt(scope, href)} at ${href}`),
  )
  expect(opened).toEqual(figures.map(({ label, count, href }) => `${label} ${count} at ${href}`))
}

test('every number of the overview is the number of rows of the table it opens', async () => {
  for (const scope of scopes) {
    const figures = allFigures(await readOverview(permitFor(nobody, 'keys.read', scope)))
    await expectToOpen(scope, figures)
    if (scope.all) expect(figures.filter(({ count }) => count === 0)).toEqual([])
  }
}, 120_000)

test('"rotation off" is of keys that could rotate now', async () => {
  const { keys } = await readOverview(permitFor(nobody, 'keys.read'))
  const could = fleet.filter(
    ({ rotation, keyState, scope, goneAt }) =>
      goneAt === null &&
      rotation === 'off' &&
      (keyState === 'Enabled' || keyState === 'Updating') &&
      scope !== 'replica',
  )
  expect(keys.rotationOff).toBe(could.length)
  expect(could.length).toBeLessThan(
    fleet.filter(({ rotation, goneAt }) => goneAt === null && rotation === 'off').length,
  )
})

test('a primary key that waits for its replicas is counted and listed among the deletions', async () => {
  const scope: Scope = { all: false, accountIds: [accounts[0]] }
  await sql.execute(
    `UPDATE "Key" SET "keyState" = 'Enabled', "deletionAt" = NULL
      WHERE "keyState" = 'PendingDeletion' AND "accountId" = $1`,
    [accounts[0]],
  )
  const { keys, deletions } = await readOverview(permitFor(nobody, 'keys.read', scope))
  expect(keys.pendingDeletion).toBeGreaterThan(0)
  expect(deletions.length).toBe(Math.min(8, keys.pendingDeletion))
  expect(deletions.every(({ at }) => at === null)).toBe(true)
})

test('the keys of an account and the grants of a key are as many as the tables have that they open', async () => {
  const scope: Scope = { all: true }
  for (const { id, keys } of await listAccounts(permitFor(nobody, 'accounts.read', scope))) {
    expect(
      await countAt(
        scope,
        tableHref('/keys', keysTable, { property: 'account', operator: 'eq', values: [id] }),
      ),
    ).toBe(keys)
  }
  for (const key of fleet.slice(0, 12)) {
    const { total } = await readGrantsOfKey(permitFor(nobody, 'grants.read', scope), key.arn)
    expect(await countAt(scope, `/grants?filter=key.eq.${key.keyId}`)).toBe(total)
  }
})
