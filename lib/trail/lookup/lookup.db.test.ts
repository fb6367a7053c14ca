import { setTimeout as sleep } from 'node:timers/promises'
import { DisableKeyCommand, EnableKeyCommand } from '@aws-sdk/client-kms'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { chance, kmsRecord } from '../../bench/trail-records'
import { callAws } from '../../aws/call'
import { closeBudget } from '../../aws/budget/local-budget'
import { freshDatabase } from '../../db/test/database'
import { addKey, delegating, document } from '../../sandbox/test/call'
import { adminOf, runSandbox } from '../../sandbox/test/running'
import { openAccount } from '../../sandbox/accounts'
import type { TrailEvent } from '../../sandbox/world'
import { claimSweeps } from '../../sweep/lease'
import { queueSweeps } from '../../sweep/queue'
import type { Run } from '../../sweep/sweep'
import { Tally } from '../../sweep/tally'
import { makeSweepLoop } from '../../worker/sweeps'
import { recountHours } from '../recount'
import { rollupDifferences } from '../test/events'
import { makePollLoop } from './poll'
import { lookupSweep } from './sweep'

const { sql } = await freshDatabase()
const worker = '00000000-0000-4000-8000-000000000000'
const [account, region] = ['111122223333', 'eu-west-1']
const place = { accountId: account, region }
const admin = `arn:aws:iam::${account}:user/admin`
const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs
const aws = await runSandbox()

const state = () => {
  const found = openAccount(aws.sandbox.world, account).regions.get(region)
  if (!found) throw new Error('no Region')
  return found
}

/** As fast as it goes: what the rate does is one test's matter. */
async function setRate(perSecond: number): Promise<void> {
  await aws.control('PUT', 'quotas', {
    enforced: false,
    overrides: [{ quota: 'LookupEvents', value: perSecond }],
  })
  await sql.execute(
    `INSERT INTO "Budget" ("accountId", region, quota, "perSecond") VALUES ($1, $2, 'LookupEvents', $3)
     ON CONFLICT ("accountId", region, quota) DO UPDATE SET "perSecond" = excluded."perSecond"`,
    [account, region, perSecond],
  )
}

beforeAll(async () => {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: aws.url,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: account,
    AWS_SECRET_ACCESS_KEY: 'any',
    CLAVIGER_EXTERNAL_ID: 'claviger-test',
  })
})
beforeEach(async () => {
  state().events = []
  await sql.execute(`TRUNCATE trail.lookup, trail.event, trail.use, trail.dirty_hour, "TrailCoverage",
    "TrailSetAside", "Sweep", "Key", "Account", "AccountRegion" CASCADE`)
  await sql.execute(
    `INSERT INTO "Account" (id, name, source, path, "onlyRegions") VALUES ($1, 'one', 'self', '{}', '{}')`,
    [account],
  )
  await sql.execute(`INSERT INTO "AccountRegion" ("accountId", region) VALUES ($1, $2)`, [
    account,
    region,
  ])
  process.env.CLAVIGER_BUDGET_SHARE = '1'
})
afterAll(async () => {
  await closeBudget()
  await aws.close()
})

/** An event so long ago; most are of KMS. */
function happen(n: number, agoMs: number): TrailEvent {
  const at = Math.floor((Date.now() - agoMs) / 1_000) * 1_000
  const record = JSON.parse(kmsRecord(7, n))
  Object.assign(record, {
    eventTime: new Date(at).toISOString().replace('.000', ''),
    recipientAccountId: account,
    awsRegion: region,
    eventSource: n % 17 === 0 ? 's3.amazonaws.com' : 'kms.amazonaws.com',
  })
  const event = { eventId: record.eventID, at, record }
  const { events } = state()
  events.push(event)
  events.sort((a, b) => a.at - b.at)
  return event
}
const isOurs = (n: number) => n % 17 !== 0
const storedIds = async () =>
  (await sql.query<{ id: string }>('SELECT event_id AS id FROM trail.event')).map(({ id }) => id)

class Killed extends Error {}

/** Runs the sweep until its end, or until it dies at a call. True: it came to its end. */
async function sweepOnce(diesAtCall: number): Promise<boolean> {
  await queueSweeps([{ ...place, kind: 'lookup' }])
  await sql.execute(`UPDATE "Sweep" SET "leaseUntil" = now() WHERE status = 'running'`)
  const [lease] = await claimSweeps(worker, ['lookup'], 1)
  if (!lease) throw new Error('no lease')
  const tally = new Tally()
  const { signal } = new AbortController()
  let calls = 0
  const run: Run = {
    lease,
    after: null,
    reader: { roleArn: null, region, externalId: '' },
    signal,
    tally,
    checks: new Map(),
    progress: { itemsDone: 0, itemsTotal: null },
    now: () => Date.now(),
    call: async (api, send) => {
      calls += 1
      const answer = await callAws({ ...place, signal }, api, send)
      if (calls === diesAtCall) throw new Killed()
      return answer
    },
    queueFollowers: async () => {},
  }
  try {
    expect(await lookupSweep.run(run)).toMatchObject({ status: 'complete' })
    return true
  } catch (error) {
    if (!(error instanceof Killed)) throw error
    return false
  }
}

async function poll(): Promise<void> {
  await sql.execute('UPDATE trail.lookup SET poll_at = now()')
  const loop = makePollLoop()
  await loop.claim()
  await loop.settled()
}

