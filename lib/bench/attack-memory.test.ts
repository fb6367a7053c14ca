import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { isGrowing, readRss, summarize } from '../../e2e/attack/memory'

const dataDir = mkdtempSync(path.join(os.tmpdir(), 'claviger-memory-'))
afterAll(() => rmSync(dataDir, { recursive: true, force: true }))

const long = (memory: readonly (number | null)[]) =>
  isGrowing({ requests: 20_000, ...summarize(memory) })

it('tells memory that goes on growing from a heap that has its size', () => {
  expect(long([100, 300, 400, 400, 410, 400, 420, 410, 400, 415])).toBe(false)
  expect(long([100, 200, 300, 400, 500, 600, 700, 800, 900, 1000])).toBe(true)
  expect(isGrowing({ requests: 2_500, rssFirst: 100, rssLast: 900 })).toBe(false)
})

it('takes a web server that ended amid a long run for no good sign', () => {
  expect(long([100, 300, 400, 400, 410, 400, 420, null, null, null])).toBe(true)
  expect(long([])).toBe(true)
})

it.runIf(process.platform === 'linux')('knows no memory of a web server that is gone', async () => {
  const name = (web: number | undefined) =>
    writeFileSync(path.join(dataDir, 'run.json'), JSON.stringify({ pids: { web } }))
  expect(readRss(dataDir)).toBeNull()
  name(process.pid)
  expect(readRss(dataDir)).toBeGreaterThan(10)
  const gone = spawn(process.execPath, ['-e', ''])
  name(gone.pid)
  await new Promise((resolve) => gone.once('exit', resolve))
  expect(readRss(dataDir)).toBeNull()
})
