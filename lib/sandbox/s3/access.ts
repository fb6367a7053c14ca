import { placeOf } from '../accounts'
import { decideOnBucket } from '../authz/authorize'
import type { RequestContext } from '../authz/request-context'
import { AwsError, type Call, type Input } from '../call'
import { readText } from '../kms/read-input'
import type { Bucket } from '../world'

export const bucketArn = (name: string) => `arn:aws:s3:::${name}`
export const objectArn = (bucket: string, key: string) => `arn:aws:s3:::${bucket}/${key}`

/** The bucket of the request, in the Region that it was sent to. Throws as S3 does. */
export function findBucket(call: Call, input: Input, anyRegion = false): Bucket {
  placeOf(call)
  const name = readText(input, 'Bucket') ?? ''
  const bucket = call.world.buckets.get(name)
  noteBucket(call, name, bucket?.accountId)
  if (!bucket) throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404)
  if (bucket.region !== call.region && !anyRegion) throw redirect(bucket)
  const owner = readText(input, 'ExpectedBucketOwner')
  if (owner !== undefined && owner !== bucket.accountId) throw accessDenied('Access Denied')
  return bucket
}

/** What CloudTrail says of a call on a bucket; where it has another owner, in both accounts. */
export function noteBucket(call: Call, bucketName: string, owner: string | undefined): void {
  call.trail.requestParameters = { bucketName }
  call.trail.responseElements = null
  if (owner === undefined) return
  const ARN = bucketArn(bucketName)
  call.trail.resources = [{ accountId: owner, type: 'AWS::S3::Bucket', ARN }]
}

function redirect(bucket: Bucket): AwsError {
  return new AwsError(
    'PermanentRedirect',
    'The bucket you are attempting to access must be addressed using the specified endpoint. ' +
      'Please send all future requests to this endpoint.',
    301,
    { 'x-amz-bucket-region': bucket.region },
  )
}

export const accessDenied = (message: string) => new AwsError('AccessDenied', message, 403)

export function permit(
  call: Call,
  bucket: Bucket,
  action: string,
  key: string | null = null,
  context: RequestContext = {},
): void {
  const decision = askS3(call, bucket, action, key, context)
  if (!decision.allowed) throw accessDenied(decision.reason)
}

export function askS3(
  call: Call,
  bucket: Bucket,
  action: string,
  key: string | null,
  context: RequestContext = {},
) {
  const arn = key === null ? bucketArn(bucket.name) : objectArn(bucket.name, key)
  return decideOnBucket(call, bucket, `s3:${action}`, arn, context)
}
