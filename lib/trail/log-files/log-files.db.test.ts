import {
  CreateTrailCommand,
  StartLoggingCommand,
  type CreateTrailCommandInput,
} from '@aws-sdk/client-cloudtrail'
import { CreateKeyCommand, DescribeKeyCommand, ListKeysCommand } from '@aws-sdk/client-kms'
import { CreateBucketCommand, PutBucketPolicyCommand } from '@aws-sdk/client-s3'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { nobody, permitFor } from '../../auth/test/permit'
import { forgetClients } from '../../aws/clients'
import { forgetCredentials } from '../../aws/credentials'
import { freshDatabase } from '../../db/test/database'
import { removeObject, storeObject } from '../../sandbox/s3/store'
import { addTrailRole } from '../../sandbox/scenario/console-roles'
import { adminOf, runSandbox } from '../../sandbox/test/running'
import { checkLogSource } from './check'
import { listLogFindings } from './findings'
import { listLogFilesHealth } from './health'
import { makeLogFilesLoop } from './loop'
import type { LogSource } from './places'
import { openBucket, type BucketReader } from './reader'
import { addLogSource, listFoundTrails, retryLogFiles } from './sources'
import { takeTurn } from './turn'

const { db, sql } = await freshDatabase()
const owner = '111122223333'
const Bucket = 'the-trail'
const region = 'eu-west-1'
const hourMs = 3_600_000
const admin = adminOf(owner)
const roleArn = `arn:aws:iam::${owner}:role/ClavigerTrail`
const permit = permitFor(nobody, 'trail.manage')

let running: Awaited<ReturnType<typeof runSandbox>>
beforeAll(async () => {
  running = await runSandbox()
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: running.url,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: owner,
    AWS_SECRET_ACCESS_KEY: 'any',
    CLAVIGER_BUDGET_SHARE: '1',
    CLAVIGER_EXTERNAL_ID: 'claviger-test',
  })
})
afterAll(() => running.close())

beforeEach(async () => {
  await sql.execute('TRUNCATE trail.event, trail.use, trail.dirty_hour, "TrailCoverage"')
  await sql.execute('TRUNCATE "TrailLogSource", "TrailSetAside" CASCADE')
})

const pass = (advanceSeconds: number) => running.control('POST', 'clock', { advanceSeconds })
const world = () => running.sandbox.world

/** An organization of its own yesterday, with a bucket and the role that reads it. */
async function begin(): Promise<void> {
  // Making the keys that sign digests is what takes long.
  const { trailSigners } = world()
  await running.control('POST', 'reset', { scenario: 'empty' })
  world().trailSigners = trailSigners
  world().clockAheadMs = -22 * hourMs
  forgetCredentials(roleArn)
  forgetClients(roleArn)
  const s3 = running.s3(admin)
  await s3.send(
    new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: region } }),
  )
  const statement = {
    Effect: 'Allow',
    Principal: { Service: 'cloudtrail.amazonaws.com' },
    Action: 's3:PutObject',
    Resource: `arn:aws:s3:::${Bucket}/*`,
  }
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }))
  const account = world().accounts.get(owner)
  if (!account) throw new Error('no such account')
  const roles = { managementAccountId: owner, externalId: 'claviger-test', createdAt: 0 }
  addTrailRole(world(), account, roles, { bucket: Bucket, region, kmsKeyArn: null })
}

async function makeTrail(Name: string, more: Partial<CreateTrailCommandInput> = {}) {
  const trail = running.cloudTrail(admin)
  const input = { Name, S3BucketName: Bucket, IsMultiRegionTrail: true, ...more }
  await trail.send(new CreateTrailCommand({ EnableLogFileValidation: true, ...input }))
  await trail.send(new StartLoggingCommand({ Name }))
  return `arn:aws:cloudtrail:${region}:${owner}:trail/${Name}`
}

const inputOf = (trailArn: string) => ({
  trailArn,
  bucket: Bucket,
  prefix: '',
  bucketRegion: region,
  roleArn,
  isOrganization: false,
  validates: true,
  days: 2,
})

async function addSource(trailArn: string, validates = true): Promise<LogSource> {
  const { days, ...input } = inputOf(trailArn)
  const readFrom = new Date(Date.now() - days * 24 * hourMs)
  return db.trailLogSource.create({ data: { ...input, validates, readFrom } })
}

