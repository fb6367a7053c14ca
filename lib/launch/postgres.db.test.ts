import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { afterAll, expect, test, vi } from 'vitest'
import { makeTempDir } from './paths.mjs'
import { startPostgres } from './postgres.mjs'
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
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}
const lineOf = async (starting: Promise<unknown>) => {
  const error = await starting.then(() => null, (reason: unknown) => reason)
  return error instanceof Error ? error.message : ''
}

test('what one start keeps the next one finds, also after kill -9 of the launcher', async () => {
  const first = await start('data')
  await query(first.url, `CREATE TABLE kept AS SELECT 'one' AS word`)
  await first.stop()
  expect(isAlive(first.pid)).toBe(false)

  const launcher = spawn(process.execPath, ['--input-type=module', '-e', `
    import { startPostgres } from ${JSON.stringify(path.join(import.meta.dirname, 'postgres.mjs'))}
    const { pid, url } = await startPostgres({ dir: ${JSON.stringify(place('data'))} })
    console.log(pid, url)`], { stdio: ['ignore', 'pipe', 'inherit'] })
  const line = await new Promise<string>((resolve) => launcher.stdout.once('data', (data: Buffer) => resolve(data.toString())))
  const [pid, url = ''] = line.trim().split(' ')
  await query(url, `INSERT INTO kept VALUES ('two')`)
  launcher.kill('SIGKILL')
  await vi.waitFor(() => expect(isAlive(Number(pid))).toBe(false), { timeout: 10_000, interval: 50 })

  const third = await start('data')
  expect(await query(third.url, 'SELECT word FROM kept ORDER BY 1')).toEqual([{ word: 'one' }, { word: 'two' }])
  await third.stop()
})

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
  expect(await lineOf(start('broken'))).toMatch(/was made by PostgreSQL 14 and this build brings PostgreSQL \d+/)
  rmSync(path.join(postgres.home, 'pg/PG_VERSION'))
  expect(await lineOf(start('broken'))).toContain('is no PostgreSQL data directory')
})

test('a folder with something else in it is never made into a database', async () => {
  mkdirSync(place('other/pg'), { recursive: true })
  writeFileSync(place('other/pg/thesis.txt'), 'years of work')
  expect(await lineOf(start('other'))).toContain('is no PostgreSQL data directory')
  expect(readFileSync(place('other/pg/thesis.txt'), 'utf8')).toBe('years of work')
})
