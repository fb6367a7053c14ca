import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { freshDatabase } from '../db/test/database'
import { openSandbox } from '../sandbox/open'
import { startServer } from '../sandbox/server'
import { makeAuditKey } from './test/audit-key'

const { sql, url } = await freshDatabase()
const sandbox = await openSandbox({ scenario: 'scale', keys: 400, accounts: 1, regions: 1 })
sandbox.faults = [{ operation: 'ListResourceTags', latencyMs: 300 }]
const server = await startServer(sandbox, 0)
afterAll(() => server.close())

async function until<T>(look: () => Promise<T | undefined | false>, forMs = 40_000): Promise<T> {
  for (const end = Date.now() + forMs; Date.now() < end; await sleep(50)) {
    const found = await look()
    if (found) return found
  }
  throw new Error('it did not come')
}

const heartbeats = () =>
  sql.query<{ pid: number; loops: object; age: number }>(
    `SELECT "pid", "loops", extract(epoch FROM now() - "seenAt")::float8 AS "age" FROM "WorkerHeartbeat"`,
  )

test('a worker told to stop hands its sweeps back within five seconds, and leaves when it was last heard', async () => {
  const worker = spawn(
    process.execPath,
    ['--import', 'tsx', '--conditions=react-server', 'lib/worker/main.ts'],
    {
      env: {
        ...process.env,
        DATABASE_URL: url,
        AWS_ENDPOINT_URL: `http://127.0.0.1:${server.port}`,
        AWS_REGION: 'eu-west-1',
        AWS_ACCESS_KEY_ID: '999988887777',
        AWS_SECRET_ACCESS_KEY: 'any',
        CLAVIGER_EXTERNAL_ID: 'claviger-test',
        CLAVIGER_AUDIT_KEY_FILE: await makeAuditKey(),
        LOG_LEVEL: 'error',
        VITEST: '',
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  let said = ''
  worker.stderr.on('data', (data: Buffer) => {
    said += data.toString()
  })
  const ended = new Promise<number | null>((resolve) => worker.once('exit', resolve))
  try {
    // Credentials of an account outside any organization: the worker finds
    // that one account by itself.
    await until(
      async () =>
        (
          await sql.query(
            `SELECT 1 FROM "Account" WHERE "id" = '999988887777' AND "source" = 'self'`,
          )
        ).length > 0,
    )
    await until(async () => (await heartbeats()).some(({ pid }) => pid === worker.pid))
    await until(
      async () => (await sql.query(`SELECT 1 FROM "Sweep" WHERE "status" = 'running'`)).length > 0,
    )
    const told = Date.now()
    worker.kill('SIGTERM')
    expect(await ended).toBe(0)
    expect(Date.now() - told).toBeLessThan(6_000)
    expect(
      await sql.query(`SELECT "kind", "leaseOwner" FROM "Sweep" WHERE "status" = 'running'`),
    ).toEqual([])
    // What it leaves behind says when it was last heard, and of no loop that it runs.
    const [left, ...others] = await heartbeats()
    expect({ pid: left?.pid, loops: left?.loops, others }).toEqual({
      pid: worker.pid,
      loops: {},
      others: [],
    })
    expect(left?.age).toBeLessThan(3)
    expect(said, 'nothing that looks like a leak').not.toContain('MaxListenersExceededWarning')
  } finally {
    worker.kill('SIGKILL')
  }
}, 60_000)
