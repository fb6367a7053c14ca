import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { keepRunning, waitFor } from './children.mjs'
import { isAlive } from './processes.mjs'

const logDir = mkdtempSync(path.join(os.tmpdir(), 'claviger-children-'))
afterAll(() => rmSync(logDir, { recursive: true, force: true }))
const part = (name: string, program: string) => ({ name, args: ['-e', program], env: process.env })

test('a part that falls is started again, and stops when told to', async () => {
  const lines: string[] = []
  const running = keepRunning(
    part('steady', 'console.log(process.env.CLAVIGER_PART); setInterval(() => {}, 1000)'),
    { logDir, say: (line) => lines.push(line) },
  )
  const expectGreetings = (count: number) =>
    vi.waitFor(
      () => expect(readFileSync(running.logFile, 'utf8').match(/steady/g)).toHaveLength(count),
      { timeout: 10_000 },
    )
  const first = running.pid()
  await expectGreetings(1)
  process.kill(first, 'SIGKILL')
  await vi.waitFor(() => expect(running.pid()).not.toBe(first), { timeout: 10_000 })
  expect(lines).toEqual([
    expect.stringContaining('The steady ended (SIGKILL) and is started again'),
  ])
  const second = running.pid()
  await expectGreetings(2)
  await running.stop()
  await vi.waitFor(() => expect(isAlive(second)).toBe(false), { timeout: 5_000 })
})

test('one that falls again and again ends the start, with its last words', async () => {
  const running = keepRunning(part('failing', `console.error('no such table'); process.exit(3)`), {
    logDir,
    say: () => {},
  })
  const error = await running.failed
  expect(error.message).toMatch(/The failing ended 5 times within a minute.*no such table/s)
})

test('waiting ends with the answer, and says the last problem when time is up', async () => {
  let asked = 0
  const server = http
    .createServer((_, response) => response.writeHead(++asked > 3 ? 200 : 503).end('not yet'))
    .listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`
  expect((await waitFor(url)).status).toBe(200)
  asked = -1000
  await expect(waitFor(url, { timeoutMs: 200 })).rejects.toThrow('503 not yet')
  server.close()
})
