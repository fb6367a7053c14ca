import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { makeBucketFinder, makeHostCheck } from './host'
import { handleControl } from './control/handle'
import type { Sandbox } from './sandbox'
import { handleAws } from './wire/handle'

const maxBodyBytes = 4 * 1024 * 1024
/** An object's bytes are kept in memory: 100 MB of a trail must go in, not all that S3 takes. */
const maxObjectBytes = 256 * 1024 * 1024

export type Running = { server: Server; port: number; close(): Promise<void> }

/**
 * AWS and the control API on loopback. Port 0 takes a free one; the promise holds the one taken.
 * `names`: host names beside those of loopback that it answers to.
 */
export async function startServer(
  sandbox: Sandbox,
  port: number,
  { names = [] }: { names?: readonly string[] } = {},
): Promise<Running> {
  const isOurs = makeHostCheck(names)
  const findBucket = makeBucketFinder(names)
  const server = createServer({ keepAliveTimeout: 65_000, noDelay: true }, (incoming, response) => {
    if (!isOurs(incoming.headers.host)) return refuseHost(incoming, response)
    readBody(incoming)
      .then(async (body) => {
        if (body === null) response.writeHead(413).end()
        else if (incoming.url?.startsWith('/_sandbox/'))
          await handleControl(sandbox, incoming, response, body)
        else await handleAws(sandbox, incoming, response, body, findBucket(incoming.headers.host))
      })
      .catch(() => incoming.socket.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return { server, port: takenPort(server), close: () => closeServer(server) }
}

function refuseHost(incoming: IncomingMessage, response: ServerResponse): void {
  incoming.resume()
  response
    .writeHead(421, { 'content-type': 'text/plain' })
    .end('The sandbox answers to localhost and the names it was started with.\n')
}

function takenPort(server: Server): number {
  const address: AddressInfo | string | null = server.address()
  if (address === null || typeof address === 'string')
    throw new Error('The sandbox has no TCP address')
  return address.port
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
    setTimeout(() => server.closeAllConnections(), 2_000).unref()
  })
}

/** The whole body; null when it is more than any AWS operation here takes, or S3 of an object. */
function readBody(incoming: IncomingMessage): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const isObject = incoming.headers.authorization?.includes('/s3/aws4_request')
    const most = isObject ? maxObjectBytes : maxBodyBytes
    let size = 0
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= most) chunks.push(chunk)
    })
    incoming.on('end', () =>
      resolve(
        size > most ? null : chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks),
      ),
    )
    incoming.on('error', reject)
  })
}
