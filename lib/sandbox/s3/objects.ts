import { AwsError, type Call, type Input } from '../call'
import { readRecord, readText } from '../kms/read-input'
import { deliverInto } from '../trail/deliver'
import type { Bucket, StoredObject } from '../world'
import { askS3, findBucket, permit } from './access'
import { seal, unseal } from './encryption'
import { readRange } from './range'
import { makeEtag, removeObject, storeObject } from './store'

export function putObject(call: Call, input: Input): Input {
  const bucket = findBucket(call, input)
  const key = readText(input, 'Key') ?? ''
  permit(call, bucket, 'PutObject', key)
  const sealed = seal(call, bucket, key, input)
  const body = call.payload?.received ?? Buffer.alloc(0)
  const checksum = readRecord(input, 'Checksum')
  const object: StoredObject = {
    body: new Uint8Array(body),
    etag: makeEtag(body, sealed),
    modifiedAt: call.now,
    contentType: readText(input, 'ContentType') ?? 'binary/octet-stream',
    contentEncoding: readText(input, 'ContentEncoding') ?? null,
    metadata: new Map(
      Object.entries(readRecord(input, 'Metadata') ?? {}).map(([name, value]) => [
        name,
        String(value),
      ]),
    ),
    sealed,
    checksum: checksum ? { header: String(checksum.header), value: String(checksum.value) } : null,
  }
  storeObject(bucket, key, object)
  return { ETag: object.etag, ...describeSeal(object) }
}

export function getObject(call: Call, input: Input): Input {
  const { object } = readObject(call, input)
  unseal(call, object.sealed)
  const range = readRange(readText(input, 'Range'), object.body.length)
  if (call.payload) {
    call.payload.sent = range ? object.body.subarray(range.from, range.to + 1) : object.body
  }
  const described = describeObject(object, input)
  if (!range) return described
  const { from, to } = range
  return {
    ...described,
    ContentLength: to - from + 1,
    ContentRange: `bytes ${from}-${to}/${object.body.length}`,
    // A checksum is the whole object's.
    Checksum: undefined,
  }
}

/** The head says nothing of the bytes but their checksum, for which the key is needed. */
export function headObject(call: Call, input: Input): Input {
  const { object } = readObject(call, input)
  const described = describeObject(object, input)
  if (described.Checksum !== undefined) unseal(call, object.sealed)
  return described
}

export function deleteObject(call: Call, input: Input): Input {
  const bucket = findBucket(call, input)
  const key = readText(input, 'Key') ?? ''
  permit(call, bucket, 'DeleteObject', key)
  deliverInto(call, bucket, key)
  removeObject(bucket, key)
  return {}
}

/** Who may not list a bucket is not told what is not in it. */
function readObject(call: Call, input: Input): { bucket: Bucket; object: StoredObject } {
  const bucket = findBucket(call, input)
  const key = readText(input, 'Key') ?? ''
  permit(call, bucket, 'GetObject', key)
  deliverInto(call, bucket, key)
  const object = bucket.objects.get(key)
  if (object) return { bucket, object }
  const listed = askS3(call, bucket, 'ListBucket', null)
  if (!listed.allowed) throw new AwsError('AccessDenied', listed.reason, 403)
  throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404)
}

function describeObject(object: StoredObject, input: Input): Input {
  const asked = readText(input, 'ChecksumMode') === 'ENABLED'
  return {
    AcceptRanges: 'bytes',
    ContentLength: object.body.length,
    ContentType: object.contentType,
    ContentEncoding: object.contentEncoding ?? undefined,
    ETag: object.etag,
    LastModified: new Date(object.modifiedAt).toUTCString(),
    Metadata: Object.fromEntries(object.metadata),
    Checksum: asked && object.checksum ? { ...object.checksum } : undefined,
    ...describeSeal(object),
  }
}

function describeSeal({ sealed }: StoredObject): Input {
  if (!sealed) return { ServerSideEncryption: 'AES256' }
  return {
    ServerSideEncryption: 'aws:kms',
    SSEKMSKeyId: sealed.keyArn,
    BucketKeyEnabled: sealed.bucketKey ? 'true' : undefined,
  }
}
