import 'server-only'
import { AppError } from '../errors'
import { sql, type Queryable } from './client'

type Row = { now: Date | null }

/**
 * Returns the database's time: the one clock that ends, deadlines and leases are decided by. Never
 * this process's own, which is another for each process.
 * @throws AppError unexpected when the database does not say what time it is: then nothing is
 * decided.
 */
export async function readClock(from: Pick<Queryable, 'query'> = sql): Promise<Date> {
  const [row] = await from.query<Row>('SELECT claviger_now() AS now')
  if (row?.now) return row.now
  throw new AppError('unexpected', 'The database did not say what time it is, so nothing was done.')
}
