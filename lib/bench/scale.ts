// npm run bench -- scale [--keys 100000] [--grants 300000] [--people 2000]: what every page, handler
// and poll of the built product costs over a fleet of that size. Exit status 1 with the list of what
// breaks a bound (scale-bounds.ts).
//   --rounds N   how often each address is asked after it is warm (8)
//   --only TEXT  addresses that contain it, alone
//   --minutes N  how long the worst questions are asked while others are (1); 0: not at all
//   --file PATH  where the table goes, with the dearest statements of each address
//   --port N     the first of three ports (any)
import * as fs from 'node:fs'
import os from 'node:os'
import { parseArgs } from 'node:util'
import { evaluateAllMarked } from '../access/evaluate-keys'
import { closeDatabase } from '../db/client'
import { fillReviewsSql } from './fill-external'
import { fillScale } from './fill-scale'
import { listAddresses } from './scale-addresses'
import { askOver, measureAddress, type Figure } from './scale-ask'
import { besideOthers } from './scale-beside'
import { startCountingPostgres, withClient, type CountingPostgres } from './scale-postgres'
import { startScaleProduct, type ScaleProduct } from './scale-product'
import { formatDearest, formatFigure, tableHead } from './scale-table'
import { giveWorld } from './scale-world'
import { timed } from './timing'

const { values } = parseArgs({
  options: {
    keys: { type: 'string', default: '100000' },
    grants: { type: 'string', default: '300000' },
    people: { type: 'string', default: '2000' },
    rounds: { type: 'string', default: '8' },
    only: { type: 'string', default: '' },
    minutes: { type: 'string', default: '1' },
    file: { type: 'string' },
    port: { type: 'string', default: '0' },
  },
})
const { only, file } = values
const [keys, grants, people] = [values.keys, values.grants, values.people].map(Number)
const [rounds, minutes, port] = [values.rounds, values.minutes, values.port].map(Number)
for (const number of [keys, grants, people, rounds, minutes, port])
  if (number === undefined || !Number.isFinite(number) || number < 0)
    throw new Error('--keys, --grants, --people, --rounds, --minutes and --port are numbers')
const sizes = { keys: keys ?? 0, grants: grants ?? 0, people: people ?? 0 }

const load = () => (os.loadavg()[0] ?? 0).toFixed(1)
const written: string[] = []
function say(line: string): void {
  console.log(line)
  written.push(line)
}

async function stage(name: string, run: () => Promise<unknown>): Promise<void> {
  const ms = await timed(run)
  console.error(`${name}: ${(ms / 1000).toFixed(1)} s, load ${load()}`)
}

async function fill({ url }: CountingPostgres): Promise<void> {
  process.env.DATABASE_URL = url
  await withClient(url, async (client) => {
    await fillScale(client, sizes, stage)
    await stage('evaluate every key', evaluateAllMarked)
    await closeDatabase()
    await client.query(fillReviewsSql)
    await stage('vacuum', () => client.query('VACUUM (ANALYZE)'))
  })
}

/** An administrator, and somebody with the account alone that has most keys. */
const askers = ['admin', 'data-admin'] as const

async function measureAll(postgres: CountingPostgres, product: ScaleProduct): Promise<Figure[]> {
  const figures: Figure[] = []
  say(tableHead)
  for (const who of askers) {
    const cookie = await product.cookieOf(who)
    const world = await withClient(postgres.url, (client) => giveWorld(client, who, sizes.keys))
    await withClient(postgres.url, (client) => client.query('ANALYZE'))
    for (const address of listAddresses(world).filter(({ path }) => path.includes(only))) {
      const keep = address.kind !== 'export'
      const timeoutMs = keep ? 30_000 : 300_000
      const ask = (path: string) => askOver(product.url, cookie, path, { keep, timeoutMs })
      const figure = await measureAddress(postgres, ask, address, { who, rounds: rounds ?? 8 })
      figures.push(figure)
      say(formatFigure(figure, load()))
    }
  }
  return figures
}

const postgres = await startCountingPostgres('scale')
let product: ScaleProduct | undefined
try {
  await fill(postgres)
  product = await startScaleProduct(postgres.url, port ?? 0)
  console.error(`asked over ${product.url}`)
  const figures = await measureAll(postgres, product)
  const beside = minutes ? await besideOthers(product, postgres, { minutes, say }) : []
  const broken = [
    ...figures
      .filter(({ broken }) => broken.length > 0)
      .map(({ who, address, broken }) => `${address.path} (${who}): ${broken.join(', ')}`),
    ...beside,
  ]
  written.push(...formatDearest(figures))
  say(broken.length > 0 ? `\nAbove a bound:\n  ${broken.join('\n  ')}` : '\nEvery bound holds.')
  if (broken.length > 0) process.exitCode = 1
} finally {
  if (file) fs.writeFileSync(file, `${written.join('\n')}\n`)
  await product?.stop()
  await postgres.stop()
}
process.exit()
