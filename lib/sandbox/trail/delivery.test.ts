import {
  CreateTrailCommand,
  DeleteTrailCommand,
  GetEventSelectorsCommand,
  GetTrailCommand,
  GetTrailStatusCommand,
  ListPublicKeysCommand,
  ListTrailsCommand,
  PutEventSelectorsCommand,
  StartLoggingCommand,
  StopLoggingCommand,
  type PutEventSelectorsCommandInput,
} from '@aws-sdk/client-cloudtrail'
import {
  CreateBucketCommand,
  DeleteBucketPolicyCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  paginateListObjectsV2,
  PutBucketPolicyCommand,
} from '@aws-sdk/client-s3'
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  ListKeysCommand,
} from '@aws-sdk/client-kms'
import { createHash, createPublicKey, verify } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeEach, beforeAll, describe, expect, it } from 'vitest'
import { adminOf, failureOf, runSandbox } from '../test/running'

let running: Awaited<ReturnType<typeof runSandbox>>
beforeAll(async () => {
  running = await runSandbox()
})
beforeEach(() => running.control('POST', 'reset', { scenario: 'empty' }))
afterAll(() => running.close())

const owner = '111122223333'
const Bucket = 'the-trail'
const admin = adminOf(owner)
const pass = (advanceSeconds: number) => running.control('POST', 'clock', { advanceSeconds })

async function makeTrail(more: { S3KeyPrefix?: string } = {}): Promise<string> {
  const s3 = running.s3(admin)
  const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' as const }
  await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }))
  const arn = `arn:aws:cloudtrail:eu-west-1:${owner}:trail/all`
  const create = new CreateTrailCommand({
    Name: 'all',
    S3BucketName: Bucket,
    IsMultiRegionTrail: true,
    EnableLogFileValidation: true,
    ...more,
  })
  const trail = running.cloudTrail(admin)
  expect((await failureOf(trail.send(create))).name).toBe('InsufficientS3BucketPolicyException')
  await allowTrail()
  expect((await trail.send(create)).TrailARN).toBe(arn)
  await trail.send(new StartLoggingCommand({ Name: 'all' }))
  return arn
}

function allowTrail() {
  const statement = {
    Effect: 'Allow',
    Principal: { Service: 'cloudtrail.amazonaws.com' },
    Action: 's3:PutObject',
    Resource: `arn:aws:s3:::${Bucket}/*`,
    Condition: { StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control' } },
  }
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
  return running.s3(admin).send(new PutBucketPolicyCommand({ Bucket, Policy }))
}

async function listKeys(prefix = '', keys = admin, bucket = Bucket): Promise<string[]> {
  const found: string[] = []
  const client = running.s3(keys)
  for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix }))
    found.push(...(page.Contents ?? []).map(({ Key = '' }) => Key))
  return found
}

async function readFile(Key: string) {
  const { Body, Metadata = {} } = await running
    .s3(admin)
    .send(new GetObjectCommand({ Bucket, Key }))
  const text = gunzipSync((await Body?.transformToByteArray()) ?? new Uint8Array()).toString()
  return { text, Metadata, content: JSON.parse(text) }
}

async function readEvents(region = 'eu-west-1') {
  const keys = await listKeys(`AWSLogs/${owner}/CloudTrail/${region}/`)
  const files = await Promise.all(keys.map(readFile))
  return files.flatMap((file): Record<string, unknown>[] => file.content.Records)
}

const namesOf = (records: Record<string, unknown>[]) =>
  records.map(({ eventName }) => String(eventName)).sort()

/** Verifies the whole chain as AWS describes it; counts digests and the log files in them. */
async function verifyChain(region = 'eu-west-1') {
  const trail = running.cloudTrail(admin, region)
  const { PublicKeyList = [] } = await trail.send(new ListPublicKeysCommand({}))
  const keys = await listKeys(`AWSLogs/${owner}/CloudTrail-Digest/${region}/`)
  let before: { key: string; hash: string; signature: string } | null = null
  const files: string[] = []
  for (const key of keys) {
    const { text, Metadata, content } = await readFile(key)
    const known = PublicKeyList.find(
      ({ Fingerprint }) => Fingerprint === content.digestPublicKeyFingerprint,
    )
    const publicKey = createPublicKey({
      key: Buffer.from(known?.Value ?? []),
      format: 'der',
      type: 'pkcs1',
    })
    const hash = createHash('sha256').update(text).digest('hex')
    const { signature = '' } = Metadata
    const signed = [
      content.digestEndTime,
      `${Bucket}/${key}`,
      hash,
      content.previousDigestSignature ?? 'null',
    ].join('\n')
    const isOurs = verify('sha256', Buffer.from(signed), publicKey, Buffer.from(signature, 'hex'))
    expect(isOurs).toBe(true)
    expect([
      content.previousDigestS3Object,
      content.previousDigestHashValue,
      content.previousDigestSignature,
    ]).toEqual([before?.key ?? null, before?.hash ?? null, before?.signature ?? null])
    for (const file of content.logFiles) {
      const { text: log } = await readFile(file.s3Object)
      expect(createHash('sha256').update(log).digest('hex')).toBe(file.hashValue)
      files.push(file.s3Object)
    }
    before = { key, hash, signature }
  }
  return { digests: keys.length, files }
}

