import { AwsError, type Call, type Input } from '../call'
import { readText } from '../kms/read-input'
import { deliverInto } from '../trail/deliver'
import type { Bucket } from '../world'
import { findBucket, permit } from './access'
import { findPlace, listKeys } from './store'

const most = 1000

/**
 * ListObjectsV2: by prefix, after a key or a token, folded at a delimiter.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 */
export function listObjectsV2(call: Call, input: Input): Input {
  const token = readText(input, 'ContinuationToken')
  const startAfter = readText(input, 'StartAfter')
  const { bucket, ask } = readAsk(call, input)
  const after = token === undefined ? (startAfter ?? '') : readToken(token)
  const page = takePage(bucket, { ...ask, after })
  return {
    ...describePage(input, bucket, ask, page),
    KeyCount: page.keys.length + page.prefixes.length,
    StartAfter: startAfter,
    ContinuationToken: token,
    NextContinuationToken: page.more ? writeToken(page.last) : undefined,
  }
}

/** ListObjects: the first version, with the last key as its marker. */
export function listObjects(call: Call, input: Input): Input {
  const { bucket, ask } = readAsk(call, input)
  const marker = readText(input, 'Marker') ?? ''
  const page = takePage(bucket, { ...ask, after: marker })
  return {
    ...describePage(input, bucket, ask, page),
    Marker: marker,
    // Without a delimiter the last key of the page is the marker, and is not said again.
    NextMarker: page.more && ask.delimiter !== '' ? page.last : undefined,
  }
}

type Ask = {
  prefix: string
  delimiter: string
  limit: number
  fewer: boolean
  /** Folders whose files are not written yet. */
  folders: string[]
}

function readAsk(call: Call, input: Input): { bucket: Bucket; ask: Ask } {
  const bucket = findBucket(call, input)
  const prefix = readText(input, 'Prefix') ?? ''
  const delimiter = readText(input, 'Delimiter') ?? ''
  const limit = Math.min(Number(readText(input, 'MaxKeys') ?? most), most)
  if (!Number.isInteger(limit) || limit < 0)
    throw new AwsError(
      'InvalidArgument',
      'Provided max-keys not an integer or within integer range',
    )
  permit(call, bucket, 'ListBucket', null, {
    's3:prefix': prefix,
    's3:delimiter': delimiter === '' ? undefined : delimiter,
    's3:max-keys': limit,
  })
  const folders = deliverInto(call, bucket, prefix, delimiter)
  return { bucket, ask: { prefix, delimiter, limit, folders, fewer: call.shortPage } }
}

type Page = { keys: string[]; prefixes: string[]; more: boolean; last: string }

/** A key whose rest holds the delimiter counts under its common prefix, once. */
function takePage(
  bucket: Bucket,
  { prefix, delimiter, limit, fewer, folders, after }: Ask & { after: string },
): Page {
  const keys = folders.length === 0 ? listKeys(bucket) : [...listKeys(bucket), ...folders].sort()
  const page: Page = { keys: [], prefixes: [], more: false, last: after }
  const size = fewer ? Math.ceil(limit / 2) : limit
  let at = findPlace(keys, after > prefix ? after : prefix)
  for (let key = keys[at]; key?.startsWith(prefix); key = keys[at]) {
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length)
    const folded = cut < 0 ? null : key.slice(0, cut + delimiter.length)
    if (key === after || (folded !== null && folded === after)) {
      at = folded === null ? at + 1 : findPlace(keys, afterAll(folded))
      continue
    }
    if (page.keys.length + page.prefixes.length >= size) return { ...page, more: limit > 0 }
    if (folded === null) page.keys.push(key)
    else page.prefixes.push(folded)
    page.last = folded ?? key
    at = folded === null ? at + 1 : findPlace(keys, afterAll(folded))
  }
  return page
}

/** What stands behind every key with this prefix. */
const afterAll = (prefix: string) =>
  prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)

function describePage(input: Input, bucket: Bucket, ask: Ask, page: Page): Input {
  const isUrl = readText(input, 'EncodingType') === 'url'
  const say = (text: string) => (isUrl ? encodeURIComponent(text).replaceAll('%2F', '/') : text)
  return {
    Name: bucket.name,
    Prefix: say(ask.prefix),
    Delimiter: ask.delimiter === '' ? undefined : say(ask.delimiter),
    MaxKeys: ask.limit,
    EncodingType: isUrl ? 'url' : undefined,
    IsTruncated: page.more,
    Contents: page.keys.map((key) => {
      const object = bucket.objects.get(key)
      return {
        Key: say(key),
        LastModified: new Date(object?.modifiedAt ?? 0).toISOString(),
        ETag: object?.etag,
        Size: object?.body.length,
        StorageClass: 'STANDARD',
      }
    }),
    CommonPrefixes: page.prefixes.map((folded) => ({ Prefix: say(folded) })),
  }
}

/** A token means nothing to a client: the last name, not to be read. */
const writeToken = (last: string) => Buffer.from(`1|${last}`).toString('base64url')

function readToken(token: string): string {
  const text = Buffer.from(token, 'base64url').toString()
  if (text.startsWith('1|')) return text.slice(2)
  throw new AwsError('InvalidArgument', 'The continuation token provided is incorrect')
}
