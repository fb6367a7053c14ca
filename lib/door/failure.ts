import 'server-only'
import { randomUUID } from 'node:crypto'
import { findAppError, statusOf, type ErrorCode } from '../errors'
import { log } from '../log'
import type { Failure } from '../result'
import { answerWith, isAbandoned } from '../web/request-facts.mjs'

const usualWait: Partial<Record<ErrorCode, number>> = {
  busy: 2,
  aws_throttled: 5,
  aws_unavailable: 10,
}

/**
 * A failure for the screen. What we did not expect is logged under a reference, and
 * only the reference is shown.
 */
export function toFailure(error: unknown, where: string): Failure {
  const known = findAppError(error)
  if (known) {
    const { fields, ref, permission, retryAfterSeconds } = known.details
    if (known.code === 'busy' || known.code === 'too_much')
      log.warn({ where, err: error }, known.code)
    const { code, message } = known
    return {
      code,
      message,
      fields,
      ref,
      permission,
      retryAfterSeconds: retryAfterSeconds ?? usualWait[code],
    }
  }
  if (isAbandoned()) {
    log.info({ where, err: error }, 'failed after whoever asked had gone')
    return { code: 'unexpected', message: 'Nobody waits for this any more.' }
  }
  const ref = randomUUID()
  log.error({ ref, where, err: error }, 'unexpected failure')
  return { code: 'unexpected', message: `Something failed on our side. Reference ${ref}.`, ref }
}

/** Headers of an answer that is a failure. */
export function failureHeaders({ retryAfterSeconds }: Failure): Record<string, string> {
  return retryAfterSeconds === undefined
    ? {}
    : { 'retry-after': String(Math.ceil(retryAfterSeconds)) }
}

/**
 * A page that is drawn has status 200, whatever it says; what will pass says so to programs
 * too, and is kept by nobody.
 */
export function answerBusy(failure: Failure): void {
  if (failure.code !== 'busy' && failure.code !== 'misdirected') return
  answerWith({
    status: statusOf[failure.code],
    headers: { ...failureHeaders(failure), 'cache-control': 'no-store' },
  })
}
