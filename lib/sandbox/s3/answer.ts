import type { ServerResponse } from 'node:http'
import { AwsError, type Input, type Json } from '../call'
import { readRecord } from '../kms/read-input'
import { s3ErrorXml } from '../wire/xml'
import { writeS3Xml } from './xml'

/** Members that travel in the head. */
const heads: Record<string, string> = {
  AcceptRanges: 'accept-ranges',
  BucketKeyEnabled: 'x-amz-server-side-encryption-bucket-key-enabled',
  BucketRegion: 'x-amz-bucket-region',
  ContentEncoding: 'content-encoding',
  ContentLength: 'content-length',
  ContentRange: 'content-range',
  ContentType: 'content-type',
  ETag: 'etag',
  LastModified: 'last-modified',
  Location: 'location',
  ServerSideEncryption: 'x-amz-server-side-encryption',
  SSEKMSKeyId: 'x-amz-server-side-encryption-aws-kms-key-id',
}

/** What the element around an answer is called, where it has a body in XML. */
const roots: Record<string, string> = {
  ListBuckets: 'ListAllMyBucketsResult',
  ListObjects: 'ListBucketResult',
  ListObjectsV2: 'ListBucketResult',
}

const statuses: Record<string, number> = {
  DeleteBucket: 204,
  DeleteBucketPolicy: 204,
  DeleteObject: 204,
  PutBucketPolicy: 204,
}

export function answerS3(
  response: ServerResponse,
  operation: string,
  output: Input,
  sent: Uint8Array | null,
  requestId: string,
): void {
  const body = sent ?? writeBody(operation, output)
  const status = output.ContentRange === undefined ? (statuses[operation] ?? 200) : 206
  response.writeHead(status, {
    ...(body === null ? {} : { 'content-length': body.length }),
    ...(roots[operation] || operation.startsWith('Get') ? { 'content-type': xml } : {}),
    ...readHead(output, operation),
    ...requestHead(requestId),
  })
  response.end(body ?? undefined)
}

const xml = 'application/xml'
const requestHead = (requestId: string) => ({
  'x-amz-request-id': requestId,
  'x-amz-id-2': Buffer.from(requestId).toString('base64'),
})

function writeBody(operation: string, output: Input): Buffer | null {
  if (operation === 'GetBucketPolicy') return Buffer.from(String(output.Policy))
  const root = roots[operation]
  if (root !== undefined) return Buffer.from(writeS3Xml(root, output))
  if (operation === 'GetBucketLocation') return Buffer.from(writeLocation(output))
  return operation === 'GetBucketEncryption' ? Buffer.from(writeEncryption(output)) : null
}

function writeLocation({ LocationConstraint }: Input): string {
  const text = writeS3Xml('LocationConstraint', {})
  return text.replace('></', `>${String(LocationConstraint ?? '')}</`)
}

function writeEncryption({ BucketKeyEnabled, ...byDefault }: Input): string {
  return writeS3Xml('ServerSideEncryptionConfiguration', {
    Rule: { ApplyServerSideEncryptionByDefault: byDefault, BucketKeyEnabled },
  })
}

function readHead(output: Input, operation: string): Record<string, string> {
  if (roots[operation] || operation.startsWith('GetBucket')) return {}
  const head: Record<string, string> = {}
  for (const [member, name] of Object.entries(heads)) {
    const value: Json | undefined = output[member]
    if (value !== undefined && value !== null) head[name] = String(value)
  }
  for (const [name, value] of Object.entries(readRecord(output, 'Metadata') ?? {}))
    head[`x-amz-meta-${name}`] = String(value)
  const checksum = readRecord(output, 'Checksum')
  if (checksum) head[String(checksum.header)] = String(checksum.value)
  return head
}

export function answerS3Error(
  response: ServerResponse,
  error: AwsError,
  requestId: string,
  withBody: boolean,
): void {
  const spoken = inWordsOfS3(error)
  const body = withBody ? s3ErrorXml(spoken, requestId) : ''
  response.writeHead(spoken.status, {
    'content-type': xml,
    ...(withBody ? { 'content-length': Buffer.byteLength(body) } : {}),
    ...spoken.headers,
    ...requestHead(requestId),
  })
  response.end(body)
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const names: Record<string, [code: string, status: number, message?: string]> = {
  AccessDeniedException: ['AccessDenied', 403],
  ExpiredTokenException: ['ExpiredToken', 400, 'The provided token has expired.'],
  IncompleteSignatureException: ['AuthorizationHeaderMalformed', 400],
  InternalFailure: ['InternalError', 500, 'We encountered an internal error. Please try again.'],
  InvalidSignatureException: ['SignatureDoesNotMatch', 403],
  MissingAuthenticationTokenException: ['AccessDenied', 403, 'Access Denied'],
  ThrottlingException: ['SlowDown', 503, 'Please reduce your request rate.'],
  UnrecognizedClientException: [
    'InvalidAccessKeyId',
    403,
    'The AWS Access Key Id you provided does not exist in our records.',
  ],
}

function inWordsOfS3(error: AwsError): AwsError {
  if (
    error.code === 'InvalidSignatureException' &&
    /^Signature (expired|not yet)/.test(error.message)
  )
    return new AwsError('RequestTimeTooSkewed', tooSkewed, 403)
  const [code, status, message] = names[error.code] ?? []
  return code === undefined ? error : new AwsError(code, message ?? error.message, status)
}

const tooSkewed = 'The difference between the request time and the current time is too large.'
