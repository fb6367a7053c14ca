import { spawnSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { tryLock, unlock } from './lock.mjs'
import { claimDataDir, releaseDataDir, writeRun } from './run-state.mjs'

const dir = mkdtempSync(path.join(os.tmpdir(), 'claviger-lock-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))
const deadPid = spawnSync(process.execPath, ['-e', '']).pid

test('a lock held by a dead process is taken over, one held by a living process is not', () => {
  const file = path.join(dir, 'a.lock')
  writeFileSync(file, String(deadPid))
  expect(tryLock(file)).toBe(0)
  unlock(file)
  writeFileSync(file, String(process.ppid))
  expect(tryLock(file)).toBe(process.ppid)
})

test('several processes are never inside at once, also where holders die', async () => {
  const [file, inside, done] = ['b.lock', 'inside', 'done'].map((name) =>
    JSON.stringify(path.join(dir, name)),
  )
  const worker = `
    import { tryLock, unlock } from ${JSON.stringify(path.join(import.meta.dirname, 'lock.mjs'))}
    import fs from 'node:fs'
    for (let i = 0; i < 150; i++) {
      while (tryLock(${file})) await new Promise((resolve) => setTimeout(resolve, Math.random() * 2))
      fs.writeFileSync(${inside}, '', { flag: 'wx' }) // throws where another is inside
      fs.appendFileSync(${done}, '.')
      fs.rmSync(${inside})
      if (i % 3 === 0) { // as if it had died with it
        fs.writeFileSync(${file} + process.pid, '${deadPid}')
        fs.renameSync(${file} + process.pid, ${file})
      } else unlock(${file})
    }`
  const ends = await Promise.all(
    [1, 2, 3, 4].map(
      () =>
        new Promise((resolve) =>
          spawn(process.execPath, ['--input-type=module', '-e', worker], { stdio: 'inherit' }).once(
            'exit',
            resolve,
          ),
        ),
    ),
  )
  expect(ends).toEqual([0, 0, 0, 0])
  expect(readFileSync(path.join(dir, 'done'), 'utf8')).toHaveLength(600)
}, 60_000)

test('a second start on the same data is told where the first one runs; after its death it goes on', () => {
  const data = path.join(dir, 'data')
  claimDataDir(data)
  const state = {
    launcher: process.pid,
    startedAt: '',
    url: 'http://localhost:3999',
    web: '',
    sandbox: null,
    identityProvider: null,
    issuer: '',
    database: '',
    aws: 'sandbox',
    logs: '',
    pids: {},
  }
  writeRun(data, state)
  const claim = () =>
    spawnSync(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `
    import { claimDataDir } from ${JSON.stringify(path.join(import.meta.dirname, 'run-state.mjs'))}
    import { runMain } from ${JSON.stringify(path.join(import.meta.dirname, 'refusal.mjs'))}
    await runMain(async () => claimDataDir(${JSON.stringify(data)}))`,
      ],
      { encoding: 'utf8' },
    )
  const second = claim()
  expect(second.stderr).toContain('runs already at http://localhost:3999')
  expect(second.stderr.trim().split('\n')).toHaveLength(1)
  expect(second.status).toBe(1)
  releaseDataDir(data)
  expect(claim().status).toBe(0)
})
