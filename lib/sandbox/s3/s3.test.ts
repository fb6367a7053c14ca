import { CreateKeyCommand, DisableKeyCommand } from '@aws-sdk/client-kms'
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketEncryptionCommand,
  GetBucketLocationCommand,
  GetBucketPolicyCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
  type ListObjectsV2CommandInput,
} from '@aws-sdk/client-s3'
import { request } from 'node:http'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addUser } from '../test/call'
import { adminOf, failureOf, runSandbox } from '../test/running'

let running: Awaited<ReturnType<typeof runSandbox>>
beforeAll(async () => {
  running = await runSandbox()
})
afterAll(() => running.close())

const [owner, stranger] = ['111122223333', '444455556666']
const s3 = (accountId = owner, region?: string) => running.s3(adminOf(accountId), region)
const bytes = async (Bucket: string, Key: string, Range?: string) => {
  const { Body, ...answer } = await s3().send(new GetObjectCommand({ Bucket, Key, Range }))
  return { text: await Body?.transformToString(), ...answer }
}

async function makeBucket(Bucket: string, ...keys: string[]): Promise<string> {
  const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' as const }
  await s3().send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }))
  for (const Key of keys) await s3().send(new PutObjectCommand({ Bucket, Key, Body: Key }))
  return Bucket
}

/** A user with an access key, whose signatures are checked. */
function makeUser(name: string, policy: object) {
  const accessKeyId = `AKIA${name.toUpperCase().padEnd(16, 'X')}`
  const { arn } = addUser(running.sandbox.world, owner, name, [policy])
  const secretAccessKey = 'kept'
  running.sandbox.world.accessKeys.set(accessKeyId, {
    accessKeyId,
    secretAccessKey,
    principalArn: arn,
  })
  return { arn, keys: { accessKeyId, secretAccessKey } }
}

const allowing = (Action: string | string[], Resource = '*', Condition = {}) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, Resource, Condition }],
})

describe('objects', () => {
  it('come back as they were put, whole or in part, with what was said of them', async () => {
    const Bucket = await makeBucket('things')
    const Key = 'a folder/ü+&=.json'
    const put = { ContentType: 'application/json', Metadata: { origin: 'here' } }
    await s3().send(new PutObjectCommand({ Bucket, Key, Body: '0123456789', ...put }))
    const whole = await bytes(Bucket, Key)
    expect(whole).toMatchObject({ text: '0123456789', ContentLength: 10, ...put })
    expect(whole.LastModified).toBeInstanceOf(Date)
    const part = await bytes(Bucket, Key, 'bytes=2-4')
    expect([part.text, part.ContentRange]).toEqual(['234', 'bytes 2-4/10'])
    expect((await bytes(Bucket, Key, 'bytes=-3')).text).toBe('789')
    expect((await bytes(Bucket, Key, 'bytes=8-')).text).toBe('89')
    expect((await failureOf(bytes(Bucket, Key, 'bytes=10-'))).name).toBe('InvalidRange')
    const head = await s3().send(new HeadObjectCommand({ Bucket, Key }))
    expect(head).toMatchObject({ ContentLength: 10, ETag: whole.ETag, ...put })
    await s3().send(new DeleteObjectCommand({ Bucket, Key }))
    expect((await failureOf(bytes(Bucket, Key))).name).toBe('NoSuchKey')
    expect((await failureOf(s3().send(new HeadObjectCommand({ Bucket, Key })))).name).toBe(
      'NotFound',
    )
  })

  it('are taken in chunks too, and refused when their checksum is another’s', async () => {
    const Bucket = await makeBucket('streamed')
    const body = Buffer.alloc(200_000, 'x')
    const Body = Readable.from([body.subarray(0, 70_000), body.subarray(70_000)])
    const put = new PutObjectCommand({ Bucket, Key: 'x', Body, ContentLength: body.length })
    await s3().send(put)
    expect((await bytes(Bucket, 'x')).text).toBe(body.toString())
    const wrong = {
      Bucket,
      Key: 'y',
      Body: 'abc',
      ChecksumSHA256: Buffer.alloc(32).toString('base64'),
    }
    expect((await failureOf(s3().send(new PutObjectCommand(wrong)))).name).toBe('BadDigest')
  })

  it('are found in a virtual host as in a path', async () => {
    const Bucket = await makeBucket('hosted', 'k/1')
    const authorization =
      `AWS4-HMAC-SHA256 Credential=${owner}/20261121/eu-west-1/s3/aws4_request, ` +
      'SignedHeaders=host, Signature=00'
    const port = new URL(running.url).port
    const headers = { authorization, 'x-amz-date': '20261121T000000Z' }
    const ask = (host: string, path: string) =>
      new Promise<string>((resolve, reject) => {
        const asked = { host: '127.0.0.1', port, path, headers: { ...headers, host } }
        request(
          asked,
          (response) => void response.toArray().then((parts) => resolve(parts.join(''))),
        )
          .on('error', reject)
          .end()
      })
    expect(await ask(`${Bucket}.localhost:${port}`, '/k/1')).toBe('k/1')
    expect(await ask(`${Bucket}.s3.eu-west-1.localhost:${port}`, '/k/1')).toBe('k/1')
    expect(await ask(`localhost:${port}`, `/${Bucket}/k/1`)).toBe('k/1')
    expect(await ask(`${Bucket}.localhost:${port}`, '/?list-type=2')).toContain('<Key>k/1</Key>')
  })
})

