import { spawn } from 'node:child_process'
import net from 'node:net'
import path from 'node:path'
import { expect, test } from 'vitest'
import { pickPort } from './ports.mjs'

const listen = (port: number, host: string) =>
  new Promise<net.Server>((resolve, reject) => {
    const server = net
      .createServer()
      .once('error', reject)
      .listen(port, host, () => resolve(server))
  })
const portOf = (server: net.Server) => {
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

test.each(['127.0.0.1', '::1'])(
  'a port taken on %s is passed over for the next free one',
  async (host) => {
    const holder = await listen(0, host).catch(() => null)
    if (!holder) return // no IPv6 on this machine
    const taken = portOf(holder)
    const picked = await pickPort(taken)
    expect(picked).toBeGreaterThan(taken)
    expect(picked).toBeLessThan(taken + 200)
    holder.close()
  },
)

test('one start never gets the same port twice', async () => {
  const taken = new Set<number>()
  const wanted = await pickPort(0)
  const picked = [
    await pickPort(wanted, { taken }),
    await pickPort(wanted, { taken }),
    await pickPort(0, { taken }),
  ]
  expect(new Set(picked).size).toBe(3)
})

test('a server gets no port that an outgoing connection could be given while it is down', async () => {
  const picked = await Promise.all(Array.from({ length: 50 }, () => pickPort(0)))
  expect(Math.max(...picked)).toBeLessThan(32_768)
})

test('two launchers that look at the same moment get different ports', async () => {
  const wanted = await pickPort(0)
  const other = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `
    import { pickPort } from ${JSON.stringify(path.join(import.meta.dirname, 'ports.mjs'))}
    console.log(await pickPort(${wanted})); setInterval(() => {}, 1000)`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const theirs = await new Promise<number>((resolve) =>
    other.stdout.once('data', (data: Buffer) => resolve(Number(data.toString()))),
  )
  expect(await pickPort(wanted)).not.toBe(theirs) // nobody listens there yet
  const gone = new Promise((resolve) => other.once('exit', resolve))
  other.kill('SIGKILL')
  await gone
  expect(await pickPort(theirs)).toBe(theirs) // a dead launcher's name holds nothing
})

test('a HOST that is not of this machine is refused in words', async () => {
  await expect(pickPort(0, { host: '192.0.2.1' })).rejects.toThrow(
    'HOST=192.0.2.1 is not an address of this machine',
  )
})
