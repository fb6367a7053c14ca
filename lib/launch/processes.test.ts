import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, test, vi } from 'vitest'
import { isAlive } from './processes.mjs'

const processes = path.join(import.meta.dirname, 'processes.mjs')
/** A child that will not listen, with a child of its own that will not either. */
const stubborn = `
  process.on('SIGTERM', () => {}); process.on('SIGINT', () => {})
  if (process.argv[1] !== 'leaf') {
    const { spawn } = require('child_process')
    const leaf = spawn(process.execPath, ['-e', process.env.STUBBORN, 'leaf'], { stdio: 'ignore' })
    require('fs').writeSync(1, process.pid + ' ' + leaf.pid + '\\n')
  }
  setInterval(() => {}, 1000)`
const launcher = (last: string) => `
  import { removeAtEnd, spawnGuarded } from ${JSON.stringify(processes)}
  removeAtEnd(process.env.LITTER)
  const child = spawnGuarded(process.execPath, ['-e', process.env.STUBBORN, 'root'], {
    stdio: ['ignore', 'inherit', 'ignore'],
  })
  ${last}
  setInterval(() => {}, 1000)`

/**
 * Starts a launcher with a stubborn family; resolves with the pids of the
 * family once all of it lives.
 */
async function startFamily(last = '') {
  const litter = mkdtempSync(path.join(os.tmpdir(), 'claviger-litter-'))
  const parent = spawn(process.execPath, ['--input-type=module', '-e', launcher(last)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, STUBBORN: stubborn, LITTER: litter },
  })
  const line = await new Promise<string>((resolve) =>
    parent.stdout.once('data', (data: Buffer) => resolve(data.toString())),
  )
  const pids = line.trim().split(' ').map(Number)
  expect(pids.length === 2 && pids.every(isAlive)).toBe(true)
  return { parent, pids, litter }
}
const expectGone = (pids: number[], litter: string) =>
  vi.waitFor(
    () => {
      expect(pids.filter(isAlive)).toEqual([])
      expect(existsSync(litter)).toBe(false)
    },
    { timeout: 10_000, interval: 50 },
  )

test.concurrent('a launcher killed with -9 takes a stubborn child, its child and its litter with it', async () => {
  const { parent, pids, litter } = await startFamily()
  process.kill(parent.pid ?? 0, 'SIGKILL')
  await expectGone(pids, litter)
})

test.concurrent('so does one that exits without a word', async () => {
  const { parent, pids, litter } = await startFamily(
    "process.once('SIGUSR2', () => process.exit(1))",
  )
  process.kill(parent.pid ?? 0, 'SIGUSR2')
  await expectGone(pids, litter)
})

test.concurrent('stop() ends the whole family although it does not listen', async () => {
  const { parent, pids, litter } = await startFamily(
    'setTimeout(async () => { await child.stop(300); process.exit(0) }, 600)',
  )
  expect(await new Promise((resolve) => parent.once('exit', resolve))).toBe(0)
  await expectGone(pids, litter)
})
