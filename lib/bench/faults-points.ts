/**
 * Crashes at random points of the execution, in this process: whatever a life of the worker was
 * doing ends there, and another takes over.
 */
import { executeChange } from '../changes/run/execute'
import { claimChanges } from '../changes/run/lease'
import { letTimePass, fixtureAccount } from '../changes/test/fixtures'
import { sql } from '../db/client'
import { readClock } from '../db/clock'
import { seededRandom } from '../sandbox/limits/faults'
import {
  approve,
  inParallel,
  setFaults,
  askBatch,
  type FaultsFixture,
  type AskedChangeOfBench,
} from './faults-fixture'
import { judgeBatch, type Fault } from './faults-verify'
import { Crash, makeCrashingContext } from './faults-context'

export type PointFault = Fault & { point: number }
const chance = 0.8
const mostRounds = 400
/**
 * Seconds between two lives: every lease has run out by then, every call that
 * was under way has arrived.
 */
const passSeconds = 61
const never = new AbortController().signal

/** At least so many crashes, over batches of changes of every kind. */
export async function runPoints(
  stage: FaultsFixture,
  seed: number,
  points: number,
  batchSize = 120,
): Promise<{ points: number; changes: number; faults: PointFault[] }> {
  const random = seededRandom(seed)
  const faults: PointFault[] = []
  let crashed = 0
  let changes = 0
  while (crashed < points && faults.length === 0) {
    const before = crashed
    await setFaults(stage, false)
    const endsAt = new Date((await readClock()).getTime() + 60 * 86_400_000).toISOString()
    const batch = await askBatch(stage, batchSize, endsAt, random, () => letTimePass(stage.url, 60))
    await inParallel(batch, 6, (staged) => approve(stage, staged))
    await setFaults(stage, true)
    for (const undone of [false, true]) {
      if (undone) await letTimePass(stage.url, 61 * 86_400) // past every end
      await runToRest(stage, batch, random, () => {
        crashed += 1
      })
      await setFaults(stage, false)
      faults.push(
        ...(await judgeBatch(stage, batch, undone)).map((fault) => ({ ...fault, point: before })),
      )
      await setFaults(stage, true)
    }
    changes += batch.length
    forgetKeys(stage)
    if (batchSize > 100)
      console.log(JSON.stringify({ points: crashed, changes, faults: faults.length }))
  }
  await setFaults(stage, false)
  return { points: crashed, changes, faults }
}

/** What was judged is over: looking for a new key would read them all. */
function forgetKeys({ sandbox }: FaultsFixture): void {
  for (const region of sandbox.world.accounts.get(fixtureAccount)?.regions.values() ?? []) {
    region.keys.clear()
    region.aliases.clear()
    region.events.length = 0
  }
}

async function runToRest(
  stage: FaultsFixture,
  batch: readonly AskedChangeOfBench[],
  random: () => number,
  count: () => void,
): Promise<void> {
  const ids = batch.map(({ id }) => id)
  for (let round = 0; round < mostRounds; round++) {
    // A claim is a point too: its transaction is there or not, its answer may never be heard.
    const leases = (
      await Promise.all(
        (['undo', 'do'] as const).map((mode) =>
          survive(() =>
            claimChanges(
              makeCrashingContext(random, chance / 10, count),
              'bench',
              mode,
              batch.length,
            ),
          ),
        ),
      )
    ).flatMap((found) => found ?? [])
    await inParallel(leases, 12, (lease) =>
      survive(() => executeChange(makeCrashingContext(random, chance, count), lease, never)),
    )
    const [left] = await sql.query<{ count: number }>(
      `SELECT count(*) AS "count" FROM "Change"
        WHERE "id" = ANY($1::uuid[])
        AND ("status" IN ('approved', 'executing', 'reverting', 'revertFailed')
        OR "status" = 'applied' AND "endsAt" <= claviger_now())`,
      [ids],
    )
    if ((left?.count ?? 0) === 0) return
    await letTimePass(stage.url, passSeconds)
  }
}

async function survive<T>(run: () => Promise<T>): Promise<T | null> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof Crash) return null
    throw error
  }
}