describe('log files', () => {
  it('hold every event once, under AWS’s names, and the same as the event history', async () => {
    await makeTrail()
    const kms = running.kms(admin)
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}))
    expect(await listKeys(), 'not at once').toEqual([])
    for (let call = 0; call < 20; call += 1) {
      await kms.send(new DescribeKeyCommand({ KeyId: KeyMetadata?.KeyId }))
      if (call % 5 === 0) await pass(200)
    }
    await running.kms(admin, 'us-east-1').send(new ListKeysCommand({}))
    await pass(700)
    const all = await readEvents()
    expect(namesOf(all).filter((name) => name === 'DescribeKey')).toHaveLength(20)
    const own = await running.trail(admin)
    const source = 'kms.amazonaws.com'
    const byId = (records: Record<string, unknown>[]) =>
      new Map(records.map((record) => [record.eventID, record]))
    for (const [id, record] of byId(own.filter(({ eventSource }) => eventSource === source)))
      expect(byId(all).get(id)).toEqual(record)
    expect(new Set(all.map(({ eventID }) => eventID)).size).toBe(all.length)
    expect(namesOf(await readEvents('us-east-1'))).toEqual(['ListKeys'])
    const day = '\\d{4}/\\d\\d/\\d\\d'
    const name = `${owner}_CloudTrail_eu-west-1_\\d{8}T\\d{4}Z_[A-Za-z0-9]{16}\\.json\\.gz`
    for (const key of await listKeys(`AWSLogs/${owner}/CloudTrail/eu-west-1/`))
      expect(key).toMatch(new RegExp(`^AWSLogs/${owner}/CloudTrail/eu-west-1/${day}/${name}$`))
  })

  it('come later than others whose names stand behind theirs', async () => {
    await makeTrail({ S3KeyPrefix: 'kept' })
    const kms = running.kms(admin)
    let skipped = 0
    let last = ''
    const seen = new Set<string>()
    for (let step = 0; step < 40; step += 1) {
      for (let call = 0; call < 4; call += 1) await kms.send(new ListKeysCommand({}))
      await pass(75)
      const keys = await listKeys(`kept/AWSLogs/${owner}/CloudTrail/eu-west-1/`)
      skipped += keys.filter((key) => !seen.has(key) && key < last).length
      for (const key of keys) seen.add(key)
      last = keys.at(-1) ?? ''
    }
    expect(skipped).toBeGreaterThan(0)
  })

  it('leave out what was excluded, from then on', async () => {
    await makeTrail()
    const kms = running.kms(admin)
    const select = (more: Omit<PutEventSelectorsCommandInput, 'TrailName'>) =>
      running.cloudTrail(admin).send(new PutEventSelectorsCommand({ TrailName: 'all', ...more }))
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}))
    await pass(1)
    const excluded = ['kms.amazonaws.com']
    await select({ EventSelectors: [{ ExcludeManagementEventSources: excluded }] })
    await kms.send(new DescribeKeyCommand({ KeyId: KeyMetadata?.KeyId }))
    await pass(1)
    await select({
      AdvancedEventSelectors: [
        {
          FieldSelectors: [
            { Field: 'eventCategory', Equals: ['Management'] },
            { Field: 'eventName', NotStartsWith: ['List'] },
          ],
        },
      ],
    })
    const told = await running
      .cloudTrail(admin)
      .send(new GetEventSelectorsCommand({ TrailName: 'all' }))
    expect(told.EventSelectors).toBeUndefined()
    expect(told.AdvancedEventSelectors?.[0]?.FieldSelectors?.[1]).toEqual({
      Field: 'eventName',
      NotStartsWith: ['List'],
    })
    await kms.send(new ListKeysCommand({}))
    const TargetKeyId = KeyMetadata?.KeyId
    await kms.send(new CreateAliasCommand({ AliasName: 'alias/x', TargetKeyId }))
    await pass(1000)
    const names = namesOf(await readEvents())
    expect(names).toEqual(expect.arrayContaining(['CreateKey', 'CreateAlias']))
    expect(names).not.toContain('DescribeKey')
    expect(names).not.toContain('ListKeys')
    expect((await failureOf(select({ EventSelectors: [], AdvancedEventSelectors: [] }))).name).toBe(
      'InvalidEventSelectorsException',
    )
  })

  it('wait while the bucket refuses them, which the status says, and are not lost', async () => {
    const arn = await makeTrail()
    const trail = running.cloudTrail(admin)
    const status = () => trail.send(new GetTrailStatusCommand({ Name: arn }))
    expect(await status()).toMatchObject({ IsLogging: true })
    expect((await status()).LatestDeliveryError).toBeUndefined()
    await running.s3(admin).send(new DeleteBucketPolicyCommand({ Bucket }))
    await running.kms(admin).send(new ListKeysCommand({}))
    await pass(3000)
    expect((await status()).LatestDeliveryError).toBe('AccessDenied')
    expect(await readEvents()).toEqual([])
    await allowTrail()
    expect(namesOf(await readEvents())).toContain('ListKeys')
    await trail.send(new StopLoggingCommand({ Name: 'all' }))
    await pass(1)
    await running.kms(admin).send(new CreateKeyCommand({}))
    await pass(3000)
    expect(await status()).toMatchObject({ IsLogging: false })
    expect(namesOf(await readEvents())).not.toContain('CreateKey')
    running.sandbox.world.buckets.delete(Bucket)
    expect((await status()).LatestDeliveryError).toBe('NoSuchBucket')
  })
})

