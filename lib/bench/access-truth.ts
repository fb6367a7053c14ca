// npm run bench -- access-truth [--samples 20000] [--seed 1]
// Must hold 3 of issue 3: what the sandbox really answers, over principal x action x key of the demo, equals what we say of it.
// Prints JSON lines; exits 1 at a difference. "unknown" is not a difference, but counted: there something could not be read.
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { closeClients, type Credentials } from './access-ask'
import { startRig, stopProcess } from './sync-rig'

const { values } = parseArgs({ options: { samples: { type: 'string', default: '20000' }, seed: { type: 'string', default: '1' } } })
const rig = await startRig({ keys: 0, demo: true, share: 1 })
let status = 1
try {
  const begun = Date.now()
  const worker = await rig.startWorker({ CLAVIGER_SYNC_INTERVAL_MINUTES: '1440' })
  const sweeps = await waitForDemo()
  await stopProcess(worker)
  console.log(JSON.stringify({ bench: 'access-truth', synced: sweeps, seconds: Math.round((Date.now() - begun) / 1000) }))
  process.env.DATABASE_URL = rig.databaseUrl
  const { compareAccess, drawSamples, makeRandom, readTargets } = await import('./access-compare')
  const { closeDatabase } = await import('../db/client')
  const principals = await rig.knob<Credentials[]>('GET', 'credentials')
  const targets = await readTargets(rig)
  const asked = Date.now()
  const samples = await drawSamples(targets, principals, Number(values.samples), makeRandom(Number(values.seed)))
  const { differences, ...counted } = await compareAccess(rig, samples)
  console.log(JSON.stringify({
    bench: 'access-truth', principals: principals.length, keys: targets.length, ...counted, differences: differences.length, seconds: Math.round((Date.now() - asked) / 1000),
  }))
  for (const difference of differences.slice(0, 25)) console.log(JSON.stringify(difference))
  status = differences.length === 0 && counted.samples >= Number(values.samples) ? 0 : 1
  closeClients()
  await closeDatabase()
} finally {
  await rig.close()
}
process.exit(status)

/** Until keys, grants, last uses, IAM and the organization have been read. */
async function waitForDemo(): Promise<number> {
  const kinds = ['core', 'grants', 'lastUsage', 'iam', 'organization']
  for (let quiet = 0; ; await sleep(500)) {
    const [row] = await rig.query<{ open: number; done: number; kinds: number }>(
      `SELECT count(*) FILTER (WHERE "endedAt" IS NULL)::int AS "open", count(*) FILTER (WHERE "endedAt" IS NOT NULL)::int AS "done",
         count(DISTINCT "kind") FILTER (WHERE "endedAt" IS NOT NULL)::int AS "kinds" FROM "Sweep" WHERE "kind" = ANY($1)`, [kinds])
    quiet = row && row.open === 0 && row.kinds === kinds.length ? quiet + 1 : 0
    if (quiet >= 8) return row?.done ?? 0
  }
}
