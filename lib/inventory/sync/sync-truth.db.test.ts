import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compareWithTruth } from '../../bench/sync-compare'
import { closeBudget } from '../../aws/budget/local-budget'
import { freshDatabase } from '../../db/test/database'
import { openSandbox } from '../../sandbox/open'
import { startServer } from '../../sandbox/server'
import { makeSweepLoop } from '../../worker/sweeps'
import { queueSweeps } from '../../sweep/queue'

const { sql } = await freshDatabase()
const [account, region] = ['111122223333', 'eu-west-1']
const keys = 250

const sandbox = await openSandbox({ scenario: 'scale', keys, accounts: 1, regions: 1 })
const server = await startServer(sandbox, 0)
const control = async <T>(method: string, name: string, body?: unknown): Promise<T> => {
  const answer = await fetch(`http://127.0.0.1:${server.port}/_sandbox/${name}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (!answer.ok) throw new Error(`${method} ${name}: ${await answer.text()}`)
  return (await answer.json()) as T
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
afterAll(async () => {
  await closeBudget()
  await server.close()
})

const isDone = async () =>
  (await sql.query(`SELECT 1 FROM "Sweep" WHERE "status" IN ('queued', 'running')`)).length === 0

/**
 * Workers on the same sweeps, each robbed of its leases at random moments, as if it had been
 * paused: the next takes over while it still runs.
 */
async function sweepWithTakeovers(takeovers: number): Promise<void> {
  const stop = new AbortController()
  let loop = makeSweepLoop('00000000-0000-4000-8000-000000000000')
  const loops = [loop]
  for (let turn = 0, nextAt = Date.now() + 300; !(await isDone()); await sleep(50)) {
    await loop.claim(stop.signal)
    if (turn >= takeovers || Date.now() < nextAt) continue
    await sql.execute(
      `UPDATE "Sweep" SET "leaseUntil" = now() - interval '1 second' WHERE "status" = 'running'`,
    )
    loops.push((loop = makeSweepLoop(`00000000-0000-4000-8000-00000000000${++turn}`)))
    nextAt = Date.now() + 200 + Math.random() * 1_000
  }
  await Promise.all(loops.map((one) => one.settled()))
}

test('through throttles, failures, short pages and lost sweeps, what is stored equals the truth', async () => {
  await control('PUT', 'faults', [
    { operation: '*', throttle: 0.3, error5xx: 0.05, shortPage: 0.3 },
  ])
  await queueSweeps([{ accountId: account, region, kind: 'core' }])
  await sweepWithTakeovers(4)
  const sweeps = await sql.query<{
    kind: string
    status: string
    problem: string | null
    attempt: number
  }>(`SELECT "kind", "status", "problem", "attempt" FROM "Sweep" ORDER BY "kind"`)
  expect(sweeps.map(({ kind, status, problem }) => ({ kind, status, problem }))).toEqual(
    ['core', 'grants', 'lastUsage', 'rotations'].map((kind) => ({
      kind,
      status: 'complete',
      problem: null,
    })),
  )
  expect(Math.max(...sweeps.map((sweep) => sweep.attempt))).toBeGreaterThan(1)
  const { differences, keys: compared } = await compareWithTruth(
    sql.query,
    control,
    account,
    region,
  )
  expect(compared).toBe(keys)
  expect(differences).toEqual([])
}, 120_000)

test('reading one key again shows its new aliases and drops those it has lost', async () => {
  const state = sandbox.world.accounts.get(account)?.regions.get(region)
  const [key] = [...(state?.keys.values() ?? [])].filter(({ manager }) => manager === 'CUSTOMER')
  if (!state || !key) throw new Error('no key')
  const lost = 'alias/lost-by-the-key'
  await sql.execute(
    `INSERT INTO "Alias" ("accountId", "region", "name", "arn", "targetKeyId", "observedAt")
     VALUES ($1, $2, $3, 'arn', $4, now() - interval '1 hour')`,
    [account, region, lost, key.keyId],
  )
  const made = {
    name: 'alias/just-made',
    targetKeyId: key.keyId,
    createdAt: Date.now(),
    updatedAt: Date.now(),
  }
  state.aliases.set(made.name, made)
  await queueSweeps([{ accountId: account, region, kind: 'key', keyArn: key.arn }])
  await sweepWithTakeovers(0)
  const rows = await sql.query<{ name: string }>(
    `SELECT "name" FROM "Alias" WHERE "targetKeyId" = $1 ORDER BY "name"`,
    [key.keyId],
  )
  const [row] = await sql.query<{ aliases: string[] }>(
    'SELECT "aliases" FROM "Key" WHERE "arn" = $1',
    [key.arn],
  )
  const names = [...state.aliases.values()]
    .filter(({ targetKeyId }) => targetKeyId === key.keyId)
    .map(({ name }) => name)
    .sort()
  expect(rows.map(({ name }) => name)).toEqual(names)
  expect(row?.aliases).toEqual(names)
  expect(names).toContain(made.name)
}, 60_000)

test('a key is gone only after two listings that ended well, and back when a third names it', async () => {
  await sql.execute(`TRUNCATE "Key", "Sweep", "Grant", "KeyMaterial", "Alias", "Coverage"`)
  await control('POST', 'reset', { scenario: 'scale', keys: 12, accounts: 1, regions: 1 })
  const state = sandbox.world.accounts.get(account)?.regions.get(region)
  const [victim] = [...(state?.keys.values() ?? [])]
  if (!state || !victim) throw new Error('no key')
  const look = async () => {
    await queueSweeps([{ accountId: account, region, kind: 'core' }])
    await sweepWithTakeovers(0)
    const [row] = await sql.query<{ missedListings: number; goneAt: Date | null }>(
      `SELECT "missedListings", "goneAt" FROM "Key" WHERE "arn" = $1`,
      [victim.arn],
    )
    return row && { missed: row.missedListings, gone: row.goneAt !== null }
  }
  expect(await look()).toEqual({ missed: 0, gone: false })
  state.keys.delete(victim.keyId)
  expect(await look()).toEqual({ missed: 1, gone: false })
  expect(await look()).toEqual({ missed: 2, gone: true })
  state.keys.set(victim.keyId, victim)
  expect(await look()).toEqual({ missed: 0, gone: false })
}, 60_000)
