// What one person's questions leave to the others, and what the processes take meanwhile.
import { setTimeout as sleep } from 'node:timers/promises'
import { isGrowing, summarize } from '../../e2e/attack/memory'
import { listAddresses, type World } from './scale-addresses'
import { askOver, type Answer } from './scale-ask'
import { besideBounds as bounds } from './scale-bounds'
import { withClient } from './scale-postgres'
import type { ScaleProduct } from './scale-product'
import { summary, type Timed } from './timing'

export type Beside = {
  product: ScaleProduct
  databaseUrl: string
  /** Of the one who asks much, and of the other one, who is to notice nothing of it. */
  cookies: { much: string; other: string }
  world: World
  minutes: number
  say: (line: string) => void
}

/** Runs all of it, one after another; gives what breaks a bound. */
export async function besideOthers(beside: Beside): Promise<string[]> {
  return [
    ...(await askTheWorst(beside)),
    ...(await exportAll(beside)),
    ...(await loadAtOnce(beside)),
    ...(await wakeTheWorker(beside)),
  ]
}

/** Doors whose answer weighs, sorts or gathers most. */
const worst = [
  '/api/access/compare',
  '/api/access/external',
  '/api/access/of-principal',
  '/api/grants',
  '/api/keys/[account]/[region]/[keyId]/access',
  '/api/keys/[account]/[region]/[keyId]/policy/impact',
  '/api/requests/[id]',
]

/** Repeats until told to stop, at most every so many milliseconds. */
async function repeat(everyMs: number, isOver: () => boolean, run: () => Promise<unknown>) {
  while (!isOver()) {
    const began = performance.now()
    await run()
    await sleep(Math.max(0, everyMs - (performance.now() - began)))
  }
}

const isBad = ({ status, isFailed }: Answer) => isFailed || status !== 200
const above = (what: string, found: number, bound: number) =>
  // an unknown figure is no good figure
  found <= bound ? [] : [`${what}: ${Math.round(found)} > ${bound}`]

async function askTheWorst({ product, cookies, world, minutes, say }: Beside): Promise<string[]> {
  const { url } = product
  const asked = listAddresses(world).filter(({ door }) => worst.includes(door))
  const until = Date.now() + minutes * 60_000
  const isOver = () => Date.now() > until
  const keys: Timed[] = []
  const health: Timed[] = []
  const memory: (number | null)[] = []
  let questions = 0
  let failed = 0
  const note = (times: Timed[], answer: Answer) => {
    times.push({ ms: answer.ms, what: '' })
    if (isBad(answer)) failed += 1
  }
  await Promise.all([
    repeat(0, isOver, async () => {
      const { path } = asked[questions % asked.length] ?? { path: '/api/grants' }
      questions += 1
      await askOver(url, cookies.much, path, { timeoutMs: 60_000 })
    }),
    repeat(400, isOver, async () => note(keys, await askOver(url, cookies.other, '/api/keys'))),
    repeat(100, isOver, async () => note(health, await askOver(url, '', '/api/health'))),
    repeat(1_000, isOver, async () => memory.push(product.webMegabytes())),
  ])
  const [ofKeys, ofHealth] = [summary(keys), summary(health)]
  const most = Math.max(...memory.map((value) => value ?? NaN))
  const medians = summarize(memory)
  say(
    `\n${questions} of the worst questions in ${minutes} min; beside them the table of keys ` +
      `${JSON.stringify(ofKeys)}, health ${JSON.stringify(ofHealth)}; web ${most} MB at most, ` +
      `${medians.rssFirst} MB in the middle, ${medians.rssLast} MB in the end`,
  )
  return [
    ...above('table of keys beside the worst questions, ms p95', ofKeys.p95, bounds.keysMs),
    ...above('health beside the worst questions, ms p95', ofHealth.p95, bounds.healthMs),
    ...above('answers to another person that failed', failed, 0),
    ...above('web process, MB', most, bounds.webMegabytes),
    ...(isGrowing({ requests: Infinity, ...medians }) ? ['the web process goes on growing'] : []),
  ]
}

/** The export with most rows, and how much more memory the web process took for it. */
async function exportAll({ product, cookies, say }: Beside): Promise<string[]> {
  await sleep(5_000) // what the questions before left behind
  const before = product.webMegabytes()
  let most = before
  let isOver = false
  const watching = repeat(
    50,
    () => isOver,
    async () => {
      most = Math.max(most, product.webMegabytes())
    },
  )
  const { ms, wire, status } = await askOver(product.url, cookies.much, '/api/keys?format=csv', {
    timeoutMs: 300_000,
    keep: false,
  })
  isOver = true
  await watching
  say(
    `export of all keys: status ${status}, ${Math.round(ms)} ms, ${Math.round(wire / 1e6)} MB; ` +
      `web ${before} MB before, ${most} MB at most`,
  )
  return [
    ...(status === 200 ? [] : [`the export of all keys ended with ${status}`]),
    ...above('export of all keys, MB more', most - before, bounds.exportMegabytes),
  ]
}

/** Many page loads of one person at once: each is served, and so is the other person. */
async function loadAtOnce({ product, cookies, say }: Beside): Promise<string[]> {
  const { url } = product
  let isOver = false
  const others: Answer[] = []
  const beside = repeat(
    250,
    () => isOver,
    async () => {
      others.push(await askOver(url, cookies.other, '/keys'))
    },
  )
  const loads = await Promise.all(
    Array.from({ length: bounds.parallelLoads }, () =>
      askOver(url, cookies.much, '/keys', { timeoutMs: 120_000 }),
    ),
  )
  isOver = true
  await beside
  const bad = loads.filter(isBad).length
  const badOthers = others.filter(isBad).length
  const timesOf = (answers: Answer[]) =>
    JSON.stringify(summary(answers.map(({ ms }) => ({ ms, what: '' }))))
  say(
    `${loads.length} loads of a page at once by one person: ${timesOf(loads)}, ${bad} failed; ` +
      `another person beside them: ${timesOf(others)}, ${badOthers} failed`,
  )
  return [
    ...above(`of ${loads.length} loads at once, failed`, bad, 0),
    ...above('pages of another person beside them, failed', badOthers, 0),
  ]
}

/** Lets the worker do its largest work, every key to be evaluated again, and watches its memory. */
async function wakeTheWorker(beside: Beside): Promise<string[]> {
  const { product, databaseUrl, minutes, say } = beside
  const until = Date.now() + minutes * 60_000
  let most = 0
  const left = await withClient(databaseUrl, async (client) => {
    await client.query(`UPDATE "OrganizationPolicy" SET content = content || ' '`)
    product.wakeWorker()
    await repeat(
      500,
      () => Date.now() > until,
      async () => {
        most = Math.max(most, product.workerMegabytes())
      },
    )
    product.sleepWorker()
    const { rows } = await client.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM derived.access_mark',
    )
    return rows[0]?.n
  })
  say(`worker awake for ${minutes} min: ${most} MB at most, ${left} keys still to evaluate`)
  return above('worker, MB', most, bounds.workerMegabytes)
}
