import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { IncomingHttpHeaders } from 'node:http'
import { AwsError, type Input } from '../call'
import type { SignedRequest } from '../wire/authenticate'
import { readChunked } from './chunked'
import { readTarget } from './route'

/** Headers and parameters by the names that S3's API gives their members. */
const headers: Record<string, string> = {
  'content-type': 'ContentType',
  range: 'Range',
  'x-amz-checksum-mode': 'ChecksumMode',
  'x-amz-server-side-encryption': 'ServerSideEncryption',
  'x-amz-server-side-encryption-aws-kms-key-id': 'SSEKMSKeyId',
  'x-amz-expected-bucket-owner': 'ExpectedBucketOwner',
}
const parameters: Record<string, string> = {
  prefix: 'Prefix',
  delimiter: 'Delimiter',
  marker: 'Marker',
  'start-after': 'StartAfter',
  'continuation-token': 'ContinuationToken',
  'encoding-type': 'EncodingType',
  'max-keys': 'MaxKeys',
  'max-buckets': 'MaxBuckets',
}

/** The members of an operation of S3, and its body apart from them. */
export function readS3Input(request: SignedRequest): { input: Input; payload: Buffer } {
  const { bucket, key, query } = readTarget(request)
  const input: Input = { Bucket: bucket, Key: key }
  for (const [name, member] of Object.entries(headers)) {
    const value = request.headers[name]
    if (typeof value === 'string') input[member] = value
  }
  for (const [name, member] of Object.entries(parameters)) {
    const value = query.get(name)
    if (value !== null) input[member] = value
  }
  const { payload, trailer } = readBody(request)
  const checksum = readChecksum({ ...request.headers, ...trailer })
  if (checksum !== null) {
    checkChecksum(payload, checksum)
    input.Checksum = checksum
  }
  checkMd5(payload, request.headers['content-md5'])
  const encoding = String(request.headers['content-encoding'] ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '' && one !== 'aws-chunked')
  if (encoding.length > 0) input.ContentEncoding = encoding.join(',')
  input.Metadata = readMetadata(request.headers)
  return { input, payload }
}

function readBody(request: SignedRequest): { payload: Buffer; trailer: Record<string, string> } {
  const hash = request.headers['x-amz-content-sha256']
  const isChunked = typeof hash === 'string' && hash.startsWith('STREAMING-')
  return isChunked ? readChunked(request.body) : { payload: request.body, trailer: {} }
}

function readMetadata(given: IncomingHttpHeaders): Input {
  const prefix = 'x-amz-meta-'
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), String(value)]] : [],
    ),
  )
}

type Checksum = { header: string; value: string }

function readChecksum(given: IncomingHttpHeaders): Checksum | null {
  for (const [header, value] of Object.entries(given))
    if (/^x-amz-checksum-(crc32|sha1|sha256)$/.test(header) && typeof value === 'string')
      return { header, value }
  return null
}

function checkChecksum(payload: Buffer, { header, value }: Checksum): void {
  const algorithm = header.slice('x-amz-checksum-'.length)
  const made = algorithm === 'crc32' ? crc(payload) : createHash(algorithm).update(payload).digest()
  if (made.toString('base64') === value) return
  throw new AwsError(
    'BadDigest',
    `The ${algorithm.toUpperCase()} you specified did not match the calculated checksum.`,
  )
}

function crc(payload: Buffer): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(crc32(payload))
  return bytes
}

function checkMd5(payload: Buffer, given: string | string[] | undefined): void {
  if (given === undefined) return
  if (createHash('md5').update(payload).digest('base64') === given) return
  throw new AwsError('BadDigest', 'The Content-MD5 you specified did not match what we received.')
}
