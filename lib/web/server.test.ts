import http, {
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { createRequire } from 'node:module'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { mostBodyBytes } from './refuse.mjs'
import { answerWith, enterDoor, isAbandoned, requestFacts } from './request-facts.mjs'
import { createWebServer } from './server.mjs'

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<unknown>
type Answer = { status: number; headers: IncomingHttpHeaders; body: string }

let handle: Handle
const asked: string[] = []
const server = createWebServer(
  async (request, response) => {
    asked.push(request.url ?? '')
    await handle(request, response)
  },
  { CLAVIGER_URL: 'https://claviger.example.com' },
)
let port = 0

beforeAll(async () => {
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  port = (server.address() as AddressInfo).port // a TCP server's address is one
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  asked.length = 0
  handle = async (_request, response) => response.end('of the framework')
})

type Asked = {
  method?: string
  headers?: http.OutgoingHttpHeaders
  body?: Buffer | string
  chunks?: number
}

function ask(
  path: string,
  { method = 'GET', headers = {}, body, chunks }: Asked = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.request(
      {
        host: '127.0.0.1',
        port,
        path,
        method,
        headers: { host: 'claviger.example.com', ...headers },
      },
      (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(parts).toString(),
          }),
        )
      },
    )
    request.on('error', reject)
    for (let i = 0; i < (chunks ?? 0); i++) request.write(Buffer.alloc(65_536, 'x'))
    request.end(body)
  })
}

function askRaw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    const socket = net.connect(port, '127.0.0.1', () => socket.write(text))
    socket.on('data', (part) => {
      said += part.toString()
    })
    socket.on('end', () => resolve(said))
    socket.on('error', reject)
  })
}

const secured = {
  'content-security-policy': expect.stringMatching(/default-src 'none'.*frame-ancestors 'none'/),
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  'strict-transport-security': expect.stringContaining('max-age'),
}

it('gives every answer its security headers: the framework’s, a refusal, and what is no HTTP', async () => {
  for (const path of ['/keys', '/_next/static/none.js', '/%'])
    expect((await ask(path)).headers).toMatchObject(secured)
  handle = () => Promise.reject(new Error('fell'))
  expect(await ask('/keys')).toMatchObject({
    status: 500,
    headers: secured,
    body: 'Something failed on our side.\n',
  })
  for (const garbage of [
    'nonsense\r\n\r\n',
    `GET / HTTP/1.1\r\nHost: x\r\nA: ${'a'.repeat(20_000)}\r\n\r\n`,
  ]) {
    expect(await askRaw(garbage)).toMatch(/^HTTP\/1.1 4\d\d [^]*x-frame-options: DENY/)
  }
})

it('answers a file of the build that is not there with words, not with a page', async () => {
  handle = async (_request, response) => {
    response.statusCode = 404
    response.setHeader('content-security-policy', 'own').end('<html>the whole shell')
  }
  expect(await ask('/_next/static/none.js')).toMatchObject({
    status: 404,
    body: 'There is no such file.\n',
  })
  expect((await ask('/keys/none')).body).toContain('shell')
})

it('leaves a script of the build only its own chunks, and lets the framework set a document’s policy', async () => {
  handle = async (_request, response) =>
    response.setHeader('content-security-policy', 'own').end('page')
  expect((await ask('/keys')).headers['content-security-policy']).toBe('own')
})

it.each(['/%', '/keys/%ff', '/api/requests/%ed%a0%80', '/a%2', '/%C0%80?x=1'])(
  'refuses the address %s, which no page could mean',
  async (path) => {
    expect((await ask(path)).status).toBe(400)
    expect(asked).toEqual([])
  },
)

it('hands on what can be decoded, a query that cannot included', async () => {
  for (const path of ['/keys/%C3%A4', '/keys?q=%ff', '/a%00'])
    expect((await ask(path)).status).toBe(200)
})

it.each(['TRACE', 'PUT', 'DELETE', 'PATCH', 'PROPFIND'])('refuses %s', async (method) => {
  expect(await ask('/keys', { method })).toMatchObject({
    status: 405,
    headers: { ...secured, allow: 'GET, HEAD, POST, OPTIONS' },
  })
  expect(asked).toEqual([])
})

const readAll: Handle = async (request, response) => {
  let bytes = 0
  for await (const chunk of request) bytes += (chunk as Buffer).length // no encoding is set
  response.end(String(bytes))
}

