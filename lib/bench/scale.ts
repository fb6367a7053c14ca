// npm run bench -- scale [--keys 100000] [--grants 300000] [--people 2000]: what every page and
// handler of the built product costs over a fleet of that size. Exit status 1 with the list of what
// breaks a bound (scale-bounds.ts).
//   --rounds N   how often each address is asked after it is warm (8)
//   --only TEXT  addresses that contain it, alone
//   --minutes N  how long the worst questions are asked while others are (1); 0: not at all
//   --file PATH  where the table goes, with the dearest statements of each address
//   --audit N    entries of the audit log (ten for each key)
//   --facts N    of how many keys in a hundred external access is evaluated (100), which takes long
//   --port N     the first of three ports (any)
import * as fs from 'node:fs'
import os from 'node:os'
import { parseArgs } from 'node:util'
import { evaluateAllMarked } from '../access/evaluate-keys'
import { closeDatabase } from '../db/client'
import { fillReviewsSql } from './fill-external'
import { fillScale } from './fill-scale'
import { listAddresses, type Address, type World } from './scale-addresses'
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
    audit: { type: 'string' },
    facts: { type: 'string', default: '100' },
  },
})
const { only, file } = values
const sizes = {
  keys: numberOf('keys'),
  grants: numberOf('grants'),
  people: numberOf('people'),
  ...(values.audit === undefined ? {} : { auditEntries: numberOf('audit') }),
}
const [rounds, minutes, port] = [numberOf('rounds'), numberOf('minutes'), numberOf('port')]
const factsPercent = numberOf('facts')

function numberOf(name: keyof typeof values): number {
  const number = Number(values[name])
  if (!Number.isFinite(number) || number < 0) throw new Error(`--${name} is a number`)
  return number
}

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
    await client.query('DELETE FROM derived.access_mark WHERE abs(hashtext(key_arn)) % 100 >= $1', [
      factsPercent,
    ])
    await stage('evaluate keys', evaluateAllMarked)
    await closeDatabase()
    await client.query(fillReviewsSql)
    await stage('vacuum', () => client.query('VACUUM (ANALYZE)'))
  })
}

/** An administrator, and somebody with the account alone that has most keys. */
const askers = ['admin', 'data-admin'] as const

type Asker = { who: string; cookie: string; world: World }

async function signIn(postgres: CountingPostgres, product: ScaleProduct): Promise<Asker[]> {
  const signedIn: Asker[] = []
  for (const who of askers) {
    const cookie = await product.cookieOf(who)
    const world = await withClient(postgres.url, (client) => giveWorld(client, who, sizes.keys))
    signedIn.push({ who, cookie, world })
  }
  await withClient(postgres.url, (client) => client.query('VACUUM (ANALYZE)'))
  return signedIn
}

/** A door that gave no answer in time three times over: its other filters and orders are left out. */
const haveAllFailed = (figures: readonly Figure[], { door }: Address): boolean =>
  figures.filter(({ address, status }) => address.door === door && status === 0).length > 2

const rank = ({ address: { path, kind } }: { address: Address }): number =>
  kind === 'export' ? 2 : /[?&](filter|sort)=/.test(path) ? 1 : 0

async function measureAll(
  postgres: CountingPostgres,
  product: ScaleProduct,
  people: readonly Asker[],
): Promise<Figure[]> {
  const figures: Figure[] = []
  say(tableHead)
  const asked = people.flatMap(({ world, ...asker }) =>
    listAddresses(world).map((address) => ({ ...asker, address })),
  )
  // The plain addresses first: they say most, and a whole run takes long.
  for (const { who, cookie, address } of asked.toSorted((a, b) => rank(a) - rank(b))) {
    if (!address.path.includes(only) || haveAllFailed(figures, address)) continue
    const keep = address.kind !== 'export'
    const timeoutMs = keep ? 30_000 : 300_000
    const ask = (path: string) => askOver(product.url, cookie, path, { keep, timeoutMs })
    const figure = await measureAddress(postgres, ask, address, { who, rounds })
    figures.push(figure)
    say(formatFigure(figure, load()))
  }
  return figures
}

const postgres = await startCountingPostgres('scale')
let product: ScaleProduct | undefined
try {
  await fill(postgres)
  product = await startScaleProduct(postgres.url, port)
  console.error(`asked over ${product.url}`)
  const people = await signIn(postgres, product)
  const figures = await measureAll(postgres, product, people)
  const [much, other] = people
  const beside =
    minutes && much && other
      ? await besideOthers({
          product,
          databaseUrl: postgres.url,
          cookies: { much: much.cookie, other: other.cookie },
          world: much.world,
          minutes,
          say,
        })
      : []
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