describe('a listing', () => {
  const keys = ['a/1', 'a/2', 'b', 'c/x/1', 'c/x/2', 'c/y', 'd']
  beforeAll(() => makeBucket('listed', ...keys))
  const list = async (more: Partial<ListObjectsV2CommandInput>) => {
    const found: string[] = []
    let [pages, token]: [number, string | undefined] = [0, undefined]
    do {
      const page: {
        Contents?: { Key?: string }[]
        CommonPrefixes?: { Prefix?: string }[]
        NextContinuationToken?: string
      } = await s3().send(
        new ListObjectsV2Command({ Bucket: 'listed', ContinuationToken: token, ...more }),
      )
      found.push(...(page.Contents ?? []).map(({ Key = '' }) => Key))
      found.push(...(page.CommonPrefixes ?? []).map(({ Prefix = '' }) => Prefix))
      token = page.NextContinuationToken
      pages += 1
    } while (token !== undefined)
    return { found: found.sort(), pages }
  }

  it('holds every key once, by prefix, after a key and page by page', async () => {
    expect((await list({})).found).toEqual(keys)
    expect((await list({ Prefix: 'c/' })).found).toEqual(['c/x/1', 'c/x/2', 'c/y'])
    expect((await list({ StartAfter: 'b' })).found).toEqual(keys.slice(3))
    expect((await list({ StartAfter: 'a/1x' })).found).toEqual(keys.slice(1))
    expect(await list({ MaxKeys: 2 })).toEqual({ found: keys, pages: 4 })
  })

  it('folds at a delimiter, across pages too', async () => {
    expect((await list({ Delimiter: '/' })).found).toEqual(['a/', 'b', 'c/', 'd'])
    expect(await list({ Delimiter: '/', MaxKeys: 1 })).toEqual({
      found: ['a/', 'b', 'c/', 'd'],
      pages: 4,
    })
    expect((await list({ Delimiter: '/', Prefix: 'c/' })).found).toEqual(['c/x/', 'c/y'])
  })

  it('is there in its first version, with a marker', async () => {
    const first = await s3().send(new ListObjectsCommand({ Bucket: 'listed', MaxKeys: 3 }))
    expect([first.IsTruncated, first.Contents?.length]).toEqual([true, 3])
    const Marker = first.Contents?.at(-1)?.Key
    const rest = await s3().send(new ListObjectsCommand({ Bucket: 'listed', Marker }))
    expect(rest.Contents?.map(({ Key }) => Key)).toEqual(keys.slice(3))
    const wrong = new ListObjectsV2Command({ Bucket: 'listed', ContinuationToken: 'nonsense' })
    expect((await failureOf(s3().send(wrong))).name).toBe('InvalidArgument')
  })
})

describe('faults', () => {
  it('come in S3’s words, and cut its pages short', async () => {
    const Bucket = await makeBucket('faulty', 'a', 'b', 'c', 'd')
    const fault = (more: object) =>
      running.control('PUT', 'faults', [{ operation: 'ListObjectsV2', ...more }])
    const list = () => s3().send(new ListObjectsV2Command({ Bucket, MaxKeys: 4 }))
    await fault({ throttle: 1 })
    expect((await failureOf(list())).name).toBe('SlowDown')
    await fault({ error5xx: 1 })
    expect((await failureOf(list())).name).toBe('InternalError')
    await fault({ shortPage: 1 })
    const { Contents, IsTruncated } = await list()
    expect([Contents?.length, IsTruncated]).toEqual([2, true])
    await running.control('PUT', 'faults', [])
  })
})

