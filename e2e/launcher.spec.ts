import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { expect, test } from '@playwright/test'
import pg from 'pg'
import { makeTempDir } from '../lib/launch/paths.mjs'
import { isAlive, removeAtEnd } from '../lib/launch/processes.mjs'
import { clusterHome } from '../lib/launch/postgres.mjs'
import { cleanEnvironment } from './environment'

const script = (name: string) => path.join(import.meta.dirname, '../lib/launch', name)
const dataDir = removeAtEnd(makeTempDir('launcher'))
removeAtEnd(clusterHome(`${dataDir}/postgres`))
const env = cleanEnvironment(dataDir)

type Run = {
  url: string
  web: string
  sandbox: string
  identityProvider: string
  database: string
  launcher: number
  pids: Record<string, number>
}
const readRun = (): Run => JSON.parse(readFileSync(path.join(dataDir, 'run.json'), 'utf8'))

/** `npm start` as the shell would run it; resolves when it has printed its address. */
async function start() {
  const launcher = spawn(process.execPath, [script('start.mjs')], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [launcher.stdout, launcher.stderr])
    stream.on('data', (data: Buffer) => {
      output += data.toString()
    })
  await expect
    .poll(() => output, { timeout: 60_000 })
    .toMatch(/Claviger: http:\/\/localhost:\d+\n[^]*Ready in/)
  return {
    launcher,
    ended: new Promise<number | null>((resolve) => launcher.once('exit', resolve)),
    run: readRun(),
    output: () => output,
  }
}

const answers = (url: string) =>
  new Promise<boolean>((resolve) => {
    const socket = net
      .connect(Number(new URL(url).port), '127.0.0.1', () => {
        socket.destroy()
        resolve(true)
      })
      .on('error', () => resolve(false))
  })
const addresses = (run: Run) => [run.web, run.sandbox, run.identityProvider, run.database]

async function expectNothingLeft(run: Run) {
  await expect
    .poll(() => Object.entries(run.pids).filter(([, pid]) => isAlive(pid)), { timeout: 15_000 })
    .toEqual([])
  expect(await Promise.all(addresses(run).map(answers))).toEqual([false, false, false, false])
}

async function count(run: Run): Promise<number> {
  const client = new pg.Client({ connectionString: run.database })
  await client.connect()
  await client.query('CREATE TABLE IF NOT EXISTS launcher_was_here (n int)')
  await client.query('INSERT INTO launcher_was_here VALUES (1)')
  const { rows } = await client.query<{ n: string }>('SELECT count(*) AS n FROM launcher_was_here')
  await client.end()
  return Number(rows[0]?.n)
}

test('one launcher: says where it is, refuses a second, ends all its children, finds its data again', async () => {
  test.setTimeout(180_000)
  const first = await start()
  expect(await Promise.all(addresses(first.run).map(answers))).toEqual([true, true, true, true])
  expect(await count(first.run)).toBe(1)

  // Whoever is on this machine sees the arguments of every process.
  const pids = Object.values(first.run.pids).join(',')
  const seen = spawnSync('ps', ['-ww', '-o', 'args=', '-p', pids], { encoding: 'utf8' }).stdout
  expect(seen).toContain('--client-id=claviger')
  const kept: Record<string, string> = JSON.parse(
    readFileSync(path.join(dataDir, 'secrets.json'), 'utf8'),
  )
  expect(Object.keys(kept).length).toBeGreaterThan(2)
  for (const [name, secret] of Object.entries(kept)) expect(seen.includes(secret), name).toBe(false)

  const status = spawnSync(process.execPath, [script('status.mjs')], { env, encoding: 'utf8' })
  expect(status.stdout).toContain(`${first.run.url}  answers`)
  expect(status.stdout).toContain(`${first.run.sandbox}  answers`)

  const second = spawnSync(process.execPath, [script('start.mjs')], { env, encoding: 'utf8' })
  expect(second.stderr.trim()).toMatch(
    /^Claviger runs already at http:\/\/localhost:\d+ \(process \d+.*\)\. .+$/,
  )
  expect(second.status).toBe(1)

  const { web, worker, postgres = 0 } = first.run.pids
  process.kill(postgres, 'SIGKILL')
  await expect
    .poll(first.output, { timeout: 20_000 })
    .toContain('PostgreSQL ended (SIGKILL) and is started again')
  await expect.poll(() => answers(first.run.database), { timeout: 20_000 }).toBe(true)
  const isReady = async () => (await fetch(`${first.run.web}/api/ready`)).ok
  await expect.poll(isReady, { timeout: 20_000 }).toBe(true)
  expect(await count(first.run), 'what was committed is there').toBe(2)
  expect(
    [web, worker].map((pid) => isAlive(pid ?? 0)),
    'the parts go on',
  ).toEqual([true, true])

  first.launcher.kill('SIGKILL')
  await first.ended
  await expectNothingLeft(first.run)

  for (const [signal, visits] of [
    ['SIGTERM', 3],
    ['SIGINT', 4],
  ] as const) {
    const next = await start()
    expect(await count(next.run)).toBe(visits)
    next.launcher.kill(signal)
    expect(await next.ended, next.output()).toBe(0)
    await expectNothingLeft(next.run)
  }
})
