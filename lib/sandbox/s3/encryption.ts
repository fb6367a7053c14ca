import { AwsError, type Call, type Input } from '../call'
import { makeUuid } from '../ids'
import { encryptionContextKeys } from '../kms/access'
import { findKey, type Found } from '../kms/identify'
import { readText } from '../kms/read-input'
import { permitUse, recordUse } from '../kms/use'
import { recordCall } from '../record/record'
import type { Bucket, Key, StoredObject } from '../world'
import { accessDenied, bucketArn, objectArn } from './access'

type Sealed = StoredObject['sealed']

/**
 * How a new object is encrypted: as its request says, else as the bucket does. Under SSE-KMS the
 * caller must be allowed kms:GenerateDataKey.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
 */
export function seal(call: Call, bucket: Bucket, key: string, input: Input): Sealed {
  const asked = readText(input, 'ServerSideEncryption')
  if (asked !== undefined && asked !== 'AES256' && asked !== 'aws:kms')
    throw new AwsError('InvalidArgument', 'The encryption method specified is not supported')
  const named = readText(input, 'SSEKMSKeyId') ?? bucket.encryption?.keyArn
  if (asked === 'AES256' || (asked === undefined && bucket.encryption === null)) return null
  if (named === undefined)
    throw new AwsError('InvalidArgument', 'The sandbox has no aws/s3 key: name one.')
  const bucketKey = bucket.encryption?.bucketKey ?? false
  const arn = bucketKey ? bucketArn(bucket.name) : objectArn(bucket.name, key)
  const sealed = { keyArn: named, bucketKey, context: new Map([['aws:s3:arn', arn]]) }
  const used = useKey(call, sealed, 'GenerateDataKey', { keyId: named, keySpec: 'AES_256' })
  return { ...sealed, keyArn: used.arn }
}

/** Reading takes kms:Decrypt on the object's key, as the caller, through S3. */
export function unseal(call: Call, sealed: Sealed): void {
  if (sealed) useKey(call, sealed, 'Decrypt', { encryptionAlgorithm: 'SYMMETRIC_DEFAULT' })
}

function useKey(
  call: Call,
  sealed: NonNullable<Sealed>,
  operation: 'Decrypt' | 'GenerateDataKey',
  parameters: Record<string, unknown>,
): Key {
  const via = `s3.${call.region}.amazonaws.com`
  const encryptionContext = Object.fromEntries(sealed.context)
  const kms: Call = {
    ...call,
    service: 'kms',
    operation,
    via: 's3.amazonaws.com',
    requestId: makeUuid(),
    eventId: makeUuid(),
    trail: { keys: [], requestParameters: { ...parameters, encryptionContext } },
  }
  try {
    const named = findKey(kms, sealed.keyArn, { aliases: true })
    const found: Found = operation === 'Decrypt' ? { ...named, byCiphertext: true } : named
    permitUse(kms, found, 'ENCRYPT_DECRYPT', {
      ...encryptionContextKeys({ EncryptionContext: encryptionContext }),
      'kms:ViaService': via,
      'aws:ViaAWSService': true,
    })
    recordUse(kms, found.key)
    recordCall(kms, {}, null)
    return found.key
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    recordCall(kms, {}, error)
    throw asS3(error)
  }
}

/** S3 hands KMS's refusals on, under names of its own. */
function asS3(error: AwsError): AwsError {
  if (error.code === 'AccessDeniedException') return accessDenied(error.message)
  return new AwsError(`KMS.${error.code}`, error.message)
}
