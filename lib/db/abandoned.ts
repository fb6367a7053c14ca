import 'server-only'
import pg from 'pg'
import { log } from '@/lib/log'

/**
 * Ends what a connection works on as soon as whoever asked for it has gone: a closed tab, a page
 * that was left. The connection goes with it, so that the end can meet nobody who gets it next.
 * To be called each time that the pool hands the connection out, with the signal of who asked.
 */
export function endWhenAbandoned(
  client: pg.PoolClient,
  config: pg.ClientConfig,
  abandoned: AbortSignal | undefined,
): void {
  if (!abandoned) return
  const { release } = client
  let isOver = false
  const end = () => {
    isOver = true
    void terminate(client, config)
  }
  client.release = (error) => {
    abandoned.removeEventListener('abort', end)
    release(isOver || error)
  }
  if (abandoned.aborted) end()
  else abandoned.addEventListener('abort', end, { once: true })
}

/** From a connection of its own: those of the pool might all be at work. */
async function terminate(client: pg.PoolClient, config: pg.ClientConfig): Promise<void> {
  const pid: unknown = Reflect.get(client, 'processID') // pg declares no type for it
  const other = new pg.Client(config)
  other.on('error', () => {})
  try {
    await other.connect()
    await other.query('SELECT pg_terminate_backend($1::int)', [pid])
  } catch (error) {
    log.warn({ err: error }, 'a statement that nobody waits for goes on until its time is over')
  } finally {
    await other.end().catch(() => {})
  }
}
