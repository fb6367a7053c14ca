// What is answered before Next.js is asked: requests that no page, handler or
// action of ours could mean.

import { refuseHost } from './host.mjs'

/** The largest body a server action takes (Next's own limit). */
export const mostBodyBytes = 1_048_576
/** The largest file that is uploaded: a handler reads it as it comes (lib/door/post.ts). */
const mostFileBytes = 268_435_456
const takesFile = /^\/api\/trail\/imports\/\d{1,9}\/file$/

/**
 * How long a body can be that is sent to an address.
 * @param {string | undefined} url
 */
export const mostBytesAt = (url = '') =>
  takesFile.test(url.split(/[?#]/, 1)[0] ?? '') ? mostFileBytes : mostBodyBytes

const methods = ['GET', 'HEAD', 'POST', 'OPTIONS']

/** @typedef {{ status: number, words: string, headers?: Record<string, string> }} Refusal */

/** @param {number} most @returns {Refusal} */
export const tooLarge = (most) => ({
  status: 413,
  words: `This is more than ${most / 1_048_576} MB.`,
})
export const noSuchFile = { status: 404, words: 'There is no such file.' }
export const unreadable = { status: 400, words: 'This request cannot be read.' }

/**
 * Why a request is refused; null: Next answers it.
 * @param {import('node:http').IncomingMessage} request
 * @param {string | undefined} own CLAVIGER_URL
 * @returns {Refusal | null}
 */
export function findRefusal({ method = '', url = '', headers }, own) {
  if (!methods.includes(method)) {
    const allow = methods.join(', ')
    return { status: 405, words: `${allow} are answered here.`, headers: { allow } }
  }
  const [path = ''] = url.split(/[?#]/, 1)
  if (!path.startsWith('/') || !isDecodable(path)) {
    return { status: 400, words: 'This address cannot be read.' }
  }
  const elsewhere = refuseHost({ path, host: headers.host, url: own })
  if (elsewhere) return elsewhere
  const most = mostBytesAt(url)
  return Number(headers['content-length'] ?? 0) > most ? tooLarge(most) : null
}

/** @param {string} path */
function isDecodable(path) {
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}
