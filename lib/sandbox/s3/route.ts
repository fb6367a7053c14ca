import { AwsError } from '../call'
import type { SignedRequest } from '../wire/authenticate'

/** What a request names: in the path (path style) or the host (virtual-host style). */
export type Target = { bucket: string; key: string; query: URLSearchParams }

export function readTarget(request: Pick<SignedRequest, 'url' | 'hostBucket'>): Target {
  const [path = '/', query = ''] = request.url.split('?', 2)
  const names = path.slice(1)
  const slash = names.indexOf('/')
  const inPath = request.hostBucket === null
  const bucket = inPath ? (slash < 0 ? names : names.slice(0, slash)) : request.hostBucket
  const key = inPath ? (slash < 0 ? '' : names.slice(slash + 1)) : names
  return { bucket: decode(bucket ?? ''), key: decode(key), query: new URLSearchParams(query) }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new AwsError('InvalidURI', "Couldn't parse the specified URI.")
  }
}

/** By level, method and the sub-resource that the query names. */
const operations: Record<string, string> = {
  'service GET': 'ListBuckets',
  'bucket GET': 'ListObjects',
  'bucket GET list-type': 'ListObjectsV2',
  'bucket GET location': 'GetBucketLocation',
  'bucket GET policy': 'GetBucketPolicy',
  'bucket GET encryption': 'GetBucketEncryption',
  'bucket HEAD': 'HeadBucket',
  'bucket PUT': 'CreateBucket',
  'bucket PUT policy': 'PutBucketPolicy',
  'bucket PUT encryption': 'PutBucketEncryption',
  'bucket DELETE': 'DeleteBucket',
  'bucket DELETE policy': 'DeleteBucketPolicy',
  'object GET': 'GetObject',
  'object HEAD': 'HeadObject',
  'object PUT': 'PutObject',
  'object DELETE': 'DeleteObject',
}

/** Parameters that choose no other operation. */
const plain = new Set([
  'x-id',
  'prefix',
  'delimiter',
  'marker',
  'max-keys',
  'start-after',
  'continuation-token',
  'encoding-type',
  'fetch-owner',
  'max-buckets',
  'bucket-region',
])

/** The operation that S3 does at this address; NotImplemented for those that are not here. */
export function routeS3(request: SignedRequest): string {
  const { bucket, key, query } = readTarget(request)
  const level = bucket === '' ? 'service' : key === '' ? 'bucket' : 'object'
  const named = [...query.keys()].filter((name) => !plain.has(name))
  const asked = [level, request.method, ...named].join(' ')
  const operation = Object.hasOwn(operations, asked) ? operations[asked] : undefined
  const copies = request.headers['x-amz-copy-source'] !== undefined
  if (operation === undefined || copies) throw notImplemented()
  return operation
}

const notImplemented = () =>
  new AwsError(
    'NotImplemented',
    'A header you provided implies functionality that is not implemented.',
    501,
  )
