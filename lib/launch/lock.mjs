import * as fs from 'node:fs'
import { isAlive } from './processes.mjs'

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** Takes a lock file if it is free or its holder is dead. @param {string} file @returns {number} 0 when taken, else the holder's pid */
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
      const holder = Number(fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : 0)
      if (holder === process.pid || (holder && isAlive(holder))) return holder
      fs.rmSync(file, { force: true })
    } finally {
      fs.rmSync(mine, { force: true })
    }
  }
  throw new Error(`could not take ${file}`)
}

/** Lets go of a lock that is ours. @param {string} file */
export function unlock(file) {
  if (fs.existsSync(file) && Number(fs.readFileSync(file, 'utf8')) === process.pid) fs.rmSync(file, { force: true })
}

/** Runs one thing at a time over all processes. @template T @param {string} file @param {() => Promise<T> | T} run @param {number} [patienceMs] */
export async function withLock(file, run, patienceMs = 600_000) {
  const start = Date.now()
  while (tryLock(file)) {
    if (Date.now() - start > patienceMs) throw new Error(`${file} is held by process ${fs.readFileSync(file, 'utf8')}`)
    await sleep(100)
  }
  try {
    return await run()
  } finally {
    unlock(file)
  }
}
