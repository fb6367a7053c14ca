import 'server-only'
import { lookup } from 'node:dns/promises'
import http from 'node:http'
import https from 'node:https'
import type { LookupFunction } from 'node:net'
import { isPublicAddress } from './address'
import { SendProblem } from './problem'

type Address = { address: string; family: number }
export type Resolve = (host: string) => Promise<readonly Address[]>
export type PostOptions = {
  /**
   * Hosts (or host:port) that may be private and may speak http: the operator's
   * CLAVIGER_WEBHOOK_ALLOW, never a person's choice.
   */
  allow: readonly string[]
  resolve?: Resolve
  timeoutMs?: number
}

const resolveAll: Resolve = (host) => lookup(host, { all: true })

/**
 * What is wrong with the address of a webhook before anything is resolved; null when nothing is.
 * For the form and for each sending.
 */
export function findUrlProblem(text: string, allow: readonly string[]): string | null {
  if (!URL.canParse(text)) return 'This is no address.'
  const url = new URL(text)
  if (url.username || url.password)
    return 'Leave name and password out of the address; they would be seen in logs on the way.'
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isAllowed(url, allow))) return null
  return (
    'The address must begin with https://. Plain http is only for hosts the operator named ' +
    'in CLAVIGER_WEBHOOK_ALLOW.'
  )
}

const isAllowed = (url: URL, allow: readonly string[]) =>
  allow.some((entry) => [url.hostname, url.host].includes(entry.toLowerCase()))

/**
 * Posts to an address that a person typed, so that it cannot be turned against the network
 * this process stands in: resolved once, every answer checked, connected to just those
 * addresses; no redirect followed, no proxy, no kept connection, time limited, and of the
 * answer only the status is looked at.
 * @throws SendProblem unless the answer is 2xx
 */
export async function postGuarded(
  text: string,
  message: { headers: Record<string, string>; body: string },
  options: PostOptions,
): Promise<void> {
  const { allow, resolve = resolveAll, timeoutMs = 10_000 } = options
  const problem = findUrlProblem(text, allow)
  if (problem) throw new SendProblem(problem)
  const url = new URL(text)
  const timeout = AbortSignal.timeout(timeoutMs)
  const addresses = await findAddresses(url, isAllowed(url, allow), resolve, timeout)
  const status = await post(url, addresses, message, timeout)
  if (status >= 300 && status < 400)
    throw new SendProblem(`The host answered with a redirect (${status}), which is not followed.`)
  if (status < 200 || status >= 300)
    throw new SendProblem(`The host answered with status ${status}.`)
}

async function findAddresses(
  url: URL,
  isExempt: boolean,
  resolve: Resolve,
  timeout: AbortSignal,
): Promise<readonly Address[]> {
  const aborted = new Promise<never>((_, reject) =>
    timeout.addEventListener('abort', () => reject(timeout.reason), { once: true }),
  )
  aborted.catch(() => {}) // it may come after everything is done
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const addresses = await Promise.race([resolve(host), aborted]).catch((error: unknown) => {
    throw toProblem(error)
  })
  if (addresses.length === 0) throw new SendProblem('The name of the host has no address.')
  // One private answer among public ones is refused too: which of them is used
  // would be up to whoever answers.
  if (!isExempt && !addresses.every(({ address }) => isPublicAddress(address))) {
    throw new SendProblem(
      'The host is not on the public Internet. If it should get messages all the same, the ' +
        'operator names it in CLAVIGER_WEBHOOK_ALLOW.',
    )
  }
  return addresses
}

function post(
  url: URL,
  addresses: readonly Address[],
  message: { headers: Record<string, string>; body: string },
  signal: AbortSignal,
): Promise<number> {
  return new Promise((done, failed) => {
    // A literal address in the url is its own answer and is connected to without a lookup.
    const pinned: LookupFunction = (_host, { all }, callback) => {
      const [first] = addresses
      if (all) callback(null, [...addresses])
      else if (first) callback(null, first.address, first.family)
    }
    const bytes = Buffer.from(message.body)
    const headers = {
      ...message.headers,
      'content-length': String(bytes.byteLength),
      'user-agent': 'Claviger',
    }
    const request = (url.protocol === 'https:' ? https : http).request(url, {
      method: 'POST',
      headers,
      lookup: pinned,
      agent: false,
      signal,
    })
    request.on('error', (error) => failed(toProblem(error)))
    request.on('response', (response) => {
      response.on('error', () => {}) // cut off below
      done(response.statusCode ?? 0)
      request.destroy()
    })
    request.end(bytes)
  })
}

const wordsOf: Record<string, string> = {
  ENOTFOUND: 'The name of the host is not known.',
  EAI_AGAIN: 'The name of the host could not be looked up.',
  ECONNREFUSED: 'The host refused the connection.',
  ECONNRESET: 'The host broke the connection off.',
  EHOSTUNREACH: 'The host cannot be reached.',
  ENETUNREACH: 'The host cannot be reached.',
}

function toProblem(error: unknown): SendProblem {
  if (error instanceof SendProblem) return error
  if (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError'))
    return new SendProblem('The host did not answer in time.', false, { cause: error })
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  const words = /CERT|ISSUER|SIGNATURE/.test(code)
    ? `The certificate of the host is not accepted (${code}).`
    : `The connection failed (${code}).`
  return new SendProblem(wordsOf[code] ?? words, false, { cause: error })
}
