/** Two workers as processes of their own, one of which is killed again and again, at any moment, while they do and undo changes. */
import { spawn, type ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from '../db/client'
import { seededRandom } from '../sandbox/limits/faults'
import { setFaults, stageBatch, type Stage, type Staged } from './faults-stage'
import type { PointFault } from './faults-points'
import { judgeBatch } from './faults-verify'

const batchSize = 60
/** Work must never run out while workers are killed. */
const leastWaiting = 30
const restTimeoutMs = 240_000

export async function runKills(stage: Stage, seed: number, kills: number): Promise<{ kills: number; changes: number; faults: PointFault[] }> {
  const random = seededRandom(seed + 1)
  const staged: Staged[] = []
  const crew = [startWorker(), startWorker()]
  let killed = 0
  let endsLast = 0
  while (killed < kills) {
    if ((await countWaiting(staged)) < leastWaiting) {
      endsLast = (await databaseNow()) + 75_000 + random() * 30_000
      staged.push(...await stageCalmly(stage, new Date(endsLast).toISOString(), random))
    }
    await sleep(100 + random() * 900)
    const at = random() < 0.5 ? 0 : 1
    const victim = crew[at]
    if (!victim?.isReady()) continue
    victim.process.kill('SIGKILL')
    killed += 1
    crew[at] = startWorker()
    if (killed % 20 === 0) console.log(JSON.stringify({ kills: killed, changes: staged.length, waiting: await countWaiting(staged) }))
  }
  await waitForRest(staged, endsLast)
  for (const { process } of crew) process.kill('SIGKILL')
  await setFaults(stage, false)
  const faults = [...await judgeBatch(stage, staged, true), ...await judgeBatch(stage, await withoutEnd(staged), false)]
  return { kills: killed, changes: staged.length, faults: faults.map((fault) => ({ ...fault, point: killed })) }
}

/** What is there before a change is asked for is not what this is about. */
async function stageCalmly(stage: Stage, endsAt: string, random: () => number): Promise<Staged[]> {
  await setFaults(stage, false)
  const batch = await stageBatch(stage, batchSize, endsAt, random, () => sleep(10_000))
  await setFaults(stage, true)
  return batch
}

function startWorker(): { process: ChildProcess; isReady: () => boolean } {
  const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=react-server', 'lib/bench/faults-worker.ts'], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, CLAVIGER_DATABASE_CONNECTIONS: '8' } })
  let ready = false
  child.stdout?.on('data', () => { ready = true })
  return { process: child, isReady: () => ready }
}

async function countWaiting(staged: readonly Staged[]): Promise<number> {
  const [row] = await sql.query<{ count: number }>(
    `SELECT count(*) AS "count" FROM "Change" WHERE "id" = ANY($1::uuid[]) AND ("status" IN ('approved', 'executing', 'reverting', 'revertFailed') OR "status" = 'applied' AND "endsAt" <= claviger_now())`,
    [staged.map(({ id }) => id)])
  return row?.count ?? 0
}

async function waitForRest(staged: readonly Staged[], endsLast: number): Promise<void> {
  for (const until = Date.now() + restTimeoutMs; Date.now() < until; await sleep(500)) {
    if ((await databaseNow()) > endsLast && (await countWaiting(staged)) === 0) return
  }
}

async function withoutEnd(staged: readonly Staged[]): Promise<Staged[]> {
  const rows = await sql.query<{ id: string }>('SELECT "id" FROM "Change" WHERE "id" = ANY($1::uuid[]) AND "endsAt" IS NULL', [staged.map(({ id }) => id)])
  return staged.filter(({ id }) => rows.some((row) => row.id === id))
}

async function databaseNow(): Promise<number> {
  const [row] = await sql.query<{ now: Date }>('SELECT claviger_now() AS now')
  return row?.now.getTime() ?? Date.now()
}
