import 'server-only'
import pg from 'pg'
import { log } from '@/lib/log'

/** Who asked has gone before a connection became free: their statement was never sent. */
export class NobodyWaits extends Error {
  constructor() {
    super('Nobody waits for this statement any more')
  }
}

/**
 * Ends what a connection works on as soon as whoever asked for it has gone: a closed tab, a page
 * that was left. The connection goes with it, so that the end can meet nobody who gets it next.
 * To be called each time that the pool hands the connection out, with the signal of who asked.
 */
export function endWhenAbandoned(
  client: pg.PoolClient,
  ends: pg.Pool,
  abandoned: AbortSignal | undefined,
): void {
  if (!abandoned) return
  const { release } = client
  let isOver = false
  const end = () => {
    isOver = true
    void terminate(client, ends)
  }
  client.release = (error) => {
    abandoned.removeEventListener('abort', end)
    release(isOver || error)
  }
  abandoned.addEventListener('abort', end, { once: true })
}

/**
 * Opens a connection beside those of a pool, which might all be at work. One for all ends, since a
 * hundred closed tabs must not cost the others a hundred logins.
 */
export function openEnds(config: pg.PoolConfig): pg.Pool {
  const ends = new pg.Pool({
    ...config,
    max: 1,
    idleTimeoutMillis: 10_000,
    connectionTimeoutMillis: 0, // an end waits for the others before it
    allowExitOnIdle: true,
  })
  ends.on('error', () => {})
  ends.on('connect', (client) => client.on('error', () => {}))
  return ends
}

async function terminate(client: pg.PoolClient, ends: pg.Pool): Promise<void> {
  const pid: unknown = Reflect.get(client, 'processID') // pg declares no type for it
  try {
    await ends.query('SELECT pg_terminate_backend($1::int)', [pid])
  } catch (error) {
    log.warn({ err: error }, 'a statement that nobody waits for goes on until its time is over')
  }
}
