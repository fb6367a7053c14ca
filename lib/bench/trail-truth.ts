// Events over log files and LookupEvents, shuffled, a tenth of them doubled, a twentieth late, their
// workers killed at random: in the end each event is there once, and rollups equal a recount.
//   npm run bench -- trail-truth [--seed 1] [--events 1000000] [--workers 2]
// Brings its own PostgreSQL. The last line is JSON; exit status 1 for any difference.
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import { closeDatabase, sql } from '../db/client'
import { migrateDatabase } from '../launch/database.mjs'
import { startPostgres } from '../launch/postgres.mjs'
import { recountHours } from '../trail/recount'
import { rollupDifferences } from '../trail/test/events'
import { chance, eventIdOf, kmsRecord } from './trail-records'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    events: { type: 'string', default: '1000000' },
    workers: { type: 'string', default: '2' },
  },
})
const [seed, events, workers] = [
  Number(values.seed),
  Number(values.events),
  Number(values.workers),
] as const
if (![seed, events, workers].every((value) => Number.isInteger(value) && value > 0)) {
  console.error('--seed, --events and --workers are whole numbers above 0.')
  process.exit(2)
}
const perFile = 5_000
const perPage = 1_000
const random = chance(seed)

/** Numbers of events in the order they come: shuffled, some twice, some after all others. */
function comingOrder(): { early: number[]; late: number[] } {
  const early: number[] = []
  const late: number[] = []
  for (let n = 0; n < events; n++) {
    const coming = random() < 0.05 ? late : early
    coming.push(n)
    if (random() < 0.1) (random() < 0.5 ? early : late).push(n)
  }
  return { early: shuffled(early), late: shuffled(late) }
}

function shuffled(list: number[]): number[] {
  for (let at = list.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1))
    const [one = 0, two = 0] = [list[at], list[other]]
    list[at] = two
    list[other] = one
  }
  return list
}

/** Writes what comes: log files, and every fourth time some pages. Returns the workers' lines. */
function writeWork(dir: string, numbers: readonly number[], name: string): string[] {
  const lines: string[] = []
  for (let at = 0; at < numbers.length; ) {
    const isPage = lines.length % 4 === 3
    const some = numbers.slice(at, at + (isPage ? perPage : perFile))
    const records = some.map((n) => kmsRecord(seed, n))
    const file = path.join(dir, `${name}-${lines.length}.json${isPage ? '' : '.gz'}`)
    writeFileSync(
      file,
      isPage ? JSON.stringify(records) : gzipSync(`{"Records":[${records.join(',')}]}`),
    )
    lines.push(`${isPage ? 'page' : 'file'} ${file}`)
    at += some.length
  }
  return lines
}

let kills = 0

/** One worker after another until no line is left; what a killed one had not done goes back. */
async function work(queue: string[]): Promise<void> {
  while (queue.length > 0) {
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', '--conditions=react-server', 'lib/bench/trail-truth-worker.ts'],
      { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, LOG_LEVEL: 'warn' } },
    )
    await feed(child, queue, random() < 0.7)
  }
}

async function feed(child: ChildProcess, queue: string[], isKilled: boolean): Promise<void> {
  const { stdin, stdout } = child
  if (!stdin || !stdout) throw new Error('The worker has no pipes.')
  let doing: string | undefined
  const next = () => {
    doing = queue.shift()
    if (doing === undefined) stdin.end()
    else stdin.write(`${doing}\n`)
  }
  const ended = new Promise((resolve) => child.once('exit', resolve))
  stdin.on('error', () => {})
  for await (const line of createInterface({ input: stdout })) {
    next()
    if (line === 'ready' && isKilled)
      void sleep(200 + random() * 5_000, null, { ref: false }).then(() => {
        if (child.exitCode === null && child.kill('SIGKILL')) kills += 1
      })
  }
  await ended
  if (doing !== undefined) queue.push(doing)
}

const dir = mkdtempSync(path.join(os.tmpdir(), 'claviger-trail-'))
const postgres = await startPostgres({ dir: path.join(dir, 'postgres'), durable: false })
let found = { events: 0, missing: events, doubled: 0, rollupDifferences: 0 }
try {
  process.env.DATABASE_URL = postgres.url
  await migrateDatabase(postgres.url)
  const { early, late } = comingOrder()
  for (const queue of [writeWork(dir, early, 'early'), writeWork(dir, late, 'late')])
    await Promise.all(Array.from({ length: workers }, () => work(queue)))
  await recountHours()
  const rows = await sql.query<{ id: string; n: number }>(
    'SELECT event_id AS id, count(*) AS n FROM trail.event GROUP BY 1',
  )
  const stored = new Map(rows.map(({ id, n }) => [id, n]))
  let missing = 0
  for (let n = 0; n < events; n++) if (!stored.has(eventIdOf(n))) missing += 1
  const [compared] = await sql.query<{ differences: number }>(rollupDifferences)
  found = {
    events: stored.size,
    missing,
    doubled: rows.reduce((sum, { n }) => sum + n - 1, 0),
    rollupDifferences: compared?.differences ?? -1,
  }
} finally {
  await closeDatabase()
  await postgres.stop()
  for (const place of [postgres.home, dir]) rmSync(place, { recursive: true, force: true })
}
console.log(JSON.stringify({ bench: 'trail-truth', ...found, seed, kills, load: os.loadavg()[0] }))
const { missing, doubled, rollupDifferences: wrong } = found
process.exit(missing + doubled + wrong === 0 && found.events === events ? 0 : 1)
