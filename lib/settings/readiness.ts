import 'server-only'
import { sql } from '../db/client'
import { log } from '../log'
import { noticeSilence } from './worker-health'

/** Whether this process can serve pages: Postgres answers within two seconds and has our tables. */
export async function readiness(): Promise<boolean> {
  try {
    await Promise.race([
      sql.query('SELECT 1 FROM "Person" LIMIT 1'),
      new Promise((_, reject) =>
        setTimeout(
          () => reject(new Error('the database did not answer within 2 s')),
          2_000,
        ).unref(),
      ),
    ])
    return true
  } catch (error) {
    log.warn({ err: error }, 'not ready')
    return false
  }
}

/** Whether a worker was heard lately. */
export async function readWorkerState(): Promise<'running' | 'silent' | 'unknown'> {
  try {
    return (await noticeSilence()) === null ? 'running' : 'silent'
  } catch (error) {
    log.warn({ err: error }, 'the heartbeat of the workers cannot be read')
    return 'unknown'
  }
}
