// The HTTP server around Next's request handler: security headers on every answer, and a
// refusal for what cannot be meant.
import { createServer, STATUS_CODES } from 'node:http'
import { answer, guardResponse } from './answer.mjs'
import { findRefusal, mostBytesAt, noSuchFile, tooLarge, unreadable } from './refuse.mjs'
import { requestFacts } from './request-facts.mjs'
import { bareHeaders } from './security-headers.mjs'

/**
 * @typedef {import('node:http').IncomingMessage} Request
 * @typedef {import('node:http').ServerResponse} Response
 */

/**
 * @param {(request: Request, response: Response) => Promise<unknown>} handle
 * @param {Record<string, string | undefined>} environment process.env
 */
export function createWebServer(handle, environment) {
  const headers = bareHeaders(environment)
  /**
   * Connections with an answer under way: nothing may be written between its parts.
   * @type {WeakSet<object>}
   */
  const answering = new WeakSet()
  const server = createServer((request, response) => {
    answering.add(request.socket)
    response.once('close', () => answering.delete(request.socket))
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    prepareCompression(request, response)
    const refusal = findRefusal(request, environment.CLAVIGER_URL)
    if (refusal) return answer(response, refusal)
    /** @type {import('./request-facts.mjs').RequestFacts} */
    const facts = { entered: false, abandoned: whenAbandoned(request, response) }
    const guard = guardResponse(response, {
      decide: (status) => {
        if (isMissingFile(request, status)) return noSuchFile
        return status >= 500 && isForFramework(request) && !facts.entered ? unreadable : null
      },
      instead: () => facts.instead,
    })
    limitBody(request, (most) =>
      guard.refuse({ ...tooLarge(most), headers: { connection: 'close' } }),
    )
    void requestFacts
      .run(facts, () => handle(request, response))
      .catch((error) => {
        console.error(error)
        guard.refuse({ status: 500, words: 'Something failed on our side.' })
      })
  })
  server.on('clientError', (error, socket) => {
    if (answering.has(socket)) socket.destroy()
    else refuseGarbage(error, socket, headers)
  })
  return server
}

/**
 * Returns what says that nobody waits any more for the answer to a question.
 * @param {Request} request
 * @param {Response} response
 */
function whenAbandoned({ method }, response) {
  if (method !== 'GET') return undefined
  const left = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) left.abort()
  })
  return left.signal
}

/**
 * Next compresses what it finds to be text, and takes a type for none that stands in a list, as its
 * own handlers put it. What NextAuth answers holds tokens and is left as it is: the length of a
 * compressed answer tells of a secret beside text that somebody else chose.
 * @param {Request} request
 * @param {Response} response
 */
function prepareCompression(request, response) {
  if (/^\/+api\/+auth(\/|$)/i.test(request.url ?? '')) delete request.headers['accept-encoding']
  const { setHeader } = response
  response.setHeader = (name, value) => {
    const isListOfOne = Array.isArray(value) && value.length === 1
    const isType = name.toLowerCase() === 'content-type'
    return setHeader.call(response, name, isListOfOne && isType ? `${value[0]}` : value)
  }
}

/**
 * A file of the build that is not there: Next would draw a page, or lead to sign-in.
 * @param {Request} request
 * @param {number} status
 */
const isMissingFile = ({ url = '' }, status) =>
  url.startsWith('/_next/static/') && status >= 300 && ![304, 412, 416].includes(status)

/**
 * Does Next decode something of it before it asks us? The body of a POST to a page, which
 * is for an action (handlers read their own), and the state of the router, which a browser
 * keeps. @param {Request} request
 */
const isForFramework = ({ method, url = '', headers }) =>
  'next-router-state-tree' in headers || (method === 'POST' && !/^\/api(\/|$)/.test(url))

/**
 * Counts a body whose length was not announced, and lets nothing of it through beyond the limit.
 * @param {Request} request
 * @param {(most: number) => void} refuse
 */
function limitBody(request, refuse) {
  if (request.headers['content-length'] !== undefined || request.method === 'GET') return
  const { push } = request
  const most = mostBytesAt(request.url)
  let bytes = 0
  let isRefused = false
  request.push = (chunk, encoding) => {
    bytes += chunk?.length ?? 0
    if (bytes <= most) return push.call(request, chunk, encoding)
    if (isRefused) return true
    isRefused = true
    // Closed at once with more of the body on its way, the connection would take the answer with
    // it: our end closes, and after a moment the rest of the body is not waited for.
    const { socket } = request
    socket.destroySoon = () => socket.end()
    refuse(most)
    setTimeout(() => socket.destroy(), 1_000).unref()
    return true
  }
}

/**
 * What is no HTTP at all, or too much of it.
 * @param {Error & { code?: string }} error
 * @param {import('node:stream').Duplex} socket
 * @param {Record<string, string>} headers
 */
function refuseGarbage(error, socket, headers) {
  if (error.code === 'ECONNRESET' || !socket.writable) return socket.destroy()
  const status =
    { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 }[error.code ?? ''] ?? 400
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}content-length: 0\r\nconnection: close\r\n\r\n`,
  )
}
