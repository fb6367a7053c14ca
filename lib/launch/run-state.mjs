import * as fs from 'node:fs'
import path from 'node:path'
import { execFileSync } from 'node:child_process'
import { tryLock, unlock } from './lock.mjs'
import { makeDataDir } from './paths.mjs'
import { isAlive } from './processes.mjs'
import { Refusal } from './refusal.mjs'

/**
 * @typedef {{
 *   launcher: number
 *   startedAt: string
 *   url: string
 *   web: string
 *   sandbox: string | null
 *   identityProvider: string | null
 *   issuer: string
 *   database: string
 *   aws: string
 *   logs: string
 *   pids: Record<string, number>
 * }} RunState
 */

const runFile = (dataDir) => path.join(dataDir, 'run.json')
const lockFile = (dataDir) => path.join(dataDir, 'start.lock')

/** @param {string} dataDir @returns {RunState | null} */
export function readRun(dataDir) {
  try {
    return JSON.parse(fs.readFileSync(runFile(dataDir), 'utf8'))
  } catch {
    return null
  }
}

/**
 * Only the owner may read it: the database's password stands in it.
 * @param {string} dataDir
 * @param {RunState} state
 */
export function writeRun(dataDir, state) {
  const file = runFile(dataDir)
  fs.writeFileSync(`${file}.new`, JSON.stringify(state, null, 2) + '\n', { mode: 0o600 })
  fs.renameSync(`${file}.new`, file)
}

/** The command line of a process; empty when it is gone or cannot be seen. @param {number} pid */
function commandOf(pid) {
  try {
    if (process.platform === 'linux')
      return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  } catch {
    return ''
  }
}

const isLauncher = (pid) => /launch\/(start|test)\.mjs|vitest|playwright/.test(commandOf(pid))

/**
 * Is the launcher that wrote this still there? A process id alone may have gone to someone else.
 * @param {RunState | null} run
 */
export const isRunning = (run) => run !== null && isAlive(run.launcher) && isLauncher(run.launcher)

/** @param {string} dataDir */
function checkDataDir(dataDir) {
  try {
    makeDataDir(dataDir)
    fs.accessSync(dataDir, fs.constants.W_OK | fs.constants.X_OK)
  } catch (error) {
    throw new Refusal(
      `The folder ${dataDir} cannot be used (${error.code}). Give this user the right to ` +
        'write there, or set CLAVIGER_DATA_DIR to another folder.',
    )
  }
}

/**
 * Makes the data directory and this process its only launcher, or refuses. @param {string} dataDir
 */
export function claimDataDir(dataDir) {
  checkDataDir(dataDir)
  let holder = tryLock(lockFile(dataDir))
  if (holder === process.pid) return
  if (holder && !isLauncher(holder)) {
    // its number went to another program, after a crash and a reboot
    fs.rmSync(lockFile(dataDir), { force: true })
    holder = tryLock(lockFile(dataDir))
  }
  if (holder) {
    const run = readRun(dataDir)
    const where = isRunning(run) && run ? `runs already at ${run.url}` : 'is already starting'
    throw new Refusal(
      `Claviger ${where} (process ${holder}, data in ${dataDir}). Use that one, stop it, or ` +
        'set CLAVIGER_DATA_DIR to another folder for a second one.',
    )
  }
}

/** @param {string} dataDir */
export function releaseDataDir(dataDir) {
  if (readRun(dataDir)?.launcher === process.pid) fs.rmSync(runFile(dataDir), { force: true })
  unlock(lockFile(dataDir))
}
