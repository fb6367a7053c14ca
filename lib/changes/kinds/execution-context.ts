import 'server-only'
import { setTimeout as sleep } from 'node:timers/promises'
import { callAws, sendOnce, type CallPlace } from '../../aws/call'
import { sql, transaction, type Queryable, type Tx } from '../../db/client'

/**
 * Everything an execution does outside of its own memory. Handed in, so that a campaign can end it
 * at any of these points as a crash would (lib/bench/faults.ts); the console itself has one.
 */
export type ExecutionContext = {
  query: Queryable['query']
  transaction: <T>(run: (tx: Tx) => Promise<T>) => Promise<T>
  /** Tried again while throttled. */
  read: <T>(place: CallPlace, api: string, send: () => Promise<T>) => Promise<T>
  /** Sent once, `before` right before it leaves. */
  write: <T>(
    place: CallPlace,
    api: string,
    before: () => Promise<void>,
    send: () => Promise<T>,
  ) => Promise<T>
  sleep: (ms: number) => Promise<void>
}

export const productionContext: ExecutionContext = {
  query: (...statement) => sql.query(...statement),
  transaction: (run) => transaction(run),
  read: callAws,
  write: sendOnce,
  sleep: async (ms) => {
    await sleep(ms)
  },
}
