// The embedded PostgreSQL of a running product: one that dies comes back where it was.
import path from 'node:path'
import { startPostgres } from './postgres.mjs'
import { Refusal } from './refusal.mjs'

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const fallsAtMost = 5
const fallsWithinMs = 60_000
/**
 * Backends of a dead server hold its memory and sockets until they notice, each at its own time.
 */
const returnWithinMs = 30_000

/**
 * @typedef {import('./postgres.mjs').PostgresOptions} PostgresOptions
 * @typedef {object} KeptPostgres
 * @property {string} url
 * @property {() => number} pid
 * @property {Promise<Error>} failed it does not come back, or dies again and again
 * @property {() => void} expectEnd it is not started again from now on: whoever uses it stops
 * @property {() => Promise<void>} stop
 */

/**
 * Starts the cluster and keeps it up: on the same port and data, so that whoever uses it only has
 * to connect again. What was committed is there; a transaction under way is not.
 * @param {PostgresOptions} options @param {{ say?: (line: string) => void }} [report]
 * @returns {Promise<KeptPostgres>}
 */
export async function keepPostgres(options, { say = console.log } = {}) {
  let current = await startPostgres(options)
  const { url, port, home } = current
  const logFile = path.join(home, 'postgres.log')
  let isStopping = false
  let fail
  const failed = new Promise((resolve) => {
    fail = resolve
  })
  const falls = []

  const keep = async () => {
    for (;;) {
      const { code, signal } = await current.exited
      if (isStopping) return
      falls.push(Date.now())
      const recent = falls.filter((at) => at > Date.now() - fallsWithinMs).length
      const how = signal ?? `status ${code}`
      if (recent >= fallsAtMost) {
        throw new Error(
          `PostgreSQL ended ${recent} times within a minute (${how}); see ${logFile}.`,
        )
      }
      say(`PostgreSQL ended (${how}) and is started again with its data; see ${logFile}.`)
      current = await startAgain({ ...options, port }, () => isStopping)
      if (isStopping) return current.stop() // nobody else knows of it: the stop saw the one before
    }
  }
  const keeping = keep().catch((error) => {
    if (!isStopping) fail(error)
  })
  const expectEnd = () => {
    isStopping = true
  }
  return {
    url,
    failed,
    expectEnd,
    pid: () => current.pid,
    stop: async () => {
      expectEnd()
      await current.stop()
      await keeping
    },
  }
}

/** @param {PostgresOptions} options @param {() => boolean} isUnwanted */
async function startAgain(options, isUnwanted) {
  for (const until = Date.now() + returnWithinMs; ; await sleep(100)) {
    try {
      return await startPostgres(options)
    } catch (error) {
      const isHeld = error instanceof Refusal && /still in use|TCP\/IP sockets/.test(error.message)
      if (!isHeld || isUnwanted() || Date.now() > until) throw error
    }
  }
}
