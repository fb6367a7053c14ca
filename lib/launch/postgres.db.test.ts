import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { afterAll, expect, test, vi } from 'vitest'
import { keepPostgres } from './keep-postgres.mjs'
import { makeTempDir } from './paths.mjs'
import { clusterHome, startPostgres } from './postgres.mjs'
import { isAlive } from './processes.mjs'

const temporary = makeTempDir('postgres')
const homes: string[] = [temporary]
afterAll(() => homes.forEach((home) => rmSync(home, { recursive: true, force: true })))
const place = (name: string) => path.join(temporary, name)

async function start(name: string) {
  const postgres = await startPostgres({ dir: place(name), durable: false })
  homes.push(postgres.home)
  return postgres
}
async function query(url: string, text: string) {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {}) // a server that dies fails the query under way, and that is told
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}
const lineOf = async (starting: Promise<unknown>) => {
  const error = await starting.then(
    () => null,
    (reason: unknown) => reason,
  )
  return error instanceof Error ? error.message : ''
}

test('what one start keeps the next one finds, also after kill -9 of the launcher', async () => {
  const first = await start('data')
  await query(first.url, `CREATE TABLE kept AS SELECT 'one' AS word`)
  await first.stop()
  expect(isAlive(first.pid)).toBe(false)

  const launcher = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `
    import { startPostgres } from ${JSON.stringify(path.join(import.meta.dirname, 'postgres.mjs'))}
    const { pid, url } = await startPostgres({ dir: ${JSON.stringify(place('data'))} })
    console.log(pid, url)`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const line = await new Promise<string>((resolve) =>
    launcher.stdout.once('data', (data: Buffer) => resolve(data.toString())),
  )
  const [pid, url = ''] = line.trim().split(' ')
  await query(url, `INSERT INTO kept VALUES ('two')`)
  launcher.kill('SIGKILL')
  await vi.waitFor(() => expect(isAlive(Number(pid))).toBe(false), {
    timeout: 10_000,
    interval: 50,
  })

  const third = await start('data')
  expect(await query(third.url, 'SELECT word FROM kept ORDER BY 1')).toEqual([
    { word: 'one' },
    { word: 'two' },
  ])
  await third.stop()
})

test('a server killed with -9 under load is back on its port with what was committed', async () => {
  homes.push(clusterHome(place('kept')))
  const lines: string[] = []
  const dir = place('kept')
  const kept = await keepPostgres({ dir, durable: true }, { say: (line) => lines.push(line) })
  await query(kept.url, `CREATE TABLE kept AS SELECT 'one' AS word`)
  // Backends at work, which notice late that their server is gone.
  const busy = Array.from({ length: 3 }, () => query(kept.url, 'SELECT pg_sleep(2)'))
  const pool = new pg.Pool({ connectionString: kept.url })
  pool.on('error', () => {})
  expect((await pool.query('SELECT word FROM kept')).rows).toEqual([{ word: 'one' }])
  const first = kept.pid()
  process.kill(first, 'SIGKILL')
  await Promise.allSettled(busy)
  const ask = () => pool.query('SELECT word FROM kept')
  await vi.waitFor(async () => expect((await ask()).rows).toEqual([{ word: 'one' }]), {
    timeout: 30_000,
    interval: 100,
  })
  await pool.end()
  // It answers a moment before whoever keeps it running has seen that it does.
  await vi.waitFor(() => expect(kept.pid()).not.toBe(first), { timeout: 10_000, interval: 50 })
  expect(lines).toEqual([
    expect.stringContaining('PostgreSQL ended (SIGKILL) and is started again'),
  ])
  const second = kept.pid()
  await kept.stop()
  expect(isAlive(second)).toBe(false)
}, 60_000)

test('a stop while the server is coming back leaves none, and comes to an end', async () => {
  const dir = place('stopped')
  homes.push(clusterHome(dir))
  const lines: string[] = []
  const kept = await keepPostgres({ dir, durable: false }, { say: (line) => lines.push(line) })
  process.kill(kept.pid(), 'SIGKILL')
  await vi.waitFor(() => expect(lines).toHaveLength(1), { timeout: 10_000, interval: 5 })
  await kept.stop()
  expect(isAlive(kept.pid())).toBe(false)
}, 30_000)

test('a server that ends first while the product stops is not started again', async () => {
  const dir = place('first')
  homes.push(clusterHome(dir))
  const lines: string[] = []
  const kept = await keepPostgres({ dir, durable: false }, { say: (line) => lines.push(line) })
  kept.expectEnd()
  const pid = kept.pid()
  process.kill(pid, 'SIGINT')
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 10_000, interval: 50 })
  await kept.stop()
  expect([kept.pid(), lines]).toEqual([pid, []])
}, 30_000)

test('nobody on this machine gets in without the password, and only the owner can read it', async () => {
  const postgres = await start('locked')
  const open = new URL(postgres.url)
  open.password = 'guess'
  await expect(query(open.toString(), 'SELECT 1')).rejects.toThrow('password authentication failed')
  expect(statSync(path.join(postgres.home, 'password')).mode & 0o077).toBe(0)
  await postgres.stop()
})

test('a broken data directory is one line that says what to do', async () => {
  const postgres = await start('broken')
  await postgres.stop()
  const control = path.join(postgres.home, 'pg/global/pg_control')
  const sound = readFileSync(control)
  writeFileSync(control, Buffer.alloc(sound.length, 7))
  const line = await lineOf(start('broken'))
  expect(line).toMatch(/does not start \(.+\)\. Restore the folder from a backup, or move it away/)
  expect(line).not.toContain('\n')
  writeFileSync(control, sound)
  const again = await start('broken')
  await again.stop()

  writeFileSync(path.join(postgres.home, 'pg/PG_VERSION'), '14\n')
  expect(await lineOf(start('broken'))).toMatch(
    /was made by PostgreSQL 14 and this build brings PostgreSQL \d+/,
  )
  rmSync(path.join(postgres.home, 'pg/PG_VERSION'))
  expect(await lineOf(start('broken'))).toContain('is no PostgreSQL data directory')
})

test('a folder with something else in it is never made into a database', async () => {
  mkdirSync(place('other/pg'), { recursive: true })
  writeFileSync(place('other/pg/thesis.txt'), 'years of work')
  expect(await lineOf(start('other'))).toContain('is no PostgreSQL data directory')
  expect(readFileSync(place('other/pg/thesis.txt'), 'utf8')).toBe('years of work')
})
