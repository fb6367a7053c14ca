/** Why something was refused or failed, in the few words the whole console knows. */
export type ErrorCode =
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'invalid'
  | 'conflict'
  | 'aws_denied'
  | 'aws_throttled'
  | 'aws_unavailable'
  | 'unexpected'

/** The one error class. Its message is written for the person who reads it on the screen. */
export class AppError extends Error {
  override readonly name = 'AppError'
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: { fields?: Record<string, string[]>; permission?: string; ref?: string } = {},
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

/** HTTP status of a code, for handlers and pages. */
export const statusOf: Record<ErrorCode, number> = {
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  invalid: 400,
  conflict: 409,
  aws_denied: 502,
  aws_throttled: 503,
  aws_unavailable: 503,
  unexpected: 500,
}
