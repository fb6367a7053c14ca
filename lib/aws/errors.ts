import 'server-only'
import { AppError, type ErrorCode } from '../errors'
import { classify, type ProblemKind } from './problem'

/**
 * An AWS call that did not succeed, already understood. It stays inside lib; doors see
 * the AppError of `toAppError`.
 */
export class AwsProblem extends Error {
  override readonly name = 'AwsProblem'
  constructor(
    readonly kind: ProblemKind,
    readonly code: string,
    message: string,
    readonly api: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

/**
 * `api` as in an IAM policy: kms:ListGrants. A problem of getting credentials keeps
 * its own api, sts:AssumeRole.
 */
export function toProblem(error: unknown, api: string): AwsProblem {
  if (error instanceof AwsProblem) return error
  if (error instanceof Error && error.cause instanceof AwsProblem) return error.cause
  const { kind, code, message } = classify(error)
  return new AwsProblem(kind, code, message, api, { cause: error })
}

const codes: Record<ProblemKind, ErrorCode> = {
  denied: 'aws_denied',
  throttled: 'aws_throttled',
  unavailable: 'aws_unavailable',
  unsupported: 'aws_unavailable',
  notFound: 'not_found',
  state: 'conflict',
  validation: 'invalid',
  unexpected: 'aws_unavailable',
}

/** The same in the console's few words, for a person. */
export function toAppError(problem: AwsProblem): AppError {
  return new AppError(
    codes[problem.kind],
    `AWS refused ${problem.api} (${problem.code}): ${problem.message}`,
    {},
    { cause: problem },
  )
}
