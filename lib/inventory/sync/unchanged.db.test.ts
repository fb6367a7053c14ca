import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { closeBudget } from '../../aws/budget/local-budget'
import { closeDatabase, sql } from '../../db/client'
import { migrateDatabase } from '../../launch/database.mjs'
import { startThrowAwayPostgres } from '../../launch/postgres.mjs'
import { openSandbox } from '../../sandbox/open'
import { startServer } from '../../sandbox/server'
import { withReadTimes } from '../../sweep/last-read'
import { queueSweeps } from '../../sweep/queue'
import { makeSweepLoop } from '../../worker/sweeps'

// The write-ahead log is one for a whole cluster: this test has a cluster to itself.
const postgres = await startThrowAwayPostgres('unchanged')
await migrateDatabase(postgres.url)
await closeDatabase()
process.env.DATABASE_URL = postgres.url

const [account, region] = ['111122223333', 'eu-west-1']
const keys = 400
const kinds = ['core', 'grants', 'rotations', 'lastUsage', 'iam'] as const
const boundPer10k = 1_000_000

const sandbox = await openSandbox({ scenario: 'scale', keys, accounts: 1, regions: 1 })
const server = await startServer(sandbox, 0)

beforeAll(async () => {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${server.port}`,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: account,
    AWS_SECRET_ACCESS_KEY: 'any',
    CLAVIGER_BUDGET_SHARE: '1',
    CLAVIGER_EXTERNAL_ID: 'claviger-test',
  })
  // No page is written whole since a checkpoint came between, and nothing but the sweeps writes.
  for (const setting of ["checkpoint_timeout = '1h'", "max_wal_size = '4GB'", 'autovacuum = off'])
    await sql.execute(`ALTER SYSTEM SET ${setting}`)
  await sql.query('SELECT pg_reload_conf()')
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
})
afterAll(async () => {
  await closeBudget()
  await server.close()
  await closeDatabase()
  await postgres.stop()
})

/** Runs sweeps of these kinds to their ends, and what follows them. */
async function sweep(...wanted: readonly (typeof kinds)[number][]): Promise<void> {
  await queueSweeps(
    wanted.map((kind) => ({ accountId: account, region: kind === 'iam' ? '' : region, kind })),
  )
  await finish()
}
async function finish(): Promise<void> {
  const stop = new AbortController()
  const loop = makeSweepLoop('00000000-0000-4000-8000-000000000000')
  const isOpen = async () =>
    (await sql.query(`SELECT 1 FROM "Sweep" WHERE status IN ('queued', 'running')`)).length > 0
  for (; await isOpen(); await sleep(50)) await loop.claim(stop.signal)
  await loop.settled()
  const bad = await sql.query(`SELECT kind, problem FROM "Sweep" WHERE status <> 'complete'`)
  expect(bad).toEqual([])
}

async function bytesOf(work: () => Promise<void>): Promise<number> {
  const [before] = await sql.query<{ at: string }>('SELECT pg_current_wal_insert_lsn() AS at')
  await work()
  const [after] = await sql.query<{ bytes: string }>(
    'SELECT pg_current_wal_insert_lsn() - $1::pg_lsn AS bytes',
    [before?.at],
  )
  return Number(after?.bytes)
}

/** Rows of what a sweep reads, each with the transaction that wrote it last. */
const readVersions = () =>
  sql.query(`SELECT arn AS row, xmin::text FROM "Key"
    UNION ALL SELECT "keyArn" || "grantId", xmin::text FROM "Grant"
    UNION ALL SELECT name, xmin::text FROM "Alias"
    UNION ALL SELECT 'material ' || id, xmin::text FROM "KeyMaterial"
    UNION ALL SELECT 'version ' || id, xmin::text FROM "PolicyVersion"
    UNION ALL SELECT arn, xmin::text FROM "IamEntity" ORDER BY row`)

type Times = Record<
  | 'listedAt'
  | 'describedAt'
  | 'tagsAt'
  | 'policyAt'
  | 'rotationAt'
  | 'aliasesAt'
  | 'rotationsAt'
  | 'grantsAt'
  | 'lastUseAt',
  Date | null
>
async function readTimesOfAll(): Promise<Times[]> {
  const rows = await sql.query<{ arn: string }>('SELECT arn FROM "Key" ORDER BY arn')
  return (await withReadTimes(sql, rows)) as (Times & { arn: string })[]
}

test('a sweep of unchanged keys writes almost nothing, and says when it read them', async () => {
  await sweep('core')
  await sweep(...kinds)
  const versions = await readVersions()
  const before = await readTimesOfAll()
  const [{ now: begun } = { now: new Date() }] = await sql.query<{ now: Date }>(
    'SELECT clock_timestamp() AS now',
  )
  const bytes: Record<string, number> = {}
  for (const kind of kinds) bytes[kind] = (await bytesOf(() => sweep(kind))) * (10_000 / keys)
  for (const kind of kinds) expect(bytes[kind], kind).toBeLessThan(boundPer10k)
  expect(await readVersions()).toEqual(versions)

  const after = await readTimesOfAll()
  expect(after).toHaveLength(keys)
  for (const [at, times] of after.entries())
    for (const [name, time] of Object.entries(times))
      if (name !== 'arn') {
        const old = Object.entries(before[at] ?? {}).find(([other]) => other === name)?.[1]
        expect(time === null, name).toBe(old === null)
        if (time !== null) expect(new Date(time).getTime(), name).toBeGreaterThan(begun.getTime())
      }
}, 240_000)
