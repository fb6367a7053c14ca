import { AppError, makeBusy } from '../errors'

/** How pg's pool and Prisma say that no connection became free in time. */
const fullPool =
  /timeout exceeded when trying to connect|Unable to start a transaction in the given time/

/**
 * Says when all connections were in use for as long as we wait: a matter of trying again. Other
 * errors come back as they are.
 */
export function toBusy(error: Error): Error
export function toBusy(error: unknown): unknown
export function toBusy(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof AppError || !fullPool.test(error.message))
    return error
  return makeBusy(error)
}