/** Ends at one of its calls, as a process does that is killed: nothing is handed back. */
const killed = new Error('killed')
function dying(reader: BucketReader, calls: number): BucketReader {
  let left = calls
  const live = () => {
    if (left-- <= 0) throw killed
    return reader
  }
  return {
    listFolders: async (folder) => live().listFolders(folder),
    listFiles: (folder, after) => live().listFiles(folder, after),
    open: async (key) => live().open(key),
    findPublicKey: async (key) => live().findPublicKey(key),
  }
}

async function turn(source: LogSource, calls = Infinity): Promise<void> {
  await sql.execute(`UPDATE "TrailLogPlace" SET "nextAt" = now()`)
  await takeTurn(dying(openBucket(source), calls), source, new AbortController().signal)
}

const hour = async () => {
  await running.kms(admin).send(new ListKeysCommand({}))
  await pass(3_600)
}

const bucketOf = () => {
  const bucket = world().buckets.get(Bucket)
  if (!bucket) throw new Error('no bucket')
  return bucket
}

/** Files of logs as the bucket has them, oldest first. */
const objects = () => {
  const all = [...bucketOf().objects]
  return all.filter(([key]) => key.includes('/CloudTrail/')).sort(([a], [b]) => (a < b ? -1 : 1))
}
const stored = async () => {
  const rows = await sql.query<{ id: string }>(
    'SELECT event_id AS id FROM trail.event ORDER BY event_id',
  )
  return rows.map(({ id }) => id)
}
/** Of KMS, as the sandbox's own record of what happened has them. */
const happened = (regions = [region]) =>
  regions
    .flatMap((name) => world().accounts.get(owner)?.regions.get(name)?.events ?? [])
    .filter(({ record }) => record.eventSource === 'kms.amazonaws.com')
    .map(({ eventId }) => eventId)
    .sort()
const findings = async () => (await listLogFindings(permitFor(nobody, 'settings.read'))).findings

test('every event is there once, of late files too, whenever the reader is killed', async () => {
  await begin()
  const source = await addSource(await makeTrail('all'))
  const kms = running.kms(admin)
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}))
  for (let step = 0; step < 10; step += 1) {
    for (let call = 0; call < 3; call += 1)
      await kms.send(new DescribeKeyCommand({ KeyId: KeyMetadata?.KeyId }))
    if (step === 5) await running.kms(admin, 'us-east-1').send(new ListKeysCommand({}))
    await pass(170)
    await turn(source, step * 2).catch((error: unknown) => expect(error).toEqual(killed))
  }
  await pass(3 * 3_600)
  await turn({ ...source, placesAt: null })
  await turn(source)
  expect(happened().length).toBeGreaterThan(25)
  expect(await stored()).toEqual(happened([region, 'us-east-1']))
  expect(await findings()).toEqual([])
  const [health] = await listLogFilesHealth({ all: true })
  expect(health).toMatchObject({
    name: source.trailArn,
    accountId: owner,
    kind: 'logFiles',
    problem: null,
    progress: expect.stringMatching(/^\d+ files of 2 accounts × Regions$/),
  })
  expect(await listLogFilesHealth({ all: false, accountIds: ['444455556666'] })).toEqual([])
  const whole = await db.trailCoverage.findMany({ where: { region, isWhole: true } })
  expect(whole.length, 'digests prove hours').toBeGreaterThan(0)
})

test('of a trail that leaves KMS out no hour is whole', async () => {
  await begin()
  const source = await addSource(await makeTrail('all'))
  await sql.execute(
    `INSERT INTO "AwsTrail" ("arn", "accountId", "region", "name", "isMultiRegion",
       "isOrganization", "kms", "observedAt") VALUES ($1, $2, $3, 'all', true, false, 'some', now())`,
    [source.trailArn, owner, region],
  )
  for (let step = 0; step < 4; step += 1) await hour()
  await turn(source)
  const hours = await db.trailCoverage.findMany()
  expect(hours.length).toBeGreaterThan(0)
  expect(hours.filter((one) => one.isWhole || one.changesAreWhole)).toEqual([])
  await sql.execute('TRUNCATE "AwsTrail"')
})

