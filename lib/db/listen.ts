import 'server-only'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { log } from '../log'
import { connectionOf } from './client'

/** Channel on which triggers name what has something to do (prisma/sql/work.sql). */
type Channel = 'claviger_work'

export type Listener = { close: () => Promise<void> }

/**
 * Listens on a connection of its own, and opens another whenever that one is lost. `heard` takes what
 * a notice says; and nothing each time it begins to listen, since what was said before is not known.
 */
export function listen(channel: Channel, heard: (notice: string) => void): Listener {
  const closing = new AbortController()
  const ended = keepListening(channel, heard, closing.signal)
  return {
    close() {
      closing.abort()
      return ended
    },
  }
}

const longestPauseMs = 5_000

/** Never throws: without notices the loops still look by themselves, only later. */
async function keepListening(
  channel: Channel,
  heard: (notice: string) => void,
  closing: AbortSignal,
): Promise<void> {
  for (let failures = 0; !closing.aborted; failures += 1) {
    try {
      await listenOnce(channel, heard, closing, () => {
        failures = 0
      })
    } catch (error) {
      log.warn({ err: error }, 'notices of the database could not be listened to')
    }
    const pauseMs = Math.min(longestPauseMs, 100 * 2 ** failures)
    await sleep(pauseMs, undefined, { signal: closing }).catch(() => {})
  }
}

/** Returns when the connection is lost or is to be closed. */
async function listenOnce(
  channel: Channel,
  heard: (notice: string) => void,
  closing: AbortSignal,
  begun: () => void,
): Promise<void> {
  const client = new pg.Client({ ...connectionOf('listen'), keepAlive: true })
  let end = () => {}
  const over = new Promise<void>((resolve) => {
    end = resolve
  })
  client.on('error', end)
  client.on('end', end)
  closing.addEventListener('abort', end)
  client.on('notification', ({ payload }) => heard(payload ?? ''))
  try {
    await Promise.race([client.connect(), over])
    if (closing.aborted) return
    await client.query(`LISTEN ${channel}`)
    begun()
    heard('')
    await over
  } finally {
    closing.removeEventListener('abort', end)
    client.end().catch(() => {})
  }
}
