import type { ErrorCode } from './errors'

export type Failure = {
  code: ErrorCode
  message: string
  fields?: Record<string, string[]>
  ref?: string
  permission?: string
  /** After how long it is worth trying again. */
  retryAfterSeconds?: number
}

/** What an action or a handler answers: the data, or a failure in the user's words. */
export type Result<T> = { ok: true; data: T } | { ok: false; error: Failure }
