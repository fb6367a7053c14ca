// node --import tsx --conditions=react-server lib/bench/sync-rate.ts [--keys 10000] [--share-keys
// 3000] How fast the sync is with AWS's quotas enforced and all of them allowed, beside what the
// SDK does bare; and that at a share of 30 % no second of the sandbox's meter is above the share,
// with two workers. Prints JSON lines; exits 1 when a bound is broken.
import os from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { DescribeKeyCommand, KMSClient, ListKeysCommand } from '@aws-sdk/client-kms'
import { quotaRowOf } from '../aws/quota-rows'
import { benchAccount, benchRegion, startRig, waitForSweeps, type Rig } from './sync-rig'

const { values } = parseArgs({
  options: {
    keys: { type: 'string', default: '10000' },
    'share-keys': { type: 'string', default: '3000' },
  },
})
const share = 0.3
const boundSeconds = 130
const say = (line: Record<string, unknown>) =>
  console.log(JSON.stringify({ bench: 'sync-rate', ...line }))

/** DescribeKey as fast as one process can, with nothing of ours around it. */
async function measureBareSdk(rig: Rig): Promise<number> {
  const [host] = await rig.control<{ arn: string; accessKeyId: string; secretAccessKey: string }[]>(
    'GET',
    'credentials',
  )
  if (!host) throw new Error('no credentials')
  const client = new KMSClient({
    region: benchRegion,
    endpoint: rig.endpoint,
    maxAttempts: 1,
    credentials: { accessKeyId: benchAccount, secretAccessKey: 'any' },
  })
  const { Keys = [] } = await client.send(new ListKeysCommand({ Limit: 1000 }))
  let calls = 0
  const run = async (forMs: number) => {
    const until = Date.now() + forMs
    calls = 0
    await Promise.all(
      Array.from({ length: 40 }, async (_, lane) => {
        for (let at = lane; Date.now() < until; at += 40, calls++)
          await client.send(new DescribeKeyCommand({ KeyId: Keys[at % Keys.length]?.KeyId }))
      }),
    )
    return calls / (forMs / 1000)
  }
  await run(1_000)
  return run(4_000)
}

type Meter = {
  accountId: string
  region: string
  service: string
  operation: string
  seconds: [second: number, calls: number, throttles: number][]
}

async function benchWholeQuota(keys: number): Promise<boolean> {
  const rig = await startRig({ keys, share: 1 })
  try {
    const bare = await measureBareSdk(rig)
    await rig.control('PUT', 'quotas', { enforced: true })
    const begun = Date.now()
    await rig.startWorker()
    const sweeps = await waitForSweeps(rig, ['core', 'grants', 'rotations'], 15 * 60_000)
    const first = Math.min(...sweeps.map((sweep) => sweep.startedAt.getTime()))
    const last = Math.max(...sweeps.map((sweep) => sweep.endedAt?.getTime() ?? 0))
    for (const { kind, status, seconds, calls, throttled } of sweeps)
      say({
        keys,
        sweep: kind,
        status,
        seconds: round(seconds),
        calls,
        throttled,
        callsPerSecond: round(calls / seconds),
      })
    const total = (last - first) / 1000
    say({
      keys,
      whole: round(total),
      withStart: round((last - begun) / 1000),
      bound: boundSeconds,
      bareSdkCallsPerSecond: round(bare),
      load: os.loadavg().map(round),
    })
    return total <= boundSeconds
  } finally {
    await rig.close()
  }
}

async function benchShare(keys: number): Promise<boolean> {
  const rig = await startRig({ keys, share })
  try {
    await Promise.all([rig.startWorker(), rig.startWorker()])
    await waitForSweeps(rig, ['core'], 5 * 60_000)
    await sleep(20_000) // grants, rotations and last use go on, both workers in them
    const meter = await rig.control<Meter[]>('GET', 'meter')
    let held = true
    for (const { service, operation, region, seconds } of meter) {
      if (service !== 'kms' || region !== benchRegion) continue
      const allowed = Math.max(
        1,
        Math.ceil(share * quotaRowOf(`kms:${operation}`).perSecond - 1e-9),
      )
      const most = Math.max(...seconds.map(([, calls]) => calls))
      const mean = seconds.reduce((sum, [, calls]) => sum + calls, 0) / Math.max(1, seconds.length)
      say({
        share,
        workers: 2,
        operation,
        allowed,
        most,
        mean: round(mean),
        seconds: seconds.length,
        held: most <= allowed,
      })
      held &&= most <= allowed
    }
    return held
  } finally {
    await rig.close()
  }
}

const round = (value: number) => Math.round(value * 10) / 10

const sharesHeld = await benchShare(Number(values['share-keys']))
const quickEnough = await benchWholeQuota(Number(values.keys))
process.exit(sharesHeld && quickEnough ? 0 : 1)
