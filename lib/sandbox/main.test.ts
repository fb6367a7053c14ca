import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'

/** As `npm run sandbox` starts it. */
function start(...args: string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'lib/sandbox/main.ts', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output: string[] = []
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk.toString()))
  return { child, said: () => output.join('') }
}

it('says one line when it is ready, answers, and ends on SIGTERM with a connection still open', async () => {
  const { child, said } = start('--port', '0', '--scenario', 'empty')
  await expect.poll(said, { timeout: 25_000 }).toMatch(/http:\/\/127\.0\.0\.1:\d+/)
  const [address] = /http:\/\/127\.0\.0\.1:\d+/.exec(said()) ?? []
  expect(await (await fetch(`${address}/_sandbox/health`)).json()).toMatchObject({
    ok: true,
    scenario: 'empty',
  })
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
  expect(said().trim().split('\n')).toHaveLength(1)
})

it('says in one line what is wrong', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  const wrong = [
    [['--port', String(port)], /EADDRINUSE/],
    [['--scenario', 'x'], /scenario/],
    [['--keys', 'many', '--port', '0'], /keys/],
  ] as const
  await Promise.all(
    wrong.map(async ([args, words]) => {
      const { child, said } = start(...args)
      expect(await once(child, 'close')).toEqual([1, null])
      expect(said()).toMatch(words)
      expect(said().trim().split('\n')).toHaveLength(1)
    }),
  )
  taken.close()
}, 120_000)
