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
  | 'busy'
  | 'too_many'
  | 'too_much'
  | 'misdirected'
  | 'unexpected'

/** The one error class. Its message is written for the person who reads it on the screen. */
export class AppError extends Error {
  override readonly name = 'AppError'
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: {
      fields?: Record<string, string[]>
      permission?: string
      ref?: string
      /** After how long it is worth trying again. */
      retryAfterSeconds?: number
    } = {},
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
  busy: 503,
  too_many: 429,
  too_much: 422,
  misdirected: 421,
  unexpected: 500,
}

const busyWords =
  'The console is busy: every connection to its database is in use. Try again in a moment.'

/** No connection to the database became free in time. */
export const makeBusy = (cause: unknown): AppError => new AppError('busy', busyWords, {}, { cause })

const tooMuchWords =
  'This takes the database longer than a page may take, and was stopped. ' +
  'Narrow it: a filter, fewer accounts or a shorter time.'
/** How PostgreSQL says that a statement took longer than its connection allows. */
const isTimeout = (error: Error) =>
  error.message.includes('canceling statement due to statement timeout')

/**
 * The words meant for people, also where Prisma wrapped what the pool or the database said in an
 * error of its own.
 */
export function findAppError(error: unknown): AppError | null {
  if (error instanceof AppError) return error
  if (!(error instanceof Error)) return null
  if (error.message.includes(busyWords)) return makeBusy(error)
  return isTimeout(error) ? new AppError('too_much', tooMuchWords, {}, { cause: error }) : null
}