describe('buckets', () => {
  it('leave a record of what was done to them, and none of what was done in them', async () => {
    const Bucket = await makeBucket('recorded', 'x')
    const Statement = [
      {
        Effect: 'Allow',
        Principal: '*',
        Action: 's3:GetObject',
        Resource: 'arn:aws:s3:::recorded/*',
      },
    ]
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement })
    await s3().send(new PutBucketPolicyCommand({ Bucket, Policy }))
    await bytes(Bucket, 'x')
    const [last, before] = await running.trail(adminOf(owner))
    expect(last).toMatchObject({
      eventSource: 's3.amazonaws.com',
      eventName: 'PutBucketPolicy',
      readOnly: false,
      requestParameters: { bucketName: Bucket, bucketPolicy: { Statement } },
      responseElements: null,
      resources: [{ accountId: owner, type: 'AWS::S3::Bucket', ARN: 'arn:aws:s3:::recorded' }],
    })
    expect([before?.eventName, before?.requestParameters]).toEqual([
      'CreateBucket',
      { bucketName: Bucket },
    ])
  })

  it('stay in their Region, which says where they are', async () => {
    const Bucket = await makeBucket('placed')
    const elsewhere = s3(owner, 'us-east-1')
    const { LocationConstraint } = await elsewhere.send(new GetBucketLocationCommand({ Bucket }))
    expect(LocationConstraint).toBe('eu-west-1')
    const wrong = await failureOf(elsewhere.send(new ListObjectsV2Command({ Bucket })))
    expect(wrong.name).toBe('PermanentRedirect')
    const { BucketRegion } = await s3().send(new HeadBucketCommand({ Bucket }))
    expect(BucketRegion).toBe('eu-west-1')
    const redirecting = new S3Client({
      endpoint: running.url,
      region: 'us-east-1',
      credentials: adminOf(owner),
      followRegionRedirects: true,
    })
    expect(await redirecting.send(new ListObjectsV2Command({ Bucket }))).toMatchObject({
      KeyCount: 0,
    })
    const { Buckets } = await elsewhere.send(new ListBucketsCommand({}))
    expect(Buckets).toContainEqual(
      expect.objectContaining({ Name: Bucket, BucketRegion: 'eu-west-1' }),
    )
  })

  it('have one owner, and are taken away when they are empty', async () => {
    const Bucket = await makeBucket('owned', 'x')
    const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' as const }
    const again = new CreateBucketCommand({ Bucket, CreateBucketConfiguration })
    expect((await failureOf(s3().send(again))).name).toBe('BucketAlreadyOwnedByYou')
    expect((await failureOf(s3(stranger).send(again))).name).toBe('BucketAlreadyExists')
    const remove = () => s3().send(new DeleteBucketCommand({ Bucket }))
    expect((await failureOf(remove())).name).toBe('BucketNotEmpty')
    await s3().send(new DeleteObjectCommand({ Bucket, Key: 'x' }))
    await remove()
    expect((await failureOf(s3().send(new ListObjectsV2Command({ Bucket })))).name).toBe(
      'NoSuchBucket',
    )
  })
})

