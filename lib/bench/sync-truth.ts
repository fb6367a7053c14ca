// npm run bench, or: node --import tsx --conditions=react-server lib/bench/sync-truth.ts [--keys
// 10000] [--kills 6] With 30 % of calls throttled, 5 % failing inside, pages cut short and workers
// killed at random moments, the stored inventory must equal the sandbox's truth field by field.
// Prints JSON lines; exits 1 when it does not.
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { compareWithTruth } from './sync-compare'
import {
  benchAccount,
  benchRegion,
  startRig,
  stopProcess,
  waitForSweeps,
  type Rig,
} from './sync-rig'

const { values } = parseArgs({
  options: {
    keys: { type: 'string', default: '10000' },
    kills: { type: 'string', default: '6' },
    throttle: { type: 'string', default: '0.3' },
  },
})
const keys = Number(values.keys)
const kinds = ['core', 'grants', 'rotations', 'lastUsage']

const raised = [
  'GetKeyLastUsage',
  'ListGrants',
  'ListKeyRotations',
  'ListAliases',
  'ListKeys',
  'GetKeyPolicy',
  'GetKeyRotationStatus',
  'DescribeKey',
  'ListResourceTags',
]

/**
 * The slow quotas would make this a matter of hours; how fast the sync is allowed to be is the
 * other bench's question. Again and again, since the sweep of quotas corrects it.
 */
async function raiseBudgets(rig: Rig): Promise<void> {
  await rig.query(
    `INSERT INTO "Budget" ("accountId", "region", "quota", "perSecond")
      SELECT $1, $2, o || ' request rate', 4000 FROM unnest($3::text[]) o
     ON CONFLICT ("accountId", "region", "quota") DO UPDATE SET "perSecond" = 4000`,
    [benchAccount, benchRegion, raised],
  )
}

async function isSweeping(rig: Rig): Promise<boolean> {
  const rows = await rig.query(
    `SELECT 1 FROM "Sweep"
      WHERE "status" = 'running' AND "leaseUntil" > now() + interval '4 seconds'
      AND "kind" = ANY($1)`,
    [kinds],
  )
  return rows.length > 0
}

const rig = await startRig({ keys, share: 1 })
let status = 1
try {
  await raiseBudgets(rig)
  await rig.control('PUT', 'faults', [
    { operation: '*', throttle: Number(values.throttle), error5xx: 0.05, shortPage: 0.3 },
  ])
  const begun = Date.now()
  const raising = setInterval(() => void raiseBudgets(rig).catch(() => {}), 2_000)
  let worker = await rig.startWorker()
  const done = waitForSweeps(rig, kinds, 40 * 60_000)
  let kills = 0
  let finished = false
  void done.then(
    () => {
      finished = true
    },
    () => {
      finished = true
    },
  )
  while (kills < Number(values.kills) && !finished) {
    // Only a worker that is at work is worth killing: its start takes seconds on a busy machine.
    while (!finished && !(await isSweeping(rig))) await sleep(100)
    await sleep(Math.random() * 20_000)
    if (finished) break
    await stopProcess(worker, 'SIGKILL')
    kills += 1
    worker = await rig.startWorker()
  }
  const sweeps = await done
  clearInterval(raising)
  const { differences, ...counted } = await compareWithTruth(
    rig.query,
    rig.control,
    benchAccount,
    benchRegion,
  )
  for (const sweep of sweeps)
    console.log(
      JSON.stringify({
        bench: 'sync-truth',
        sweep: sweep.kind,
        status: sweep.status,
        attempts: sweep.attempt,
        seconds: Math.round(sweep.seconds),
        problem: sweep.problem,
      }),
    )
  console.log(
    JSON.stringify({
      bench: 'sync-truth',
      ...counted,
      kills,
      seconds: Math.round((Date.now() - begun) / 1000),
      differences: differences.length,
    }),
  )
  for (const difference of differences.slice(0, 10)) console.log(JSON.stringify({ difference }))
  status = differences.length === 0 && counted.keys === keys ? 0 : 1
} finally {
  await rig.close()
}
process.exit(status)
