/**
 * Two workers as processes of their own, one of which is killed again and again, at any moment,
 * while they do and undo changes.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { endNow } from '../changes/decide/end-now'
import { letTimePass, permitFor } from '../changes/test/fixtures'
import { sql } from '../db/client'
import { readClock } from '../db/clock'
import { seededRandom } from '../sandbox/limits/faults'
import {
  approve,
  setFaults,
  askBatch,
  type FaultsFixture,
  type AskedChangeOfBench,
} from './faults-fixture'
import type { PointFault } from './faults-points'
import { judgeBatch } from './faults-verify'

/** Approved right before each kill, so that it falls into work. */
const perKill = 4
const endsPerKill = 2
const restTimeoutMs = 240_000
const readyTimeoutMs = 60_000

export async function runKills(
  fixture: FaultsFixture,
  seed: number,
  kills: number,
): Promise<{ kills: number; changes: number; faults: PointFault[] }> {
  const random = seededRandom(seed + 1)
  await setFaults(fixture, false)
  const endsAt = new Date((await readClock()).getTime() + 30 * 86_400_000).toISOString()
  const asked = await askBatch(fixture, perKill * kills, endsAt, random, () =>
    letTimePass(fixture.url, 60),
  )
  await setFaults(fixture, true)
  const waiting = [...asked]
  const crew = [startWorker(), startWorker()]
  for (let killed = 0; killed < kills; killed++) {
    const at = random() < 0.5 ? 0 : 1
    await untilReady(crew[at])
    for (const next of waiting.splice(0, perKill)) await approve(fixture, next)
    await endSome(fixture, asked, endsPerKill)
    await sleep(random() * 700)
    crew[at]?.process.kill('SIGKILL')
    crew[at] = startWorker()
    if ((killed + 1) % 20 === 0)
      console.log(
        JSON.stringify({
          kills: killed + 1,
          approved: asked.length - waiting.length,
          underWay: await countUnderWay(asked),
        }),
      )
  }
  for (const next of waiting) await approve(fixture, next)
  await waitForRest(fixture, asked)
  for (const { process } of crew) process.kill('SIGKILL')
  await setFaults(fixture, false)
  const timed = new Set(
    (await sql.query<{ id: string }>('SELECT "id" FROM "Change" WHERE "endsAt" IS NOT NULL')).map(
      ({ id }) => id,
    ),
  )
  const faults = [
    ...(await judgeBatch(fixture, asked, true)),
    ...(await judgeBatch(
      fixture,
      asked.filter(({ id }) => !timed.has(id)),
      false,
    )),
  ]
  return {
    kills,
    changes: asked.length,
    faults: faults.map((fault) => ({ ...fault, point: kills })),
  }
}

type Worker = { process: ChildProcess; isReady: () => boolean }

function startWorker(): Worker {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', '--conditions=react-server', 'lib/bench/faults-worker.ts'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, CLAVIGER_DATABASE_CONNECTIONS: '8' },
    },
  )
  let ready = false
  child.stdout?.on('data', () => {
    ready = true
  })
  return { process: child, isReady: () => ready }
}

async function untilReady(worker: Worker | undefined): Promise<void> {
  for (const until = Date.now() + readyTimeoutMs; !worker?.isReady(); await sleep(20))
    if (Date.now() > until) throw new Error('a worker did not start')
}

/** Ends what is time-boxed before its time: undoing is under way when workers die, too. */
async function endSome(
  { people: { ann } }: FaultsFixture,
  asked: readonly AskedChangeOfBench[],
  most: number,
): Promise<number> {
  const rows = await sql.query<{ id: string }>(
    `SELECT "id" FROM "Change" WHERE "id" = ANY($1::uuid[]) AND "status" = 'applied'
      AND "endsAt" IS NOT NULL AND "endAskedAt" IS NULL ORDER BY "appliedAt" LIMIT $2`,
    [asked.map(({ id }) => id), most],
  )
  for (const { id } of rows)
    await endNow(permitFor(ann, 'requests.create'), { changeId: id, reason: 'bench' })
  return rows.length
}

async function countUnderWay(asked: readonly AskedChangeOfBench[]): Promise<number> {
  const [row] = await sql.query<{ count: number }>(
    `SELECT count(*) AS "count" FROM "Change"
      WHERE "id" = ANY($1::uuid[])
      AND ("status" IN ('approved', 'executing', 'reverting', 'revertFailed')
        OR "status" = 'applied' AND "endAskedAt" IS NOT NULL)`,
    [asked.map(({ id }) => id)],
  )
  return row?.count ?? 0
}

async function waitForRest(
  fixture: FaultsFixture,
  asked: readonly AskedChangeOfBench[],
): Promise<void> {
  for (const until = Date.now() + restTimeoutMs; Date.now() < until; await sleep(500)) {
    if ((await endSome(fixture, asked, 1_000)) === 0 && (await countUnderWay(asked)) === 0) return
  }
}