describe('who may', () => {
  it('is told by IAM within the account, and by both sides across accounts', async () => {
    const Bucket = await makeBucket('guarded', 'in/1', 'out/1')
    const arn = `arn:aws:s3:::${Bucket}`
    const reader = makeUser('reader', allowing('s3:GetObject', `${arn}/in/*`))
    const lister = makeUser(
      'lister',
      allowing('s3:ListBucket', arn, { StringLike: { 's3:prefix': 'in/*' } }),
    )
    const get = (keys: typeof reader.keys, Key: string) =>
      running.s3(keys).send(new GetObjectCommand({ Bucket, Key }))
    await expect(get(reader.keys, 'in/1')).resolves.toBeDefined()
    expect((await failureOf(get(reader.keys, 'out/1'))).name).toBe('AccessDenied')
    expect(
      (await failureOf(get(reader.keys, 'in/none'))).name,
      'who may not list learns nothing',
    ).toBe('AccessDenied')
    const list = (Prefix?: string) =>
      running.s3(lister.keys).send(new ListObjectsV2Command({ Bucket, Prefix }))
    expect((await list('in/')).KeyCount).toBe(1)
    expect((await failureOf(list())).name).toBe('AccessDenied')

    const foreign = () => s3(stranger).send(new GetObjectCommand({ Bucket, Key: 'in/1' }))
    expect((await failureOf(foreign())).name).toBe('AccessDenied')
    const statement = { Effect: 'Allow', Action: 's3:GetObject', Resource: `${arn}/*` }
    const Principal = { AWS: `arn:aws:iam::${stranger}:root` }
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { ...statement, Principal },
        { ...statement, Effect: 'Deny', Principal: { AWS: reader.arn } },
      ],
    })
    await s3().send(new PutBucketPolicyCommand({ Bucket, Policy }))
    expect((await s3().send(new GetBucketPolicyCommand({ Bucket }))).Policy).toBe(Policy)
    await expect(foreign()).resolves.toBeDefined()
    expect((await failureOf(get(reader.keys, 'in/1'))).message).toContain('explicit deny')
  })

  it('signs for it', async () => {
    const Bucket = await makeBucket('signed', 'x y/1')
    const { keys } = makeUser('signer', allowing('s3:*'))
    const get = (secretAccessKey: string) =>
      running
        .s3({ ...keys, secretAccessKey })
        .send(new GetObjectCommand({ Bucket, Key: 'x y/1', Range: 'bytes=0-1' }))
    await expect(get('kept')).resolves.toBeDefined()
    expect((await failureOf(get('guessed'))).name).toBe('SignatureDoesNotMatch')
    const unknown = running.s3({ accessKeyId: 'AKIANOBODY', secretAccessKey: 'x' })
    expect((await failureOf(unknown.send(new ListBucketsCommand({})))).name).toBe(
      'InvalidAccessKeyId',
    )
  })

  it('uses the key of SSE-KMS through S3, and is refused by it', async () => {
    const Bucket = await makeBucket('sealed')
    const { KeyMetadata } = await running.kms(adminOf(owner)).send(new CreateKeyCommand({}))
    const rule = {
      ApplyServerSideEncryptionByDefault: {
        SSEAlgorithm: 'aws:kms' as const,
        KMSMasterKeyID: KeyMetadata?.Arn,
      },
    }
    const ServerSideEncryptionConfiguration = { Rules: [rule] }
    await s3().send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }))
    const { ServerSideEncryptionConfiguration: told } = await s3().send(
      new GetBucketEncryptionCommand({ Bucket }),
    )
    expect(told?.Rules?.[0]).toMatchObject(rule)
    const put = await s3().send(new PutObjectCommand({ Bucket, Key: 'x', Body: 'secret' }))
    expect([put.ServerSideEncryption, put.SSEKMSKeyId]).toEqual(['aws:kms', KeyMetadata?.Arn])

    const via = { StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } }
    const [withKey, without] = [
      makeUser('withkey', {
        Version: '2012-10-17',
        Statement: [
          ...allowing('s3:GetObject').Statement,
          ...allowing('kms:Decrypt', KeyMetadata?.Arn, via).Statement,
        ],
      }),
      makeUser('without', allowing('s3:*')),
    ]
    const get = (keys: typeof withKey.keys) =>
      running.s3(keys).send(new GetObjectCommand({ Bucket, Key: 'x' }))
    await expect((await get(withKey.keys)).Body?.transformToString()).resolves.toBe('secret')
    expect((await failureOf(get(without.keys))).name).toBe('AccessDenied')
    const head = new HeadObjectCommand({ Bucket, Key: 'x' })
    expect((await running.s3(without.keys).send(head)).SSEKMSKeyId).toBe(KeyMetadata?.Arn)
    const [record, before] = await running.trail(adminOf(owner))
    expect(record).toMatchObject({ eventName: 'Decrypt', errorCode: 'AccessDenied' })
    expect(before).toMatchObject({
      eventName: 'Decrypt',
      sourceIPAddress: 's3.amazonaws.com',
      userIdentity: { arn: withKey.arn, invokedBy: 's3.amazonaws.com' },
      requestParameters: { encryptionContext: { 'aws:s3:arn': `arn:aws:s3:::${Bucket}/x` } },
    })
    await running.kms(adminOf(owner)).send(new DisableKeyCommand({ KeyId: KeyMetadata?.Arn }))
    expect((await failureOf(get(withKey.keys))).name).toBe('KMS.DisabledException')
  })
})
