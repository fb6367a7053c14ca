import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { AwsError } from '../call'

export type Authorization = {
  accessKeyId: string
  date: string
  region: string
  service: string
  signedHeaders: string[]
  signature: string
  amzDate: string
}

const toleranceMs = 15 * 60_000

/**
 * Reads the Authorization header. Throws MissingAuthenticationToken and
 * IncompleteSignature as AWS does.
 */
export function readAuthorization(headers: IncomingHttpHeaders): Authorization {
  const header = headers.authorization
  if (!header)
    throw new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token')
  if (!header.startsWith('AWS4-HMAC-SHA256 '))
    throw incomplete('Authorization header requires a known algorithm.', header)
  const parts = new Map<string, string>()
  for (const part of header.slice('AWS4-HMAC-SHA256 '.length).split(',')) {
    const at = part.indexOf('=')
    if (at > 0) parts.set(part.slice(0, at).trim(), part.slice(at + 1).trim())
  }
  const [credential, signed, signature] = [
    parts.get('Credential'),
    parts.get('SignedHeaders'),
    parts.get('Signature'),
  ]
  if (!credential) throw incomplete("Authorization header requires 'Credential' parameter.", header)
  if (!signature) throw incomplete("Authorization header requires 'Signature' parameter.", header)
  if (!signed) throw incomplete("Authorization header requires 'SignedHeaders' parameter.", header)
  const scope = credential.split('/')
  const [accessKeyId, date, region, service, end] = [
    scope.slice(0, -4).join('/'),
    ...scope.slice(-4),
  ]
  if (!accessKeyId || !date || !region || !service || end !== 'aws4_request') {
    throw incomplete(
      'Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term,',
      credential,
    )
  }
  const amzDate = headers['x-amz-date']
  if (typeof amzDate !== 'string') {
    throw incomplete(
      "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
      header,
    )
  }
  return {
    accessKeyId,
    date,
    region,
    service,
    signedHeaders: signed.split(';'),
    signature,
    amzDate,
  }
}

function incomplete(text: string, header: string): AwsError {
  return new AwsError(
    'IncompleteSignatureException',
    `${text} Authorization=${header.slice(0, 100)}`,
  )
}

const signingKeys = new Map<string, Buffer>()

/**
 * Throws InvalidSignatureException unless `secret` made the signature. By the machine's
 * clock, never the sandbox's.
 */
export function verifySignature(
  auth: Authorization,
  secret: string,
  request: { method: string; url: string; headers: IncomingHttpHeaders; body: Buffer },
): void {
  checkDate(auth)
  const payloadHash = hashPayload(auth, request)
  const canonical = canonicalRequest(auth, request, payloadHash)
  const scope = `${auth.date}/${auth.region}/${auth.service}/aws4_request`
  const toSign = `AWS4-HMAC-SHA256\n${auth.amzDate}\n${scope}\n${createHash('sha256').update(canonical).digest('hex')}`
  const expected = createHmac('sha256', signingKey(auth, secret)).update(toSign).digest()
  const given = Buffer.from(auth.signature, 'hex')
  if (given.length === expected.length && timingSafeEqual(given, expected)) return
  throw new AwsError(
    'InvalidSignatureException',
    'The request signature we calculated does not match the signature you provided. Check ' +
      'your AWS Secret Access Key and signing method. ' +
      'Consult the service documentation for details.',
  )
}

/**
 * S3 is told the hash of the payload, or that it is not signed, or signed chunk by chunk; the
 * signature covers what it was told. https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
function hashPayload(
  auth: Authorization,
  request: { headers: IncomingHttpHeaders; body: Buffer },
): string {
  const told = request.headers['x-amz-content-sha256']
  if (auth.service === 's3' && typeof told === 'string' && !/^[0-9a-f]{64}$/.test(told)) return told
  const made = createHash('sha256').update(request.body).digest('hex')
  if (auth.service !== 's3' || told === undefined || told === made) return made
  throw new AwsError(
    'XAmzContentSHA256Mismatch',
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
  )
}

function checkDate(auth: Authorization): void {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(auth.amzDate)
  if (!parts)
    throw new AwsError(
      'IncompleteSignatureException',
      `Date must be in ISO-8601 'basic format'. Got '${auth.amzDate}'.`,
    )
  const [, year, month, day, hour, minute, second] = parts.map(Number)
  const at = Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second)
  const now = Date.now()
  if (Math.abs(at - now) <= toleranceMs && auth.amzDate.startsWith(auth.date)) return
  const basic = (ms: number) => new Date(ms).toISOString().replace(/[-:]|\.\d+/g, '')
  const text =
    at < now
      ? `Signature expired: ${auth.amzDate} is now earlier than ${basic(now - toleranceMs)} (${basic(now)} - 15 min.)`
      : `Signature not yet current: ${auth.amzDate} is still later than ` +
        `${basic(now + toleranceMs)} (${basic(now)} + 15 min.)`
  throw new AwsError('InvalidSignatureException', text)
}

function canonicalRequest(
  auth: Authorization,
  request: { method: string; url: string; headers: IncomingHttpHeaders },
  payloadHash: string,
): string {
  const [path = '/', query = ''] = request.url.split('?', 2)
  const pairs =
    query === ''
      ? []
      : query
          .split('&')
          .map((pair) => (pair.includes('=') ? pair : `${pair}=`))
          .sort()
  const lines = auth.signedHeaders.map((name) => {
    const value = request.headers[name]
    return `${name}:${(Array.isArray(value) ? value.join(',') : (value ?? '')).trim().replace(/ +/g, ' ')}\n`
  })
  return [
    request.method,
    path,
    pairs.join('&'),
    lines.join(''),
    auth.signedHeaders.join(';'),
    payloadHash,
  ].join('\n')
}

function signingKey(auth: Authorization, secret: string): Buffer {
  const name = `${secret}/${auth.date}/${auth.region}/${auth.service}`
  const known = signingKeys.get(name)
  if (known) return known
  const steps = [auth.date, auth.region, auth.service, 'aws4_request']
  const key = steps.reduce<Buffer>(
    (at, text) => createHmac('sha256', at).update(text).digest(),
    Buffer.from(`AWS4${secret}`),
  )
  if (signingKeys.size > 5_000) signingKeys.clear()
  signingKeys.set(name, key)
  return key
}
