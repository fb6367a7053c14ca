import { AwsError } from '../call'

/**
 * Takes a body in `aws-chunked` apart: chunks under their length in hex, then trailing headers. The
 * signature of the request covers the first of a chain that each chunk carries on, which is not
 * followed here. https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 */
export function readChunked(body: Buffer): { payload: Buffer; trailer: Record<string, string> } {
  const chunks: Buffer[] = []
  let at = 0
  for (;;) {
    const [size, next] = readSize(body, at)
    if (size === 0) return { payload: Buffer.concat(chunks), trailer: readTrailer(body, next) }
    if (next + size > body.length) throw incomplete()
    chunks.push(body.subarray(next, next + size))
    at = next + size + 2
  }
}

function readSize(body: Buffer, at: number): [size: number, next: number] {
  const end = body.indexOf('\r\n', at)
  if (end < 0) throw incomplete()
  const size = parseInt(body.toString('latin1', at, end).split(';')[0] ?? '', 16)
  if (!Number.isSafeInteger(size) || size < 0) throw incomplete()
  return [size, end + 2]
}

function readTrailer(body: Buffer, at: number): Record<string, string> {
  const lines = body.toString('latin1', at).split('\r\n')
  return Object.fromEntries(
    lines.flatMap((line) => {
      const colon = line.indexOf(':')
      return colon < 0 ? [] : [[line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]]
    }),
  )
}

const incomplete = () => new AwsError('IncompleteBody', 'The request body terminated unexpectedly.')
