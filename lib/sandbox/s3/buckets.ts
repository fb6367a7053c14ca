import { authorizeService } from '../authz/authorize'
import { AwsError, type Call, type Input } from '../call'
import { readText } from '../kms/read-input'
import { isKnownRegion } from '../regions'
import { readPolicy } from '../authz/policy'
import { bucketArn, findBucket, noteBucket, permit } from './access'
import { readElement } from './xml'

/** ListBuckets: the caller's own, by name. Asked in any Region. */
export function listBuckets(call: Call, input: Input): Input {
  authorizeService(call, { action: 's3:ListAllMyBuckets', resourceArn: '*' })
  const prefix = readText(input, 'Prefix') ?? ''
  const after = readText(input, 'ContinuationToken') ?? ''
  const limit = Number(readText(input, 'MaxBuckets') ?? 10_000)
  const own = [...call.world.buckets.values()]
    .filter(({ accountId, name }) => accountId === call.caller.accountId && name > after)
    .filter(({ name }) => name.startsWith(prefix))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const page = own.slice(0, limit)
  return {
    Owner: { ID: call.caller.accountId },
    Buckets: page.map(({ name, createdAt, region }) => ({
      Name: name,
      CreationDate: new Date(createdAt).toISOString(),
      BucketRegion: region,
    })),
    ContinuationToken: own.length > page.length ? page.at(-1)?.name : undefined,
  }
}

export function createBucket(call: Call, input: Input): Input {
  const name = readText(input, 'Bucket') ?? ''
  noteBucket(call, name, call.caller.accountId)
  authorizeService(call, { action: 's3:CreateBucket', resourceArn: bucketArn(name) })
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name))
    throw new AwsError('InvalidBucketName', 'The specified bucket is not valid.')
  const region = readElement(call.payload?.received, 'LocationConstraint') ?? 'us-east-1'
  if (region !== call.region || !isKnownRegion(region)) {
    throw new AwsError(
      'IllegalLocationConstraintException',
      `The ${region} location constraint is incompatible for the region specific endpoint this ` +
        'request was sent to.',
    )
  }
  const known = call.world.buckets.get(name)
  if (known?.accountId === call.caller.accountId)
    throw new AwsError(
      'BucketAlreadyOwnedByYou',
      'Your previous request to create the named bucket succeeded and you already own it.',
      409,
    )
  if (known)
    throw new AwsError('BucketAlreadyExists', 'The requested bucket name is not available.', 409)
  call.world.buckets.set(name, {
    name,
    accountId: call.caller.accountId,
    region,
    createdAt: call.now,
    policy: null,
    encryption: null,
    objects: new Map(),
  })
  return { Location: `/${name}` }
}

export function deleteBucket(call: Call, input: Input): Input {
  const bucket = findBucket(call, input)
  permit(call, bucket, 'DeleteBucket')
  if (bucket.objects.size > 0)
    throw new AwsError('BucketNotEmpty', 'The bucket you tried to delete is not empty', 409)
  call.world.buckets.delete(bucket.name)
  return {}
}

export function headBucket(call: Call, input: Input): Input {
  const bucket = findBucket(call, input)
  permit(call, bucket, 'ListBucket')
  return { BucketRegion: bucket.region }
}

/** Answered in any Region; null is us-east-1. */
export function getBucketLocation(call: Call, input: Input): Input {
  const bucket = findBucket(call, input, true)
  permit(call, bucket, 'GetBucketLocation')
  return { LocationConstraint: bucket.region === 'us-east-1' ? undefined : bucket.region }
}

export function getBucketPolicy(call: Call, input: Input): Input {
  const bucket = findBucket(call, input)
  permit(call, bucket, 'GetBucketPolicy')
  if (bucket.policy === null)
    throw new AwsError('NoSuchBucketPolicy', 'The bucket policy does not exist', 404)
  return { Policy: bucket.policy }
}

export function putBucketPolicy(call: Call, input: Input): Input {
  const bucket = findBucket(call, input)
  permit(call, bucket, 'PutBucketPolicy')
  const policy = call.payload?.received.toString('utf8') ?? ''
  const statements = readPolicy(policy)?.statements
  if (!statements?.every(({ principals, resources }) => principals !== null && resources !== null))
    throw new AwsError('MalformedPolicy', 'This policy contains invalid Json')
  bucket.policy = policy
  const bucketPolicy: unknown = JSON.parse(policy)
  call.trail.requestParameters = { bucketName: bucket.name, bucketPolicy }
  return {}
}

export function deleteBucketPolicy(call: Call, input: Input): Input {
  const bucket = findBucket(call, input)
  permit(call, bucket, 'DeleteBucketPolicy')
  bucket.policy = null
  return {}
}

/** Every bucket has a rule: SSE-S3 where nobody chose another. */
export function getBucketEncryption(call: Call, input: Input): Input {
  const bucket = findBucket(call, input)
  permit(call, bucket, 'GetEncryptionConfiguration')
  const { encryption } = bucket
  return {
    SSEAlgorithm: encryption ? 'aws:kms' : 'AES256',
    KMSMasterKeyID: encryption?.keyArn,
    BucketKeyEnabled: encryption?.bucketKey ?? false,
  }
}

export function putBucketEncryption(call: Call, input: Input): Input {
  const bucket = findBucket(call, input)
  permit(call, bucket, 'PutEncryptionConfiguration')
  const body = call.payload?.received
  const algorithm = readElement(body, 'SSEAlgorithm')
  if (algorithm !== 'AES256' && algorithm !== 'aws:kms') throw malformedXml()
  const keyArn = readElement(body, 'KMSMasterKeyID')
  // AWS's own key for S3 would be made for a rule without one, which this does not do.
  if (algorithm === 'aws:kms' && keyArn === undefined) throw malformedXml()
  const bucketKey = readElement(body, 'BucketKeyEnabled') === 'true'
  bucket.encryption = keyArn === undefined ? null : { keyArn, bucketKey }
  return {}
}

const malformedXml = () =>
  new AwsError(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  )
