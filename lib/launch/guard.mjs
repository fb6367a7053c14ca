// A process that outlives a launcher killed with -9: it holds the reading end of a pipe from the
// launcher, learns of each child over it, and when the pipe closes without a goodbye it ends those
// children. Started by processes.mjs only.
import { rmSync } from 'node:fs'
import { createInterface } from 'node:readline'

/** @type {Map<number, import('./processes.mjs').Ward>} */
const wards = new Map()
/** Throw-away folders, removed when their maker is gone. @type {Set<string>} */
const litter = new Set()

/** @param {number} target @param {NodeJS.Signals | 0} signal */
function signal(target, signal) {
  try {
    process.kill(target, signal)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

async function endAll() {
  for (const ward of wards.values()) signal(ward.group ? -ward.pid : ward.pid, ward.signal)
  const until = Date.now() + 3_000
  while (Date.now() < until && [...wards.keys()].some((pid) => signal(-pid, 0))) await sleep(50)
  for (const { pid } of wards.values()) signal(-pid, 'SIGKILL')
  for (const dir of litter)
    rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
}

// Ctrl-C reaches a whole terminal group; the launcher decides then, and the guard waits for its
// pipe.
for (const ignored of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
  process.on(ignored, () => {})

const lines = createInterface({ input: process.stdin })
lines.on('line', (line) => {
  const message = JSON.parse(line)
  if (message.watch) wards.set(message.watch.pid, message.watch)
  if (message.forget) wards.delete(message.forget)
  if (message.litter) litter.add(message.litter)
})
lines.on('close', async () => {
  await endAll()
  process.exit(0)
})
