import net from 'node:net'
import { expect, test } from 'vitest'
import { pickPort } from './ports.mjs'

const listen = (port: number, host: string) => new Promise<net.Server>((resolve, reject) => {
  const server = net.createServer().once('error', reject).listen(port, host, () => resolve(server))
})
const portOf = (server: net.Server) => {
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

test.each(['127.0.0.1', '::1'])('a port taken on %s is passed over for the next free one', async (host) => {
  const holder = await listen(0, host).catch(() => null)
  if (!holder) return // no IPv6 on this machine
  const taken = portOf(holder)
  const picked = await pickPort(taken)
  expect(picked).toBeGreaterThan(taken)
  expect(picked).toBeLessThan(taken + 200)
  holder.close()
})

test('one start never gets the same port twice', async () => {
  const taken = new Set<number>()
  const wanted = await pickPort(0)
  const picked = [await pickPort(wanted, { taken }), await pickPort(wanted, { taken }), await pickPort(0, { taken })]
  expect(new Set(picked).size).toBe(3)
})

test('a HOST that is not of this machine is refused in words', async () => {
  await expect(pickPort(0, { host: '192.0.2.1' })).rejects.toThrow('HOST=192.0.2.1 is not an address of this machine')
})