test('two trails in one bucket are read and verified apart, and events stored once', async () => {
  await begin()
  const sources = [
    await addSource(await makeTrail('all')),
    await addSource(await makeTrail('second')),
  ]
  for (let step = 0; step < 4; step += 1) await hour()
  for (const source of sources) await turn(source)
  expect(await stored()).toEqual(happened())
  expect(await findings()).toEqual([])
  const places = await db.trailLogPlace.findMany({
    where: { region },
    orderBy: { sourceId: 'asc' },
  })
  expect(places.map(({ lastDigest }) => JSON.stringify(lastDigest))).toEqual([
    expect.stringContaining('_all_eu-west-1_'),
    expect.stringContaining('_second_eu-west-1_'),
  ])
})

test('altered, missing and broken files are found, told, and taken once they are mended', async () => {
  await begin()
  const source = await addSource(await makeTrail('all'))
  for (let step = 0; step < 5; step += 1) await hour()
  await turn(source)
  await sql.execute('TRUNCATE trail.event, "TrailCoverage"')
  await sql.execute('TRUNCATE "TrailLogPlace" CASCADE')
  await sql.execute('UPDATE "TrailLogSource" SET "placesAt" = NULL')
  const [altered, gone, half] = objects().filter(([key]) => key.includes(`/${region}/`))
  if (!altered || !gone || !half) throw new Error('too few files')
  const bucket = bucketOf()
  const originals = [altered, gone, half].map(([key, object]) => [key, { ...object }] as const)
  altered[1].body = new Uint8Array(gzipSync('{"Records":[]}'))
  removeObject(bucket, gone[0])
  half[1].body = half[1].body.subarray(0, half[1].body.length - 20)
  await turn({ ...source, placesAt: null })
  const found = await findings()
  expect(found.map(({ object, state }) => [object, state]).sort()).toEqual(
    [
      [altered[0], 'Altered'],
      [gone[0], 'Missing'],
      [half[0], 'Unreadable'],
    ].sort(),
  )
  for (const { words } of found) expect(words).toMatch(/Look for|Fetch it/)
  const unproven = await db.trailCoverage.count({ where: { region, isWhole: false } })
  expect(unproven, 'their hours are not whole').toBeGreaterThan(0)
  expect((await stored()).length, 'the rest goes on').toBeGreaterThan(0)

  for (const [key, object] of originals) storeObject(bucket, key, object)
  expect(await retryLogFiles(permit, source)).toEqual({ files: 3 })
  await turn(source)
  expect(await findings()).toEqual([])
  expect(await stored()).toEqual(happened())
  expect(await db.trailCoverage.count({ where: { region, isWhole: false } })).toBe(0)
})

test('a digest that CloudTrail did not sign, and one that is gone, are told', async () => {
  await begin()
  const source = await addSource(await makeTrail('all'))
  for (let step = 0; step < 6; step += 1) await hour()
  await turn(source)
  await sql.execute('TRUNCATE "TrailLogPlace" CASCADE')
  const bucket = bucketOf()
  const digests = [...bucket.objects]
    .filter(([key]) => key.includes(`/CloudTrail-Digest/${region}/`))
    .sort(([a], [b]) => (a < b ? -1 : 1))
  const [, forged, , gone] = digests
  if (!forged || !gone) throw new Error('too few digests')
  forged[1].metadata = new Map([['signature', '00ff']])
  removeObject(bucket, gone[0])
  await turn({ ...source, placesAt: null })
  const states = (await findings()).map(({ state }) => state).sort()
  expect(states).toEqual([
    'Digest does not verify',
    'Digests missing', // what stands behind the forged one names another signature
    'Digests missing',
  ])
  expect(await stored(), 'log files are read all the same').toEqual(happened())
})

test('a digest far too large is told like one that does not verify, and the others go on', async () => {
  await begin()
  const source = await addSource(await makeTrail('all'))
  for (let step = 0; step < 4; step += 1) await hour()
  await turn(source)
  await sql.execute('TRUNCATE "TrailLogPlace" CASCADE')
  const [digest] = [...bucketOf().objects]
    .filter(([key]) => key.includes(`/CloudTrail-Digest/${region}/`))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(1)
  if (!digest) throw new Error('too few digests')
  storeObject(bucketOf(), digest[0], { ...digest[1], body: gzipSync(Buffer.alloc(70_000_000)) })
  await turn({ ...source, placesAt: null })
  expect((await findings()).map(({ state }) => state)).toContain('Digest does not verify')
  expect(await stored()).toEqual(happened())
})