test('sweep and poll together stay within our share: one call a second of AWS’s two', async () => {
  // The first test: a lease that was had at another rate would last some seconds.
  await setRate(2)
  process.env.CLAVIGER_BUDGET_SHARE = '0.3'
  for (let n = 1; n < 400; n++) happen(n, n * 60 * minuteMs)
  aws.sandbox.meter.clear()
  await queueSweeps([{ ...place, kind: 'lookup' }])
  const stop = new AbortController()
  const [sweeps, polls] = [makeSweepLoop(worker), makePollLoop()]
  const called = () =>
    [...aws.sandbox.meter.values()]
      .filter(({ operation }) => operation === 'LookupEvents')
      .flatMap(({ seconds }) => [...seconds.values()])
  while (called().length < 4) {
    await sql.execute('UPDATE trail.lookup SET poll_at = now()')
    await Promise.all([sweeps.claim(stop.signal), polls.claim(stop.signal)])
    await sleep(100)
  }
  stop.abort(new Error('the worker is stopping'))
  await Promise.all([sweeps.settled(), polls.settled()])
  expect(Math.max(...called().map(([calls]) => calls))).toBe(1)
  expect(called().filter(([, throttles]) => throttles > 0)).toEqual([])
  const handedBack = await sql.query(`SELECT status FROM "Sweep" WHERE kind = 'lookup'`)
  expect(handedBack).toEqual([{ status: 'queued' }])
}, 30_000)

test('workers that die anywhere bring each event once, late ones too, and hours that are whole', async () => {
  await setRate(4_000)
  const random = chance(11)
  const count = 900
  // Some eight in each of their seconds, so that pages end within one.
  const begun = Date.now()
  const ago = () => Date.now() - begun + Math.floor(random() * 110) * 0.8 * dayMs + 40 * minuteMs
  const old = Array.from({ length: count }, (_, n) => n)
  const expected = old.filter(isOurs).map((n) => happen(n, ago()).eventId)
  for (const n of old.filter((one) => !isOurs(one))) happen(n, ago())
  // Seen only after what is newer was read.
  const late = happen(count + 3, 16 * minuteMs)
  late.seenAt = Number.POSITIVE_INFINITY
  const fresh = happen(count + 2, 2 * minuteMs)

  let deaths = 0
  const untilEnd = async () => {
    while (!(await sweepOnce(1 + Math.floor(random() * 25)))) {
      deaths += 1
      if (deaths % 4 === 0) await poll()
    }
  }
  await untilEnd()
  await poll()
  expect(await storedIds()).toContain(fresh.eventId)
  expect(await storedIds()).not.toContain(late.eventId)
  late.seenAt = 0
  await poll()
  await untilEnd()
  expect(deaths).toBeGreaterThan(2)
  expect((await storedIds()).toSorted()).toEqual(
    [...expected, late.eventId, fresh.eventId].toSorted(),
  )

  await recountHours()
  expect(await sql.query(rollupDifferences)).toEqual([{ differences: 0 }])
  const [coverage] = await sql.query<{ whole: number; partly: number; newest: number }>(
    `SELECT count(*) FILTER (WHERE "isWhole")::int AS whole,
       count(*) FILTER (WHERE NOT "isWhole")::int AS partly,
       extract(epoch FROM now() - max(hour))::int / 60 AS newest FROM "TrailCoverage"`,
  )
  expect(coverage).toMatchObject({ partly: 0 })
  expect(coverage?.whole).toBeGreaterThan(90 * 24 - 3)
  // The hour that is over, once nothing of it can be late any more.
  expect(coverage?.newest).toBeGreaterThanOrEqual(60 + 20)
}, 60_000)

test('a change made around Claviger is here after a poll, and its key alone is read again', async () => {
  await setRate(4_000)
  const { world } = aws.sandbox
  const [seen, unseen] = [1, 2].map(() => addKey(world, account, document(delegating(account))))
  if (!seen || !unseen) throw new Error('no keys')
  const kms = aws.kms(adminOf(account), region)
  const stored = () =>
    sql.query(
      `SELECT operation, key_arn AS key FROM trail.event
       WHERE NOT is_use ORDER BY occurred_at, operation, key_arn`,
    )
  const reads = () =>
    sql.query(
      `SELECT "keyArn", parts, reason FROM "Sweep" WHERE kind = 'key' AND status = 'queued'`,
    )
  // One was read after what is done below, the other before.
  await sql.execute(
    `INSERT INTO "Key" (arn, "accountId", region, "keyId", "listedAt", "listedIn", "describedAt")
     SELECT arn, $1, $2, arn, now(), 1, now() + minutes * interval '1 minute'
     FROM unnest($3::text[], $4::int[]) k(arn, minutes)`,
    [account, region, [unseen.arn, seen.arn], [-5, 5]],
  )
  await sweepOnce(Number.POSITIVE_INFINITY)
  for (const { keyId } of [unseen, seen]) await kms.send(new DisableKeyCommand({ KeyId: keyId }))
  await poll()
  expect(await stored()).toHaveLength(2)
  expect(await reads()).toEqual([
    { keyArn: unseen.arn, parts: ['core'], reason: 'DisableKey in CloudTrail' },
  ])

  // What the write role does is read by the change that it is done for.
  await sql.execute(`DELETE FROM "Sweep" WHERE kind = 'key'`)
  await sql.execute(`UPDATE "Account" SET "writeRoleArn" = $1`, [admin])
  await kms.send(new EnableKeyCommand({ KeyId: unseen.keyId }))
  await poll()
  expect(await stored()).toContainEqual({ operation: 'EnableKey', key: unseen.arn })
  expect(await reads()).toEqual([])
}, 30_000)
