import 'server-only'
import { AppError } from '../errors'
import { sql, type Queryable } from './client'

type Row = { now: Date | null }

/**
 * Returns the time that the tests' database does not move either: what AWS says is measured by it.
 * @throws AppError as readClock does.
 */
export const readWallClock = (from: Pick<Queryable, 'query'> = sql): Promise<Date> =>
  readTime(from, 'SELECT clock_timestamp() AS now')

/**
 * Returns the database's time: the one clock that ends, deadlines and leases are decided by. Never
 * this process's own, which is another for each process.
 * @throws AppError unexpected when the database does not say what time it is: then nothing is
 * decided.
 */
export const readClock = (from: Pick<Queryable, 'query'> = sql): Promise<Date> =>
  readTime(from, 'SELECT claviger_now() AS now')

async function readTime(from: Pick<Queryable, 'query'>, statement: string): Promise<Date> {
  const [row] = await from.query<Row>(statement)
  if (row?.now) return row.now
  throw new AppError('unexpected', 'The database did not say what time it is, so nothing was done.')
}
