import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { nobody, permitFor } from '../auth/test/permit'
import { closeBudget } from '../aws/budget/local-budget'
import { freshDatabase } from '../db/test/database'
import { openSandbox } from '../sandbox/open'
import { startServer } from '../sandbox/server'
import { claimSweeps, endSweep } from '../sweep/lease'
import { Tally } from '../sweep/tally'
import { makeSweepLoop } from '../worker/sweeps'
import { queueKeyReads } from './queue-key-reads'
import { getKeyRow } from './read'

const { sql, transaction } = await freshDatabase()
const [account, region] = ['111122223333', 'eu-west-1']
const worker = '00000000-0000-4000-8000-000000000000'
const sandbox = await openSandbox({ scenario: 'scale', keys: 12, accounts: 1, regions: 1 })
const server = await startServer(sandbox, 0)
const keys = () => {
  const found = sandbox.world.accounts.get(account)?.regions.get(region)?.keys
  if (!found) throw new Error('no Region')
  return [...found.values()].filter(({ manager }) => manager === 'CUSTOMER')
}
const keyAt = (at: number) => {
  const key = keys()[at]
  if (!key) throw new Error('no key')
  return key
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
})
beforeEach(() => sql.execute('TRUNCATE "Sweep"'))
afterAll(async () => {
  await closeBudget()
  await server.close()
})

/** Works off what is queued, as the worker does; returns how long it took. */
async function work(): Promise<number> {
  const begunAt = Date.now()
  const stop = new AbortController()
  const loop = makeSweepLoop(worker)
  const isOpen = async () =>
    (await sql.query(`SELECT 1 FROM "Sweep" WHERE status IN ('queued', 'running')`)).length > 0
  for (; await isOpen(); await sleep(20)) await loop.claim(stop.signal)
  await loop.settled()
  return Date.now() - begunAt
}
const listSweeps = () =>
  sql.query<{ kind: string; status: string; parts: string[]; reason: string; calls: number }>(
    'SELECT kind, status, parts, reason, calls FROM "Sweep" ORDER BY id',
  )
const shown = (keyId: string) =>
  getKeyRow(permitFor<'keys.read'>(nobody), { accountId: account, region, keyId })

test('a key that is not known yet is found by its ARN, and its page shows it within a minute', async () => {
  const { arn, keyId } = keyAt(0)
  await expect(shown(keyId)).rejects.toThrow('There is no such key')
  expect(await queueKeyReads(sql, [{ keyArn: arn, reason: 'seen in the trail' }])).toBe(1)
  expect(await work()).toBeLessThan(60_000)
  expect(await shown(keyId)).toMatchObject({
    keyState: keyAt(0).state,
    goneAt: null,
    problems: {},
    grantCount: keyAt(0).grants.size,
  })
  expect(await listSweeps()).toMatchObject([
    { kind: 'key', status: 'complete', reason: 'seen in the trail' },
  ])
}, 90_000)

test('a key that AWS does not know is not added', async () => {
  const arn = `arn:aws:kms:${region}:${account}:key/11111111-2222-3333-4444-555555555555`
  await queueKeyReads(sql, [{ keyArn: arn, reason: 'seen in the trail' }])
  await work()
  expect(await listSweeps()).toMatchObject([{ kind: 'key', status: 'failed' }])
  expect(await sql.query('SELECT 1 FROM "Key" WHERE arn = $1', [arn])).toEqual([])
}, 60_000)

test('queued twice is read once, with the parts of both, and the page shows what changed', async () => {
  const key = keys().find(
    ({ keySpec, origin }) => keySpec === 'SYMMETRIC_DEFAULT' && origin === 'AWS_KMS',
  )
  if (!key) throw new Error('no key that rotates')
  await queueKeyReads(sql, [{ keyArn: key.arn, reason: 'first' }])
  await work()
  await sql.execute('TRUNCATE "Sweep"')
  const before = await shown(key.keyId)

  key.description = 'changed meanwhile'
  key.grants.clear()
  const read = { keyArn: key.arn, reason: 'seen' }
  await transaction(async (tx) => {
    expect(await queueKeyReads(tx, [{ ...read, parts: ['grants'] }])).toBe(1)
    expect(
      await queueKeyReads(tx, [
        { ...read, parts: ['core'] },
        { ...read, parts: [] },
      ]),
    ).toBe(0)
  })
  await sql.execute('TRUNCATE "Sweep"')
  await queueKeyReads(sql, [
    { ...read, parts: ['grants'] },
    { ...read, parts: ['core'] },
  ])
  await queueKeyReads(sql, [{ ...read, parts: ['grants'] }])
  expect(await listSweeps()).toMatchObject([{ status: 'queued', parts: ['core', 'grants'] }])
  expect(await work()).toBeLessThan(60_000)
  // DescribeKey, tags, policy, rotation status and grants, once each; no alias, no last use.
  expect((await listSweeps()).map(({ status, calls }) => [status, calls])).toEqual([
    ['complete', 5],
  ])

  const after = await shown(key.keyId)
  expect(after).toMatchObject({ description: 'changed meanwhile', grantCount: 0 })
  expect(String(after.describedAt) > String(before.describedAt)).toBe(true)
  expect(String(after.grantsAt) > String(before.grantsAt)).toBe(true)
  expect(after.aliasesAt).toBe(before.aliasesAt)
  expect(after.lastUseAt).toBe(before.lastUseAt)
}, 90_000)

test('what is seen while a key is being read is read after that, once', async () => {
  const { arn } = keyAt(2)
  const read = { keyArn: arn, reason: 'seen' }
  await queueKeyReads(sql, [read])
  const [lease] = await claimSweeps(worker, ['key'], 1)
  if (!lease) throw new Error('no lease')
  await queueKeyReads(sql, [{ ...read, parts: ['grants'] }])
  await queueKeyReads(sql, [{ ...read, parts: ['aliases', 'grants'] }])
  expect(await listSweeps()).toMatchObject([{ status: 'running' }])
  const progress = { tally: new Tally(), itemsDone: 1, itemsTotal: 1 }
  await endSweep(lease, progress, { status: 'complete', problem: null })
  expect(await listSweeps()).toMatchObject([
    { status: 'complete', parts: [] },
    { status: 'queued', parts: ['aliases', 'grants'] },
  ])
}, 60_000)

test('nothing is read of an account that is not connected, nor, but for a person, in a pause', async () => {
  const read = { keyArn: keyAt(3).arn, reason: 'seen' }
  const elsewhere = read.keyArn.replace(account, '999988887777')
  expect(await queueKeyReads(sql, [{ keyArn: elsewhere, reason: 'seen' }])).toBe(0)
  expect(await queueKeyReads(sql, [{ keyArn: 'alias/no-key', reason: 'seen' }])).toBe(0)
  await sql.execute('UPDATE "Account" SET "pausedAt" = now()')
  expect(await queueKeyReads(sql, [read])).toBe(0)
  expect(await queueKeyReads(sql, [read], nobody.id)).toBe(1)
  await sql.execute('UPDATE "Account" SET "pausedAt" = NULL')
}, 60_000)