test('a bucket that refuses, or is gone, is one clear line, and tried again', async () => {
  await begin()
  const source = await addSource(await makeTrail('all'))
  for (let step = 0; step < 2; step += 1) await hour()
  const loop = async () => {
    await sql.execute(`UPDATE "TrailLogSource" SET "nextAt" = now()`)
    await sql.execute(`UPDATE "TrailLogPlace" SET "nextAt" = now()`)
    const lanes = makeLogFilesLoop()
    await lanes.claim()
    await lanes.settled()
    const { problem, leaseUntil } = await db.trailLogSource.findFirstOrThrow()
    expect(leaseUntil).toBeNull()
    return problem
  }
  const role = world().accounts.get(owner)?.roles.get('ClavigerTrail')
  const [policy = ''] = role?.inlinePolicies.values() ?? []
  role?.inlinePolicies.set('ClavigerTrail', policy.replace('s3:GetObject', 's3:GetBucketAcl'))
  expect(await loop()).toMatch(/^ClavigerTrail cannot call s3:GetObject on the-trail\. Allow it/)
  role?.inlinePolicies.set('ClavigerTrail', policy.replace('s3:ListBucket', 's3:GetBucketAcl'))
  expect(await loop()).toMatch(/cannot call s3:ListBucket/)
  role?.inlinePolicies.set('ClavigerTrail', policy)
  await sql.execute(`UPDATE "TrailLogFile" SET "nextTryAt" = now()`)
  expect(await loop()).toBeNull()
  expect(await stored()).toEqual(happened())
  world().buckets.delete(Bucket)
  expect(await loop()).toMatch(/^The bucket the-trail is not there/)
  expect((await listLogFilesHealth({ all: true }))[0]).toMatchObject({
    name: source.trailArn,
    state: 'problem',
  })
})

test('a trail that AWS describes is offered until it is read', async () => {
  await begin()
  const arns = [await makeTrail('all'), await makeTrail('second')]
  await sql.execute(
    `INSERT INTO "AwsTrail" ("arn", "accountId", "region", "name", "bucket", "isMultiRegion",
       "isOrganization", "observedAt") SELECT a, $2, $3, 'x', $4, true, false, now() FROM unnest($1::text[]) a`,
    [arns, owner, region, Bucket],
  )
  await addSource(arns[0] ?? '')
  expect(await listFoundTrails(permitFor(nobody, 'settings.read'))).toEqual([
    { trailArn: arns[1], bucket: Bucket, prefix: '', isOrganization: false },
  ])
  await sql.execute('TRUNCATE "AwsTrail"')
})

test('a source is saved only when it can be listed, read and verified', async () => {
  await begin()
  const input = inputOf(await makeTrail('all'))
  const states = async (changes: object) =>
    (await checkLogSource(permit, { ...input, ...changes })).map(({ state }) => state)
  expect(await states({}), 'nothing is delivered yet').toEqual(['passed', 'none', 'failed'])
  for (let step = 0; step < 4; step += 1) await hour()
  expect(await states({})).toEqual(['passed', 'passed', 'passed'])
  expect(await states({ prefix: 'none' })).toEqual(['failed'])
  expect(await states({ isOrganization: true })).toEqual(['failed'])
  expect(await states({ bucketRegion: 'us-east-1' })).toEqual(['failed'])
  const foreign = { ...input, roleArn: 'arn:aws:iam::444455556666:role/ClavigerTrail' }
  await expect(addLogSource(permit, foreign)).rejects.toThrow(/cannot be assumed/)
  await addLogSource(permit, input)
  await expect(addLogSource(permit, input)).rejects.toThrow('are read already')
  expect(await db.trailLogSource.count()).toBe(1)
  const [entry] = await db.auditEntry.findMany({ where: { event: 'trail.sourceAdded' } })
  expect(JSON.parse(entry?.body ?? '{}')).toMatchObject({ data: { trailArn: input.trailArn } })
})
