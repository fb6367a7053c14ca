import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readJson, readReceived } from './read-json'

let answer: (request: IncomingMessage, response: ServerResponse) => void
const asked: (string | undefined)[] = []
const server = createServer((request, response) => {
  asked.push(request.headers['if-none-match'])
  answer(request, response)
})
let address = ''
beforeAll(async () => {
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}` // a TCP server's is one
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const tagged = (tag: string, body: object) => (request: IncomingMessage, to: ServerResponse) => {
  const isHeld = request.headers['if-none-match'] === tag
  to.writeHead(isHeld ? 304 : 200, { etag: tag }).end(isHeld ? undefined : JSON.stringify(body))
}

it('keeps what is unchanged, and takes what is new', async () => {
  answer = tagged('W/"1"', { rows: [1] })
  const first = await readJson(`${address}/a`)
  expect(await readJson(`${address}/a`)).toBe(first)
  answer = tagged('W/"2"', { rows: [1, 2] })
  expect(await readJson(`${address}/a`)).toEqual({ rows: [1, 2] })
  expect(await readJson(`${address}/a`)).toEqual({ rows: [1, 2] })
  expect(asked).toEqual([undefined, 'W/"1"', 'W/"1"', 'W/"2"'])
})

it('holds one answer for each address, and forgets it when none with a tag comes', async () => {
  answer = tagged('W/"1"', { of: 'b' })
  await readJson(`${address}/b`)
  asked.length = 0
  await readJson(`${address}/c`)
  answer = (_, response) => response.end('{}')
  await readJson(`${address}/b`)
  await readJson(`${address}/b`)
  expect(asked).toEqual([undefined, 'W/"1"', undefined])
})

it('says of a refusal what it says, whatever was held', async () => {
  answer = tagged('W/"1"', { of: 'd' })
  await readJson(`${address}/d`)
  answer = (_, response) =>
    response.writeHead(403).end('{"error":{"code":"forbidden","message":"No role."}}')
  await expect(readJson(`${address}/d`)).rejects.toThrow('No role.')
})

it('an unchanged answer says when it first came, whoever shows it next', async () => {
  const client = new QueryClient()
  const show = async () => {
    const observer = new QueryObserver(client, {
      queryKey: ['e'],
      queryFn: () => readReceived<{ now: string }>(`${address}/e`),
    })
    const { data } = await observer.refetch()
    return data
  }
  answer = tagged('W/"1"', { now: new Date().toISOString() })
  const first = await show()
  await sleep(20)
  expect(await show()).toEqual(first)
  client.clear()
  expect(await show()).toEqual(first)
  answer = tagged('W/"2"', { now: new Date().toISOString() })
  const answered = Date.now()
  expect((await show())?.receivedAt).toBeGreaterThanOrEqual(answered)
})
