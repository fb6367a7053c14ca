import 'server-only'
import { randomUUID } from 'node:crypto'
import { AppError } from '../errors'
import { log } from '../log'
import type { Failure } from '../result'

/** A failure for the screen. What we did not expect is logged under a reference, and only the reference is shown. */
export function toFailure(error: unknown, where: string): Failure {
  if (error instanceof AppError) {
    const { fields, ref, permission } = error.details
    return { code: error.code, message: error.message, fields, ref, permission }
  }
  const ref = randomUUID()
  log.error({ ref, where, err: error }, 'unexpected failure')
  return { code: 'unexpected', message: `Something failed on our side. Reference ${ref}.`, ref }
}
