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

/** A body, and when it came by the reader's clock (epoch ms). */
type Came = { body: unknown; at: number }

/** The last answers that came with a tag, the newest last: none is sent again as it was. */
const held = new Map<string, Came & { tag: string }>()
const mostHeld = 20

function hold(path: string, tag: string | null, came: Came): void {
  held.delete(path)
  if (tag !== null) held.set(path, { ...came, tag })
  for (const oldest of held.keys()) if (held.size > mostHeld) held.delete(oldest)
}

/**
 * Reads one of our GET handlers; returns the very answer of before where the handler says that it
 * still is as it was.
 * @throws ReadFailure with words for the screen; never an empty answer for a failed one.
 */
export async function readJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const { body } = await read(path, signal)
  return body as T // our own handler, typed by the reader it calls
}

/** An answer, and when it came by the reader's clock (epoch ms). */
export type Received<T> = T & { receivedAt: number }

/**
 * As `readJson`, for an answer that says `now`: found unchanged, it still says when it first came,
 * since the clock that it set goes on from then.
 * @throws ReadFailure as `readJson`.
 */
export async function readReceived<T extends object>(
  path: string,
  signal?: AbortSignal,
): Promise<Received<T>> {
  const { body, at } = await read(path, signal)
  return { ...(body as T), receivedAt: at } // as above
}

async function read(path: string, signal?: AbortSignal): Promise<Came> {
  let came: Came
  let response: Response
  const known = held.get(path)
  const headers = new Headers({ accept: 'application/json' })
  if (known) headers.set('if-none-match', known.tag)
  try {
    response = await fetch(path, { signal, headers })
    const unchanged = response.status === 304 && known
    came = unchanged || { body: await response.json(), at: Date.now() }
  } catch (error) {
    if (signal?.aborted) throw error
    throw new ReadFailure(unreachable)
  }
  if (isRefusal(came.body)) throw new ReadFailure(came.body.error)
  if (!response.ok && response.status !== 304) throw new ReadFailure(unreachable)
  hold(path, response.headers.get('etag'), came)
  return came
}

/** Returns why a read failed, in words for the screen; null where it did not. */
export const failureOf = (error: Error | null): Failure | null =>
  error instanceof ReadFailure
    ? error.failure
    : error && { code: 'unexpected', message: 'The answer could not be used.' }
