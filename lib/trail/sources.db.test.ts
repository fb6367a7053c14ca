import { setTimeout as sleep } from 'node:timers/promises'
import { UpdateKeyDescriptionCommand } from '@aws-sdk/client-kms'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { nobody, permitFor } from '../auth/test/permit'
import { closeBudget } from '../aws/budget/local-budget'
import { freshDatabase } from '../db/test/database'
import { openAccount } from '../sandbox/accounts'
import { addKey, delegating, document } from '../sandbox/test/call'
import { adminOf, runSandbox } from '../sandbox/test/running'
import type { Trail } from '../sandbox/world'
import { queueSweeps } from '../sweep/queue'
import { makeSweepLoop } from '../worker/sweeps'
import { makePollLoop } from './lookup/poll'
import { listSources, readUnseen } from './sources'

const { sql } = await freshDatabase()
const [account, other, region] = ['111122223333', '444455556666', 'eu-west-1']
const aws = await runSandbox()
const everywhere = permitFor<'trail.read'>(nobody)

beforeAll(async () => {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: aws.url,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: account,
    AWS_SECRET_ACCESS_KEY: 'any',
    CLAVIGER_EXTERNAL_ID: 'claviger-test',
  })
  // The second has no such role.
  await sql.execute(
    `INSERT INTO "Account" (id, name, source, path, "onlyRegions", "readRoleArn")
     VALUES ($1, 'one', 'self', '{}', '{}', NULL),
       ($2, 'two', 'page', '{}', '{}', 'arn:aws:iam::' || $2 || ':role/NotThere')`,
    [account, other],
  )
  await sql.execute(
    `INSERT INTO "AccountRegion" ("accountId", region) SELECT unnest($1::text[]), $2`,
    [[account, other], region],
  )
})
afterAll(async () => {
  await closeBudget()
  await aws.close()
})

function addTrail(name: string, more: Partial<Trail> = {}): void {
  openAccount(aws.sandbox.world, account)
    .regions.get(region)
    ?.trails.push({
      name,
      arn: `arn:aws:cloudtrail:${region}:${account}:trail/${name}`,
      homeRegion: region,
      isMultiRegion: false,
      isOrganization: false,
      s3BucketName: 'logs',
      s3KeyPrefix: null,
      kmsKeyArn: null,
      logging: [{ from: 1, to: null }],
      validatesSince: null,
      selections: [],
      deliveries: new Map(),
      ...more,
    })
}

async function sweep(kind: 'core' | 'lookup' | 'trails'): Promise<void> {
  await queueSweeps([account, other].map((accountId) => ({ accountId, region, kind })))
  const loop = makeSweepLoop('00000000-0000-4000-8000-000000000000')
  const isOpen = async () =>
    (await sql.query(`SELECT 1 FROM "Sweep" WHERE status IN ('queued', 'running')`)).length > 0
  for (; await isOpen(); await sleep(20)) await loop.claim()
  await loop.settled()
}

async function poll(): Promise<void> {
  await sql.execute('UPDATE trail.lookup SET poll_at = now()')
  const loop = makePollLoop()
  await loop.claim()
  await loop.settled()
}

test('a trail without events of KMS, one that stopped and one without its bucket say so', async () => {
  const withoutKms = {
    kind: 'basic' as const,
    selectors: [
      {
        readWriteType: 'All' as const,
        includesManagement: true,
        excludedSources: ['kms.amazonaws.com'],
      },
    ],
  }
  addTrail('without-kms', { selections: [{ from: 0, selectors: withoutKms }] })
  addTrail('stopped', { logging: [{ from: 1, to: 2 }] })
  await sweep('trails')
  const { sources } = await listSources(everywhere)
  const of = (name: string) => sources.find((one) => one.name.endsWith(`trail/${name}`))
  expect(of('without-kms')).toMatchObject({
    accountId: account,
    cannotSee: ['Its event selectors exclude all events of KMS.'],
    problem: { text: expect.stringContaining('deliver to the bucket logs (NoSuchBucket)') },
  })
  expect(of('stopped')).toMatchObject({
    state: 'problem',
    problem: { text: expect.stringContaining('has stopped logging') },
    cannotSee: [],
  })
}, 60_000)

test('a place that is read, one that cannot be and who may see which', async () => {
  await sweep('lookup')
  await poll()
  // What refuses is asked by the sweep alone.
  expect(
    await sql.query('SELECT account_id AS id FROM trail.lookup WHERE polled_at IS NOT NULL'),
  ).toEqual([{ id: account }])
  const { sources, accounts } = await listSources(everywhere)
  const lookups = sources.filter(({ kind }) => kind === 'lookup')
  expect(lookups).toMatchObject([
    {
      accountId: other,
      state: 'problem',
      readUntil: null,
      problem: { text: expect.stringMatching(/^The read role cannot be assumed.*AccessDenied/) },
    },
    {
      accountId: account,
      state: 'upToDate',
      problem: null,
      progress: 'All of 90 days',
    },
  ])
  expect(accounts).toEqual({ [account]: 'one', [other]: 'two' })
  const own = permitFor(nobody, 'trail.read', { all: false, accountIds: [account] })
  const seen = await listSources(own)
  expect(new Set(seen.sources.map(({ accountId }) => accountId))).toEqual(new Set([account]))
  // What answers could not see, by the same facts and for the same accounts.
  expect((await readUnseen(everywhere)).lines).toEqual([
    { text: 'Events are missing since reading failed', sources: 1 },
  ])
  expect((await readUnseen(own)).lines).toEqual([])
}, 60_000)

test('what a sweep of all keys finds changed, and no event told, is said', async () => {
  const { world } = aws.sandbox
  const [told, untold] = [1, 2].map(() => addKey(world, account, document(delegating(account))))
  if (!told || !untold) throw new Error('no keys')
  await sweep('core')
  await aws
    .kms(adminOf(account), region)
    .send(new UpdateKeyDescriptionCommand({ KeyId: told.keyId, Description: 'by a call' }))
  untold.description = 'by nobody'
  untold.tags.set('owner', 'nobody')
  await sweep('core')
  await poll()
  const lacks = async () => {
    const { sources } = await listSources(everywhere)
    return sources.find(({ name }) => name === `lookup:${account}:${region}`)?.cannotSee
  }
  // Its event can still come.
  expect(await lacks()).toEqual([])
  await sql.execute(`UPDATE trail.lookup SET changes_read = tstzmultirange(tstzrange(NULL, now()))`)
  expect(await lacks()).toEqual([
    'A change of 1 key: a sync of all keys found it, and no event tells of it.',
  ])
}, 60_000)
