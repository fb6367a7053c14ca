// Children that never outlive us: each in a process group of its own, each known to the guard.
import { spawn } from 'node:child_process'
import path from 'node:path'

/**
 * What the guard must know to end a child: Postgres is asked by its postmaster alone (its backends
 * must not see the signal), everything else by its whole group.
 * @typedef {{ pid: number, group: boolean, signal: NodeJS.Signals }} Ward
 * @typedef {import('node:child_process').SpawnOptions & { ward?: Partial<Ward> }} GuardedOptions
 * @typedef {{
 *   child: import('node:child_process').ChildProcess
 *   pid: number
 *   exited: Promise<{ code: number | null, signal: NodeJS.Signals | null }>
 *   stop: (graceMs?: number) => Promise<void>
 * }} Guarded
 */

/** @type {import('node:stream').Writable | undefined} */
let pipe

function tellGuard(message) {
  if (!pipe || pipe.destroyed) {
    const guard = spawn(process.execPath, [path.join(import.meta.dirname, 'guard.mjs')], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    })
    guard.unref()
    guard.stdin.on('error', () => {}) // a guard that is gone is replaced at the next message
    if ('unref' in guard.stdin && typeof guard.stdin.unref === 'function') guard.stdin.unref()
    pipe = guard.stdin
  }
  pipe.write(JSON.stringify(message) + '\n')
}

/** Removes a throw-away folder when this process is gone, however it went. @param {string} dir */
export function removeAtEnd(dir) {
  tellGuard({ litter: dir })
  return dir
}

/** Is anything left of this process or group? @param {number} target negative for a group */
export function isAlive(target) {
  try {
    process.kill(target, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** @param {number} target @param {NodeJS.Signals} signal */
export function sendSignal(target, signal) {
  try {
    process.kill(target, signal)
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}

/**
 * Spawns a child that ends with us, however we end.
 * @param {string} command @param {string[]} args @param {GuardedOptions} [options]
 * @returns {Guarded}
 */
export function spawnGuarded(command, args, { ward: wish, ...options } = {}) {
  const child = spawn(command, args, { ...options, detached: true })
  const { pid } = child
  /** @type {Guarded['exited']} */
  const exited = new Promise((resolve) => {
    child.once('error', () => resolve({ code: 127, signal: null }))
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
  if (pid === undefined) return { child, pid: 0, exited, stop: async () => {} }
  /** @type {Ward} */
  const ward = { group: true, signal: 'SIGTERM', ...wish, pid }
  tellGuard({ watch: ward })
  exited.then(() => endLeftBehind(pid))
  return { child, pid, exited, stop: (graceMs = 8_000) => stop(ward, exited, graceMs) }
}

/**
 * Grandchildren that outlive the child: asked, then ended. The guard keeps
 * watching until none is left.
 * @param {number} pid
 */
function endLeftBehind(pid) {
  if (!isAlive(-pid)) return tellGuard({ forget: pid })
  sendSignalQuietly(-pid, 'SIGTERM')
  setTimeout(() => {
    sendSignalQuietly(-pid, 'SIGKILL')
    tellGuard({ forget: pid })
  }, 1_000).unref()
}

function sendSignalQuietly(target, signal) {
  try {
    sendSignal(target, signal)
  } catch {
    // EPERM: the group's last member is a zombie of another user
  }
}

/** @param {Ward} ward @param {Guarded['exited']} exited @param {number} graceMs */
async function stop(ward, exited, graceMs) {
  sendSignal(ward.group ? -ward.pid : ward.pid, ward.signal)
  let timer
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, graceMs, 'late')
  })
  if ((await Promise.race([exited, late])) === 'late') {
    sendSignalQuietly(-ward.pid, 'SIGKILL')
    await exited
  }
  clearTimeout(timer)
}
