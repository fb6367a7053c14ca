// The long-running parts of one start: each logs to its own file, is started again when
// it falls, and ends with us.
import * as fs from 'node:fs'
import path from 'node:path'
import { rootDir } from './paths.mjs'
import { spawnGuarded } from './processes.mjs'
import { tailOf } from './run-tool.mjs'

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const restartsAtMost = 5
const restartWindowMs = 60_000

/**
 * @typedef {{ name: string, args: string[], env: NodeJS.ProcessEnv, graceMs?: number }} Part
 * @typedef {{
 *   name: string
 *   pid: () => number
 *   logFile: string
 *   failed: Promise<Error>
 *   stop: () => Promise<void>
 * }} RunningPart
 */

/** @param {string} file */
function openLog(file) {
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  if ((fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 20_000_000)
    fs.renameSync(file, `${file}.old`)
  return fs.openSync(file, 'a', 0o600)
}

/**
 * Starts a part and keeps it up. One that falls again and again ends the whole start (`failed`).
 * @param {Part} part
 * @param {{ logDir: string, say?: (line: string) => void, toTerminal?: boolean }} options
 * @returns {RunningPart}
 */
export function keepRunning(part, { logDir, say = console.log, toTerminal = false }) {
  const logFile = path.join(logDir, `${part.name}.log`)
  let stopping = false
  let current
  const falls = []
  let fail
  const failed = new Promise((resolve) => {
    fail = resolve
  })

  const run = async () => {
    while (!stopping) {
      const log = toTerminal ? 'inherit' : openLog(logFile)
      const before = toTerminal ? 0 : fs.fstatSync(log).size
      current = spawnGuarded(process.execPath, part.args, {
        cwd: rootDir,
        env: { ...part.env, CLAVIGER_PART: part.name },
        stdio: ['ignore', log, log],
      })
      if (!toTerminal) fs.closeSync(log)
      const { code, signal } = await current.exited
      if (stopping) return
      falls.push(Date.now())
      const recent = falls.filter((at) => at > Date.now() - restartWindowMs).length
      const words = toTerminal
        ? ''
        : tailOf(fs.readFileSync(logFile).subarray(before).toString(), 8)
      if (recent >= restartsAtMost)
        return fail(
          new Error(
            `The ${part.name} ended ${recent} times within a minute. Its last words (${logFile}):\n${words}`,
          ),
        )
      say(
        `The ${part.name} ended (${signal ?? `status ${code}`}) and is started again; see ${logFile}.`,
      )
      await sleep(250 * 2 ** (recent - 1))
    }
  }
  void run()
  return {
    name: part.name,
    logFile,
    failed,
    pid: () => current.pid,
    stop: async () => {
      stopping = true
      await current.stop(part.graceMs)
    },
  }
}

/**
 * Asks an address until it answers 2xx.
 * @param {string} url
 * @param {{ timeoutMs?: number, unless?: Promise<Error> }} [options]
 * @returns {Promise<Response>} the good answer; throws with the last problem when time is
 *   up or the part fell for good
 */
export async function waitFor(url, { timeoutMs = 60_000, unless } = {}) {
  let gone
  unless?.then((error) => {
    gone = error
  })
  let problem = 'no answer'
  for (const until = Date.now() + timeoutMs; Date.now() < until; await sleep(60)) {
    if (gone) throw gone
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(5_000), redirect: 'manual' })
      if (answer.ok) return answer
      problem = `${answer.status} ${(await answer.text()).slice(0, 300)}`
    } catch (error) {
      problem = error.cause?.message ?? error.message
    }
  }
  throw new Error(`${url} did not get ready within ${timeoutMs / 1000} s: ${problem}`)
}
