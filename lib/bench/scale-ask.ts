// Asks an address over HTTP as a browser does, and says what the answer cost.
import http from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import type { Address } from './scale-addresses'
import { listBroken, type Measured } from './scale-bounds'
import type { Cost, CountingPostgres, StatementCost } from './scale-postgres'
import { summary, type Timed } from './timing'

export type Answer = {
  status: number
  ms: number
  /** Of the body as it is read, and as it travels. */
  bytes: number
  wire: number
  /** A page or answer that says it failed, or none within the time. A refusal is no failure. */
  isFailed: boolean
}

const late: Answer = { status: 0, ms: 0, bytes: 0, wire: 0, isFailed: true }

/** @param keep false: the body of a large download is only counted */
export function askOver(
  url: string,
  cookie: string,
  path: string,
  { timeoutMs = 30_000, keep = true } = {},
): Promise<Answer> {
  const { hostname, port, host } = new URL(url)
  const began = performance.now()
  const headers = { host, cookie, 'accept-encoding': 'gzip', accept: 'text/html, */*' }
  return new Promise((resolve) => {
    const giveUp = () => resolve({ ...late, ms: performance.now() - began })
    const request = http.get({ hostname, port, path, headers }, (response) => {
      const parts: Buffer[] = []
      let wire = 0
      response.on('data', (part: Buffer) => {
        wire += part.length
        if (keep) parts.push(part)
      })
      response.on('error', giveUp)
      response.on('end', () => {
        const ms = performance.now() - began
        const whole = Buffer.concat(parts)
        const isPacked = response.headers['content-encoding'] === 'gzip'
        // Of an answer that was broken off there is no whole.
        if (!response.complete) return giveUp()
        const body = isPacked && keep ? gunzipSync(whole) : whole
        const status = response.statusCode ?? 0
        const isFailed = status >= 500 || saysFailed(status, body)
        resolve({ status, ms, bytes: keep ? body.length : wire, wire, isFailed })
      })
    })
    request.setTimeout(timeoutMs, () => request.destroy())
    // a stream of a page goes on for as long as it likes: the whole has an end too
    const timer = setTimeout(() => request.destroy(), timeoutMs)
    request.on('close', () => clearTimeout(timer))
    request.on('error', giveUp)
  })
}

/** A refusal is an answer: a person of one account has no audit log. Anything else is not. */
function saysFailed(status: number, body: Buffer): boolean {
  if (status === 401 || status === 403) return false
  const [, code = ''] = /data-failure="(\w+)"/.exec(body.toString()) ?? []
  return code !== '' && !refusals.includes(code)
}
const refusals = ['forbidden', 'conflict']

export type Figure = {
  who: string
  address: Address
  status: number
  asked: number
  p50: number
  p95: number
  cost: Cost
  postgresP95: number
  kilobytes: number
  wireKilobytes: number
  broken: string[]
  dearest: StatementCost[]
}

const slowMs = 5_000

/** Waits for the end of what was given up, so that the next address does not pay for it. */
async function untilFree(ask: (path: string) => Promise<Answer>): Promise<void> {
  for (let tries = 0; tries < 20; tries += 1) {
    const { status, ms } = await ask('/api/health')
    if (status === 200 && ms < 1_000) return
    await sleep(1_000)
  }
}

/** Asks once to warm up, then `rounds` times; what takes long is not asked again. */
export async function measureAddress(
  postgres: CountingPostgres,
  ask: (path: string) => Promise<Answer>,
  address: Address,
  { who, rounds }: { who: string; rounds: number },
): Promise<Figure> {
  await postgres.begin()
  let answer = await ask(address.path)
  const isSlow = answer.ms > slowMs || address.kind === 'export'
  const times: Timed[] = [{ ms: answer.ms, what: address.path }]
  const costs: Cost[] = [await postgres.read()]
  if (answer.status === 0) {
    await postgres.cancelAll()
    await untilFree(ask)
  }
  for (let round = 0; round < rounds && !isSlow; round += 1) {
    await postgres.begin()
    answer = await ask(address.path)
    times.push({ ms: answer.ms, what: address.path })
    costs.push(await postgres.read())
  }
  const dearest = await postgres.readDearest()
  const warm = times.length > 1 ? 1 : 0
  return figureOf({
    who,
    address,
    answer,
    times: times.slice(warm),
    costs: costs.slice(warm),
    dearest,
  })
}

function figureOf(measured: {
  who: string
  address: Address
  answer: Answer
  times: Timed[]
  costs: Cost[]
  dearest: StatementCost[]
}): Figure {
  const { who, address, answer, times, costs, dearest } = measured
  const middle = (pick: (cost: Cost) => number) =>
    costs.map(pick).toSorted((a, b) => a - b)[Math.floor(costs.length / 2)] ?? 0
  const cost = {
    statements: middle(({ statements }) => statements),
    rows: middle(({ rows }) => rows),
    blocks: middle(({ blocks }) => blocks),
    ms: middle(({ ms }) => ms),
  }
  const postgresP95 = summary(costs.map(({ ms }) => ({ ms, what: '' }))).p95
  const kilobytes = answer.bytes / 1000
  const found: Measured = { ...cost, postgresMs: postgresP95, kilobytes }
  const { p50, p95 } = summary(times)
  return {
    who,
    address,
    status: answer.status,
    asked: times.length,
    p50,
    p95,
    cost,
    postgresP95,
    kilobytes,
    wireKilobytes: answer.wire / 1000,
    broken: [...wordsOf(address, answer), ...listBroken(address, found)],
    dearest,
  }
}

/** What is not there on purpose, and NextAuth's own answer. */
const absent = ['/[...rest]', '/api/auth/[...nextauth]']

function wordsOf({ door }: Address, { status, isFailed }: Answer): string[] {
  if (status === 0) return ['no answer in time']
  if (isFailed) return [`failed with status ${status}`]
  const isWrong = status >= 400 && status !== 403 && !absent.includes(door)
  return isWrong ? [`asked wrongly: status ${status}`] : []
}
