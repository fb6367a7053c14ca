// Records a CPU-second of what imports log files, as a ratio to plain gunzip and JSON.parse of the same
// files in the same run; memory of that process; the bytes that an event takes on disk.
//   npm run bench -- trail-ingest [--records 100000]
// Brings its own PostgreSQL; prints JSON, exits 1 when a bound is broken. Rollups are left out.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import pg from 'pg'
import { migrateDatabase } from '../launch/database.mjs'
import { startPostgres } from '../launch/postgres.mjs'
import { foreignRecord, kmsRecord } from './trail-records'

const { values } = parseArgs({ options: { records: { type: 'string', default: '100000' } } })
const records = Number(values.records)
const perFile = 5_000
const bounds = { allOfKms: 0.4, oneInFive: 0.9, memoryBytes: 300 * 2 ** 20, tenMillionBytes: 30e9 }

/** Writes files of which one record in `every` is of KMS. */
function writeFiles(dir: string, every: number): void {
  mkdirSync(dir)
  for (let from = 0; from < records; from += perFile) {
    const texts = Array.from({ length: Math.min(perFile, records - from) }, (_, at) => {
      const n = from + at
      return n % every === 0 ? kmsRecord(every, n) : foreignRecord(every, n)
    })
    const file = path.join(dir, `${String(from).padStart(9, '0')}.json.gz`)
    writeFileSync(file, gzipSync(`{"Records":[${texts.join(',')}]}`))
  }
}

type Measured = { records: number; stored: number; cpuSeconds: number; mostBytes: number }

function measure(mode: 'plain' | 'ingest', dir: string, databaseUrl: string): Measured {
  const run = path.join(import.meta.dirname, 'trail-ingest-run.ts')
  const { stdout } = spawnSync(
    process.execPath,
    ['--import', 'tsx', '--conditions=react-server', run, mode, dir],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, DATABASE_URL: databaseUrl, LOG_LEVEL: 'warn', NODE_ENV: 'production' },
    },
  )
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}')
}

/** CPU of PostgreSQL's processes so far, those that ended too; null where /proc is not there. */
function postgresSeconds(postmaster: string): number | null {
  try {
    const ticks = readdirSync('/proc')
      .filter((one) => /^\d+$/.test(one))
      .map((pid) => statOf(pid))
      .filter((stat) => stat?.pid === postmaster || stat?.parent === postmaster)
      .map((stat) => (stat ? stat.own + (stat.pid === postmaster ? stat.ended : 0) : 0))
    return ticks.reduce((sum, one) => sum + one, 0) / 100
  } catch {
    return null
  }
}

function statOf(pid: string) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const at = (index: number) => Number(fields[index])
    return { pid, parent: fields[1], own: at(11) + at(12), ended: at(13) + at(14) }
  } catch {
    return null
  }
}

const dir = mkdtempSync(path.join(os.tmpdir(), 'claviger-ingest-'))
const postgres = await startPostgres({ dir: path.join(dir, 'postgres'), durable: false })
const postmaster = String(postgres.pid)
let status = 0
try {
  await migrateDatabase(postgres.url)
  const client = new pg.Client({ connectionString: postgres.url })
  await client.connect()
  for (const [name, every] of [
    ['allOfKms', 1],
    ['oneInFive', 5],
  ] as const) {
    const files = path.join(dir, name)
    writeFiles(files, every)
    const plain = measure('plain', files, postgres.url)
    const before = postgresSeconds(postmaster)
    const ingest = measure('ingest', files, postgres.url)
    const after = postgresSeconds(postmaster)
    const ratio = plain.cpuSeconds / ingest.cpuSeconds
    const [size] = (
      await client.query<{ bytes: string; events: string }>(
        `SELECT sum(pg_total_relation_size(c.oid)) AS bytes, (SELECT count(*) FROM trail.event) AS events
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = 'trail' AND c.relkind = 'r' AND c.relname LIKE 'event%'`,
      )
    ).rows
    const eventBytes = Math.round(Number(size?.bytes) / Number(size?.events))
    const isWithin =
      ratio >= bounds[name] &&
      ingest.mostBytes <= bounds.memoryBytes &&
      eventBytes * 1e7 <= bounds.tenMillionBytes &&
      ingest.records === records &&
      ingest.stored === Math.ceil(records / every)
    if (!isWithin) status = 1
    console.log(
      JSON.stringify({
        bench: 'trail-ingest',
        name,
        records: ingest.records,
        stored: ingest.stored,
        ratio: Math.round(ratio * 100) / 100,
        bound: bounds[name],
        plainPerCpuSecond: Math.round(records / plain.cpuSeconds),
        ingestPerCpuSecond: Math.round(records / ingest.cpuSeconds),
        postgresCpuSeconds: before === null || after === null ? null : after - before,
        mostMegabytes: Math.round(ingest.mostBytes / 2 ** 20),
        eventBytes,
        load: os.loadavg()[0],
        isWithin,
      }),
    )
    await client.query('TRUNCATE trail.event, trail.dirty_hour')
  }
  await client.end()
} finally {
  await postgres.stop()
  for (const place of [postgres.home, dir]) rmSync(place, { recursive: true, force: true })
}
process.exit(status)