it('takes a body of a megabyte and refuses more, announced or not', async () => {
  handle = readAll
  expect((await ask('/keys', { method: 'POST', body: Buffer.alloc(mostBodyBytes) })).body).toBe(
    String(mostBodyBytes),
  )
  expect((await ask('/keys', { method: 'POST', chunks: 16 })).body).toBe(String(mostBodyBytes))
  expect(asked).toHaveLength(2)
  expect(
    await ask('/keys', { method: 'POST', body: Buffer.alloc(mostBodyBytes + 1) }),
  ).toMatchObject({ status: 413, headers: secured })
  expect(asked).toHaveLength(2)
  expect(await ask('/keys', { method: 'POST', chunks: 20 })).toMatchObject({
    status: 413,
    headers: secured,
  })
})

it('takes a file of many megabytes where files are taken', async () => {
  handle = readAll
  const body = Buffer.alloc(4 * mostBodyBytes)
  const file = '/api/trail/imports/7/file'
  expect((await ask(`${file}?name=x`, { method: 'POST', body })).body).toBe(String(body.length))
  expect((await ask(file, { method: 'POST', chunks: 40 })).body).toBe(String(40 * 65_536))
  expect((await ask(`${file}/x`, { method: 'POST', body })).status).toBe(413)
  expect((await ask('/keys?/api/trail/imports/7/file', { method: 'POST', body })).status).toBe(413)
})

