// What is answered before Next.js is asked: requests that no page, handler or
// action of ours could mean.

import { refuseHost } from './host.mjs'

/** The largest body a server action takes (Next's own limit); nothing else here takes any. */
export const mostBodyBytes = 1_048_576

const methods = ['GET', 'HEAD', 'POST', 'OPTIONS']

/** @typedef {{ status: number, words: string, headers?: Record<string, string> }} Refusal */

export const tooLarge = { status: 413, words: 'This is more than 1 MB.' }
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
  return Number(headers['content-length'] ?? 0) > mostBodyBytes ? tooLarge : null
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
