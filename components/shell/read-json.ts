import type { Failure } from '@/lib/result'

/** What a GET handler refused, as an Error for TanStack Query. */
export class ReadFailure extends Error {
  override readonly name = 'ReadFailure'
  constructor(readonly failure: Failure) {
    super(failure.message)
  }
}

const unreachable: Failure = {
  code: 'unexpected',
  message: 'The console did not answer. Check the connection and try again.',
}

function isRefusal(body: unknown): body is { error: Failure } {
  return (
    typeof body === 'object' && body !== null && 'error' in body && typeof body.error === 'object'
  )
}

/** The last answers that came with a tag, the newest last: none is sent again as it was. */
const held = new Map<string, { tag: string; body: unknown }>()
const mostHeld = 20

function hold(path: string, tag: string | null, body: unknown): void {
  held.delete(path)
  if (tag !== null) held.set(path, { tag, body })
  for (const oldest of held.keys()) if (held.size > mostHeld) held.delete(oldest)
}

/**
 * Reads one of our GET handlers; returns the very answer of before where the handler says that it
 * still is as it was.
 * @throws ReadFailure with words for the screen; never an empty answer for a failed one.
 */
export async function readJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  let body: unknown
  let response: Response
  const known = held.get(path)
  const headers = new Headers({ accept: 'application/json' })
  if (known) headers.set('if-none-match', known.tag)
  try {
    response = await fetch(path, { signal, headers })
    body = response.status === 304 && known ? known.body : await response.json()
  } catch (error) {
    if (signal?.aborted) throw error
    throw new ReadFailure(unreachable)
  }
  if (isRefusal(body)) throw new ReadFailure(body.error)
  if (!response.ok && response.status !== 304) throw new ReadFailure(unreachable)
  hold(path, response.headers.get('etag'), body)
  return body as T // our own handler, typed by the reader it calls
}

/** Returns why a read failed, in words for the screen; null where it did not. */
export const failureOf = (error: Error | null): Failure | null =>
  error instanceof ReadFailure
    ? error.failure
    : error && { code: 'unexpected', message: 'The answer could not be used.' }
