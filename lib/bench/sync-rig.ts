import { spawn, type ChildProcess } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { startPostgres } from '../launch/postgres.mjs'

/**
 * What a bench of the sync runs on: a PostgreSQL and a sandbox of its own, on free
 * ports, and workers as processes.
 */
export type Rig = {
  endpoint: string
  databaseUrl: string
  query: <T extends object>(text: string, params?: unknown[]) => Promise<T[]>
  control: <T = unknown>(method: string, name: string, body?: unknown) => Promise<T>
  startWorker: (environment?: Record<string, string>) => Promise<ChildProcess>
  close: () => Promise<void>
}

type Plan = {
  keys: number
  regions?: string[]
  share: number
  prepare?: (url: string) => Promise<void>
}

export const benchAccount = '111122223333'
export const benchRegion = 'eu-west-1'

export async function startRig(plan: Plan): Promise<Rig> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'claviger-bench-'))
  const postgres = await startPostgres({ dir, durable: false })
  const { migrateDatabase } = await import('../launch/database.mjs')
  await migrateDatabase(postgres.url)
  const sandbox = await startSandbox([
    '--scenario',
    'scale',
    '--keys',
    String(plan.keys),
    '--accounts',
    '1',
    '--regions',
    '1',
  ])
  const client = new pg.Pool({ connectionString: postgres.url, max: 3 })
  client.on('error', () => {}) // the server goes down with the bench
  const workers = new Set<ChildProcess>()
  const control = makeControl(sandbox.endpoint)
  const environment = {
    ...process.env,
    ...(await hostEnvironment(control)),
    ...writeFiles(dir, plan.regions ?? [benchRegion]),
    DATABASE_URL: postgres.url,
    AWS_ENDPOINT_URL: sandbox.endpoint,
    CLAVIGER_EXTERNAL_ID: 'claviger-bench',
    CLAVIGER_BUDGET_SHARE: String(plan.share),
    CLAVIGER_SYNC_INTERVAL_MINUTES: '1440',
    LOG_LEVEL: 'warn',
    NODE_NO_WARNINGS: '1',
  }
  return {
    endpoint: sandbox.endpoint,
    databaseUrl: postgres.url,
    control,
    query: async <T extends object>(text: string, params: unknown[] = []) =>
      (await client.query<T>(text, params)).rows,
    async startWorker(more = {}) {
      const worker = spawn(
        process.execPath,
        ['--import', 'tsx', '--conditions=react-server', 'lib/worker/main.ts'],
        { env: { ...environment, ...more }, stdio: ['ignore', 'inherit', 'inherit'] },
      )
      workers.add(worker)
      worker.once('exit', () => workers.delete(worker))
      return worker
    },
    async close() {
      await Promise.all([...workers].map((worker) => stopProcess(worker)))
      await stopProcess(sandbox.process)
      await client.end()
      await postgres.stop()
      for (const place of [postgres.home, dir]) rmSync(place, { recursive: true, force: true })
    },
  }
}

/** The key of the audit log and the list of accounts, and where a worker finds them. */
function writeFiles(dir: string, regions: readonly string[]): Record<string, string> {
  const auditKey = path.join(dir, 'audit.key')
  const accounts = path.join(dir, 'accounts.json')
  writeFileSync(
    auditKey,
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }),
  )
  const readRoleArn = `arn:aws:iam::${benchAccount}:role/ClavigerRead`
  writeFileSync(
    accounts,
    JSON.stringify([{ id: benchAccount, name: 'bench', readRoleArn, regions }]),
  )
  return {
    CLAVIGER_AUDIT_KEY_FILE: auditKey,
    CLAVIGER_DATA_DIR: dir,
    CLAVIGER_ACCOUNTS_FILE: accounts,
  }
}

type Credentials = { arn: string; accessKeyId: string; secretAccessKey: string }

/** The credentials that the worker begins with, as the scenario has them. */
async function hostEnvironment(control: Rig['control']): Promise<Record<string, string>> {
  const all = await control<Credentials[]>('GET', 'credentials')
  const host = all.find((one) => one.arn.endsWith(':user/claviger-host'))
  if (!host) throw new Error('the scenario has no claviger-host')
  return {
    AWS_REGION: benchRegion,
    AWS_ACCESS_KEY_ID: host.accessKeyId,
    AWS_SECRET_ACCESS_KEY: host.secretAccessKey,
  }
}

async function startSandbox(
  scenario: readonly string[],
): Promise<{ process: ChildProcess; endpoint: string }> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', 'lib/sandbox/main.ts', '--port', '0', ...scenario],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, CLAVIGER_EXTERNAL_ID: 'claviger-bench' },
    },
  )
  const endpoint = await new Promise<string>((resolve, reject) => {
    let said = ''
    child.stdout?.on('data', (data: Buffer) => {
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec((said += data.toString()))
      if (found) resolve(found[0])
    })
    child.once('exit', (code) => reject(new Error(`the sandbox ended with ${code}`)))
  })
  return { process: child, endpoint }
}

function makeControl(endpoint: string): Rig['control'] {
  return async <T>(method: string, name: string, body?: unknown) => {
    const response = await fetch(`${endpoint}/_sandbox/${name}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!response.ok)
      throw new Error(`${method} ${name}: ${response.status} ${await response.text()}`)
    return (await response.json()) as T
  }
}

export async function stopProcess(
  child: ChildProcess,
  signal: NodeJS.Signals = 'SIGTERM',
): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill(signal)
  await Promise.race([
    ended,
    sleep(8_000)
      .then(() => child.kill('SIGKILL'))
      .then(() => ended),
  ])
}

export type SweepState = {
  kind: string
  status: string
  seconds: number
  startedAt: Date
  endedAt: Date | null
  calls: number
  throttled: number
  failed: number
  itemsDone: number
  attempt: number
  problem: string | null
}

/** Waits until every sweep of these kinds of the bench's Region has ended. */
export async function waitForSweeps(
  rig: Rig,
  kinds: readonly string[],
  timeoutMs: number,
): Promise<SweepState[]> {
  for (const until = Date.now() + timeoutMs; ; ) {
    const rows = await rig.query<SweepState>(
      `SELECT "kind", "status", "startedAt", "endedAt",
        extract(epoch FROM coalesce("endedAt", now()) - "startedAt")::float8 AS "seconds",
        "calls", "throttled", "failed", "itemsDone", "attempt", "problem"
       FROM "Sweep" WHERE "accountId" = $1 AND "region" = $2 AND "kind" = ANY($3) ORDER BY "id"`,
      [benchAccount, benchRegion, kinds],
    )
    if (kinds.every((kind) => rows.some((row) => row.kind === kind && row.endedAt !== null)))
      return rows
    if (Date.now() > until)
      throw new Error(`the sweeps did not end in time: ${JSON.stringify(rows)}`)
    await sleep(200)
  }
}
