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

/**
 * Reads one of our GET handlers.
 * @throws ReadFailure with words for the screen; never an empty answer for a failed one.
 */
export async function readJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  let body: unknown
  let response: Response
  try {
    response = await fetch(path, { signal, headers: { accept: 'application/json' } })
    body = await response.json()
  } catch (error) {
    if (signal?.aborted) throw error
    throw new ReadFailure(unreachable)
  }
  if (isRefusal(body)) throw new ReadFailure(body.error)
  if (!response.ok) throw new ReadFailure(unreachable)
  return body as T // our own handler, typed by the reader it calls
}

/** Returns why a read failed, in words for the screen; null where it did not. */
export const failureOf = (error: Error | null): Failure | null =>
  error instanceof ReadFailure
    ? error.failure
    : error && { code: 'unexpected', message: 'The answer could not be used.' }
