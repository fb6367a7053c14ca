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
  fixture: FaultsFixture,
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
    await setFaults(fixture, false)
    const endsAt = new Date((await readClock()).getTime() + 60 * 86_400_000).toISOString()
    const batch = await askBatch(fixture, batchSize, endsAt, random, () =>
      letTimePass(fixture.url, 60),
    )
    await inParallel(batch, 6, (asked) => approve(fixture, asked))
    await setFaults(fixture, true)
    for (const undone of [false, true]) {
      if (undone) await letTimePass(fixture.url, 61 * 86_400) // past every end
      await runToRest(fixture, batch, random, () => {
        crashed += 1
      })
      await setFaults(fixture, false)
      faults.push(
        ...(await judgeBatch(fixture, batch, undone)).map((fault) => ({ ...fault, point: before })),
      )
      await setFaults(fixture, true)
    }
    changes += batch.length
    forgetKeys(fixture)
    if (batchSize > 100)
      console.log(JSON.stringify({ points: crashed, changes, faults: faults.length }))
  }
  await setFaults(fixture, false)
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
  fixture: FaultsFixture,
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
    await letTimePass(fixture.url, passSeconds)
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