describe('digest files', () => {
  it('chain every hour, name each log file once, and verify', async () => {
    await makeTrail()
    const kms = running.kms(admin)
    for (let step = 0; step < 5; step += 1) {
      await kms.send(new ListKeysCommand({}))
      await pass(2400)
    }
    await pass(7200)
    const { digests, files } = await verifyChain()
    expect(digests).toBeGreaterThanOrEqual(4)
    const delivered = await listKeys(`AWSLogs/${owner}/CloudTrail/eu-west-1/`)
    expect(files.sort()).toEqual(delivered)
    expect((await verifyChain('us-east-1')).digests).toBe(0)
  })
})

describe('trails', () => {
  it('are listed and described wherever they are asked for', async () => {
    const arn = await makeTrail({ S3KeyPrefix: 'kept' })
    const elsewhere = running.cloudTrail(admin, 'us-east-1')
    const { Trails } = await elsewhere.send(new ListTrailsCommand({}))
    expect(Trails).toEqual([{ TrailARN: arn, Name: 'all', HomeRegion: 'eu-west-1' }])
    const { Trail } = await elsewhere.send(new GetTrailCommand({ Name: arn }))
    expect(Trail).toMatchObject({
      S3BucketName: Bucket,
      S3KeyPrefix: 'kept',
      IsMultiRegionTrail: true,
      LogFileValidationEnabled: true,
      HasCustomEventSelectors: false,
    })
    expect((await failureOf(elsewhere.send(new StopLoggingCommand({ Name: arn })))).name).toBe(
      'InvalidHomeRegionException',
    )
    await running.cloudTrail(admin).send(new DeleteTrailCommand({ Name: 'all' }))
    const gone = elsewhere.send(new GetTrailCommand({ Name: arn }))
    expect((await failureOf(gone)).name).toBe('TrailNotFoundException')
  })
})

describe('the demo', () => {
  it('has its organization’s files there at once, encrypted, in folders by account', async () => {
    await running.control('POST', 'reset', { scenario: 'demo' })
    const security = adminOf('349175520836')
    const folder = 'AWSLogs/o-h4ld3nfrt8/412908835574'
    const logs = await listKeys(`${folder}/CloudTrail/eu-west-1/`, security, 'halden-org-trail')
    expect(logs.length).toBeGreaterThan(100)
    const { CommonPrefixes = [] } = await running.s3(security).send(
      new ListObjectsV2Command({
        Bucket: 'halden-org-trail',
        Prefix: `${folder}/`,
        Delimiter: '/',
      }),
    )
    expect(CommonPrefixes.map(({ Prefix }) => Prefix)).toEqual([
      `${folder}/CloudTrail-Digest/`,
      `${folder}/CloudTrail/`,
    ])
    const digests = await listKeys(
      `${folder}/CloudTrail-Digest/eu-west-1/`,
      security,
      'halden-org-trail',
    )
    expect(digests.length).toBeGreaterThan(6 * 24)
    const s3 = running.s3(security)
    const { SSEKMSKeyId, Metadata } = await s3.send(
      new GetObjectCommand({ Bucket: 'halden-org-trail', Key: digests.at(-1) }),
    )
    expect(SSEKMSKeyId).toMatch(/^arn:aws:kms:eu-west-1:349175520836:key\//)
    expect(Metadata?.['signature-algorithm']).toBe('SHA256withRSA')
  })
})