it('closes the connection of a body that goes on beyond the limit, and says so with the answer', async () => {
  handle = readAll
  const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`
  const head =
    'POST /keys HTTP/1.1\r\nHost: claviger.example.com\r\nTransfer-Encoding: chunked\r\n\r\n'
  const from = performance.now()
  const said = await askRaw(head + chunk.repeat(24))
  expect(said).toMatch(/^HTTP\/1\.1 413 [^]*\r\nconnection: close\r\n/i)
  expect(
    performance.now() - from,
    'nobody sends a next request into a connection that is about to go',
  ).toBeLessThan(800)
})

it('a failure of the framework before a door was entered is the sender’s; after it, ours', async () => {
  const fail: Handle = async (_request, response) => {
    response.writeHead(500, { 'content-type': 'text/html', 'content-length': '17' })
    response.write('the decoder: ')
    response.end('fell')
  }
  handle = fail
  expect(await ask('/keys', { method: 'POST', body: 'x' })).toMatchObject({
    status: 400,
    headers: secured,
    body: 'This request cannot be read.\n',
  })
  handle = async (_request, response) => {
    response.statusCode = 500
    response.flushHeaders()
    response.end('stack')
  }
  expect(await ask('/keys', { method: 'POST', body: 'x' })).toMatchObject({ status: 400 })
  expect((await ask('/keys')).status).toBe(500)
  expect(
    (await ask('/keys', { headers: { rsc: '1', 'next-router-state-tree': 'x' } })).status,
  ).toBe(400)
  expect((await ask('/api/x', { method: 'POST', body: 'x' })).status).toBe(500)
  handle = async (request, response) => {
    await Promise.resolve()
    enterDoor()
    await fail(request, response)
  }
  expect((await ask('/keys', { method: 'POST', body: 'x' })).status).toBe(500)
})

it('answers to the name of the console alone, but a load balancer may ask by address', async () => {
  for (const host of ['evil.example', `127.0.0.1:${port}`, 'claviger.example.com.evil.example']) {
    const { status, body, headers } = await ask('/keys', {
      headers: { host, 'x-forwarded-host': 'claviger.example.com' },
    })
    expect({ status, headers }).toMatchObject({ status: 421, headers: secured })
    expect(body).toContain('https://claviger.example.com only')
    for (const path of ['/api/health', '/api/ready'])
      expect((await ask(path, { headers: { host } })).status).toBe(200)
  }
  expect(asked).not.toContain('/keys')
  expect((await ask('/keys')).status).toBe(200)
})

it('gives a page the status that its door asked for, however the head leaves', async () => {
  const ways: Handle[] = [
    async (_request, response) => response.end('drawn'),
    async (_request, response) => {
      response.writeHead(200)
      response.end('drawn')
    },
    async (_request, response) => {
      response.flushHeaders()
      response.end('drawn')
    },
    async (_request, response) => {
      response.write('dra')
      response.end('wn')
    },
  ]
  for (const way of ways) {
    handle = async (request, response) => {
      answerWith({ status: 503, headers: { 'retry-after': '2' } })
      await way(request, response)
    }
    expect(await ask('/keys')).toMatchObject({
      status: 503,
      body: 'drawn',
      headers: { 'retry-after': '2' },
    })
  }
})

it.each([
  ['GET', true],
  ['POST', false],
])('knows that nobody waits for a %s any more: %s', async (method, isToldOf) => {
  const closed = new Promise<boolean>((resolve) => {
    handle = async (_request, response) => {
      const facts = requestFacts.getStore()
      response.once('close', () => setImmediate(() => resolve(facts?.abandoned?.aborted ?? false)))
    }
  })
  const request = http.request({
    host: '127.0.0.1',
    port,
    path: '/keys',
    method,
    headers: { host: 'claviger.example.com' },
  })
  request.on('error', () => {})
  request.end()
  await expect.poll(() => asked).toContain('/keys')
  request.destroy()
  expect(await closed).toBe(isToldOf)
})

it('takes no answer that was sent for one that nobody waits for', async () => {
  let after: boolean | undefined
  handle = async (_request, response) => {
    response.end('page')
    await new Promise((resolve) => response.once('close', resolve))
    after = isAbandoned()
  }
  await ask('/keys', { headers: { connection: 'close' } })
  await expect.poll(() => after).toBe(false)
})

// Next's own, which it puts around every answer; it comes without types.
const compression = createRequire(import.meta.url)('next/dist/compiled/compression') as () => (
  request: IncomingMessage,
  response: ServerResponse,
  next: () => void,
) => void

/** As Next does with an answer of a handler: its compression, its list of one type. */
const answerAsNext =
  (parts: readonly string[], pauseMs = 0): Handle =>
  async (request, response) => {
    compression()(request, response, () => {})
    response.setHeader('content-type', ['application/json'])
    for (const part of parts) {
      response.write(part)
      if ('flush' in response && typeof response.flush === 'function') response.flush()
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
    response.end()
  }
const gzip = { 'accept-encoding': 'gzip' }

it('sends what handlers answer compressed, to who can read it', async () => {
  const text = JSON.stringify({ rows: Array.from({ length: 500 }, (_, id) => ({ id })) })
  handle = answerAsNext([text])
  const plain = await ask('/api/keys')
  expect([plain.headers['content-encoding'], plain.body]).toEqual([undefined, text])
  const packed = await askPacked('/api/keys', gzip)
  expect(packed.headers).toMatchObject({
    'content-encoding': 'gzip',
    vary: expect.stringMatching(/accept-encoding/i),
  })
  expect(packed.bytes.length).toBeLessThan(text.length / 3)
  expect(gunzipSync(packed.bytes).toString()).toBe(text)
})

it('never compresses what holds tokens', async () => {
  handle = answerAsNext(['{"csrfToken":"'.padEnd(5_000, 'x')])
  for (const path of ['/api/auth/csrf', '//api//auth/session', '/API/auth/session'])
    expect((await askPacked(path, gzip)).headers['content-encoding'], path).toBeUndefined()
})

it('lets each part of a slow download go at once, compressed too', async () => {
  handle = answerAsNext(['first\n', 'second\n', 'third\n'], 300)
  const { firstMs, lastMs } = await askPacked('/api/keys?format=csv', gzip)
  expect(lastMs - firstMs).toBeGreaterThan(500)
})

type Raw = { headers: IncomingHttpHeaders; bytes: Buffer; firstMs: number; lastMs: number }
function askPacked(path: string, headers: http.OutgoingHttpHeaders): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const host = 'claviger.example.com'
    const where = { host: '127.0.0.1', port, path, headers: { host, ...headers } }
    http
      .get(where, (response) => {
        const parts: Buffer[] = []
        const times: number[] = []
        response.on('data', (part: Buffer) => {
          // The head of the stream says nothing yet.
          if (part.length > 10) times.push(performance.now())
          parts.push(part)
        })
        response.on('end', () =>
          resolve({
            headers: response.headers,
            bytes: Buffer.concat(parts),
            firstMs: times[0] ?? 0,
            lastMs: times.at(-1) ?? 0,
          }),
        )
      })
      .on('error', reject)
  })
}
