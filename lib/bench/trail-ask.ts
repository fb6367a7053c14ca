// npm run bench -- trail-ask [--events 10000000] [--rounds 40] [--file PATH]: what the trail's pages
// ask for over so many stored events of ninety days: the last events of any key, who used a key in a
// month, who was refused in a week, what a principal did, the table with its facets and its chart.
// Brings its own PostgreSQL. Each question p95: 50 ms in PostgreSQL, 100 ms as the server answers;
// exit status 1 beyond. The last line is JSON.
import os from 'node:os'
import { parseArgs } from 'node:util'
import { permitFor } from '../auth/test/permit'
import { closeDatabase } from '../db/client'
import { parseTableState } from '../table/state'
import { readTable } from '../table-source/source'
import { eventsTable } from '../trail/events-table'
import { eventsSource } from '../trail/read'
import { readTrailChart } from '../trail/usage/read-chart'
import { readDenied } from '../trail/usage/read-denied'
import { readKeyUsage } from '../trail/usage/read-key-usage'
import { readPrincipalUse } from '../trail/usage/read-principal-use'
import { fillTrail, trailAccount, trailFleet, trailKey, trailPrincipal } from './fill-trail'
import { startCountingPostgres, withClient } from './scale-postgres'
import { summary, timed, type Timed } from './timing'
import { chance } from './trail-records'

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '10000000' },
    rounds: { type: 'string', default: '40' },
  },
})
const [events, rounds] = [Number(values.events), Number(values.rounds)]
if (![events, rounds].every((value) => Number.isInteger(value) && value > 0)) {
  console.error('--events and --rounds are whole numbers above 0.')
  process.exit(2)
}
const bounds = { postgres: 50, server: 100 }
const load = () => (os.loadavg()[0] ?? 0).toFixed(1)
const random = chance(5)
const some = (count: number) => Math.floor(random() * count)
/** Keys as they are looked at: those with most calls most often. */
const someKey = () => trailKey(Math.floor(trailFleet.keys * random() ** 3))

const asker = { id: 'bench', email: '', name: 'Bench', assigned: [] }
const everything = permitFor<'trail.read'>(asker)
const ofOne = permitFor<'trail.read'>(asker, undefined, {
  all: false,
  accountIds: [trailAccount(0)],
})
const table = (filter: string) => () => readTable(eventsSource, everything, { filter })

const asks: Readonly<Record<string, () => Promise<unknown>>> = {
  'last events of a key': () => table(`key.eq.${someKey().arn}`)(),
  'usage of a key, 30 days': () => readKeyUsage(everything, someKey(), 30),
  'usage of a key, 90 days': () => readKeyUsage(everything, someKey(), 90),
  'a principal, 30 days': () =>
    readPrincipalUse(everything, trailPrincipal(some(trailFleet.principals)), 30),
  'refused in 7 days': () => readDenied(everything, 7),
  'refused in 7 days, one account': () => readDenied(ofOne, 7),
  'the table': table(''),
  'the table, one account': () => readTable(eventsSource, ofOne, {}),
  'the table, refused alone': table('outcome.eq.denied'),
  'the table, an account': table(`account.eq.${trailAccount(3)}`),
  'the chart': () => chart(''),
  'the chart, one operation': () => chart('operation.eq.CreateGrant'),
}
const chart = (filter: string) =>
  readTrailChart(everything, parseTableState(eventsTable, { filter }).state, 'outcome')

const postgres = await startCountingPostgres('trail-ask')
const broken: string[] = []
const figures: Record<string, unknown> = {}
try {
  await withClient(postgres.url, (client) =>
    fillTrail(client, events, async (name, run) => {
      const ms = await timed(run)
      console.error(`${name}: ${(ms / 1_000).toFixed(1)} s, load ${load()}`)
    }),
  )
  process.env.DATABASE_URL = postgres.url
  for (const [what, ask] of Object.entries(asks)) {
    const [inPostgres, inServer]: [Timed[], Timed[]] = [[], []]
    let blocks = 0
    await ask()
    for (let round = 0; round < rounds; round += 1) {
      await postgres.begin()
      inServer.push({ what, ms: await timed(ask) })
      const cost = await postgres.read()
      inPostgres.push({ what, ms: cost.ms })
      blocks = Math.max(blocks, cost.blocks)
    }
    const [ofPostgres, ofServer] = [summary(inPostgres), summary(inServer)]
    const figure = { postgres: ofPostgres, server: ofServer, mostBlocks: blocks, load: load() }
    figures[what] = figure
    console.log(JSON.stringify({ what, ...figure }))
    if (ofPostgres.p95 > bounds.postgres) broken.push(`${what}: ${ofPostgres.p95} ms in PostgreSQL`)
    if (ofServer.p95 > bounds.server) broken.push(`${what}: ${ofServer.p95} ms as answered`)
  }
} finally {
  await closeDatabase()
  await postgres.stop()
}
for (const line of broken) console.error(`above its bound: ${line}`)
console.log(JSON.stringify({ events, rounds, bounds, broken: broken.length }))
process.exitCode = broken.length > 0 ? 1 : 0
