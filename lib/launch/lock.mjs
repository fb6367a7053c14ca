import * as fs from 'node:fs'
import { isAlive } from './processes.mjs'

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/**
 * Takes a lock file if it is free or its holder is dead.
 * @param {string} file
 * @returns {number} 0 when taken, else the pid of who
 * holds it, or is about to take it away from the dead.
 */
export function tryLock(file) {
  for (let attempt = 0; attempt < 20; attempt++) {
    // Written beside and linked into place: the file is never there without its pid.
    const mine = `${file}.${process.pid}`
    try {
      fs.writeFileSync(mine, String(process.pid))
      fs.linkSync(mine, file)
      return 0
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    } finally {
      fs.rmSync(mine, { force: true })
    }
    const holder = holderOf(file)
    if (holder && isAlive(holder)) return holder
    if (holder === null) continue
    // One at a time, and only after another look: else the lock of whoever
    // took it meanwhile would go.
    const breaking = `${file}.breaking`
    const breaker = tryLock(breaking)
    if (breaker) return breaker
    if (holderOf(file) === holder) fs.rmSync(file, { force: true })
    unlock(breaking)
  }
  throw new Error(`could not take ${file}`)
}

/** @param {string} file @returns {number | null} null: nobody; 0: what stands there is no pid */
function holderOf(file) {
  try {
    return Number(fs.readFileSync(file, 'utf8')) || 0
  } catch (error) {
    if (error.code === 'ENOENT' || !fs.existsSync(file)) return null // also where no file can be
    throw error
  }
}

/** Lets go of a lock that is ours. @param {string} file */
export function unlock(file) {
  if (holderOf(file) === process.pid) fs.rmSync(file, { force: true })
}

/**
 * Runs one thing at a time over all processes.
 * @template T
 * @param {string} file
 * @param {() => Promise<T> | T} run
 * @param {number} [patienceMs]
 */
export async function withLock(file, run, patienceMs = 600_000) {
  const start = Date.now()
  for (let holder = tryLock(file); holder; holder = tryLock(file)) {
    if (Date.now() - start > patienceMs) throw new Error(`${file} is held by process ${holder}`)
    await sleep(100)
  }
  try {
    return await run()
  } finally {
    unlock(file)
  }
}
