/** The worker's loop over sources of log files: one worker has a source at a time. */
import 'server-only'
import { setMaxListeners } from 'node:events'
import { AwsProblem } from '@/lib/aws/errors'
import { raw, sql } from '@/lib/db/client'
import { log } from '@/lib/log'
import { claimRows, millisecondsTo, renewRow, settleRow, type Queue } from '@/lib/work/claim'
import { makeLanes, type Lanes } from '@/lib/work/lanes'
import type { LogSource } from './places'
import { openBucket } from './reader'
import { takeTurn } from './turn'
import { problemWords } from './words'

const queue: Queue = {
  table: '"TrailLogSource"',
  clock: 'now()',
  leaseSeconds: 15,
  held: sql`true`,
}
const renewEveryMs = 3_000
const sideBySide = 3

type Lease = LogSource & { attempt: number }
const columns = [
  'id',
  'trailArn',
  'bucket',
  'prefix',
  'bucketRegion',
  'roleArn',
  'isOrganization',
  'validates',
  'readFrom',
  'placesAt',
  'attempt',
]

const claimSources = (most: number): Promise<Lease[]> =>
  claimRows<Lease>(
    sql,
    queue,
    {
      due: sql`c."nextAt" <= now()`,
      order: sql`c."nextAt", c."id"`,
      returning: raw(columns.map((name) => `c."${name}"`).join(', ')),
    },
    most,
  )

/** In how many milliseconds a source is due and free; null: there is none. */
async function dueMs(): Promise<number | null> {
  const [row] = await sql.query<{ due: number | null }>(
    sql`SELECT min(${millisecondsTo(queue.clock, sql`greatest("nextAt", "leaseUntil")`)}) AS "due"
     FROM "TrailLogSource"`,
  )
  return row?.due ?? null
}

/** Makes the loop that reads log files. */
export const makeLogFilesLoop = (): Lanes =>
  makeLanes({
    lanes: [{ width: sideBySide }],
    claim: (_, most) => claimSources(most),
    due: dueMs,
    run: runSource,
    brokeOff: ({ id }, error) =>
      log.error({ err: error, source: id }, 'reading log files broke off'),
  })

async function runSource(lease: Lease, stop: AbortSignal): Promise<void> {
  const lost = new AbortController()
  const signal = AbortSignal.any([stop, lost.signal])
  setMaxListeners(0, signal, stop)
  const timer = setInterval(() => {
    renewRow(sql, queue, lease).then(
      (held) => {
        if (!held) lost.abort(new Error('the lease of this source was lost'))
      },
      (error: unknown) => log.warn({ err: error }, 'a lease could not be renewed'),
    )
  }, renewEveryMs)
  try {
    await takeTurn(openBucket(lease, { signal }), lease, signal)
    await settleRow(sql, queue, lease, ended)
  } catch (error) {
    if (stop.aborted) await settleRow(sql, queue, lease, sql`"nextAt" = now()`)
    else if (!lost.signal.aborted) await fail(lease, error)
  } finally {
    clearInterval(timer)
  }
}

/** It is due again when the first of its folders is; new folders are looked for each hour. */
const ended = sql`"problem" = NULL, "problemAt" = NULL, "failures" = 0, "lookedAt" = now(),
  "nextAt" = greatest(now() + interval '5 seconds', least(now() + interval '15 minutes',
    (SELECT min(p."nextAt") FROM "TrailLogPlace" p WHERE p."sourceId" = "TrailLogSource"."id")))`

/** It is tried again, ever later up to half an hour: each refusal is somebody's alarm. */
async function fail(lease: Lease, error: unknown): Promise<void> {
  const isAws = error instanceof AwsProblem
  if (!isAws) log.error({ err: error, source: lease.id }, 'reading log files failed')
  const problem = isAws
    ? problemWords(error, lease)
    : `Reading failed here, not in AWS; it is tried again. ${String(error)}`
  await settleRow(
    sql,
    queue,
    lease,
    sql`"problem" = ${problem}, "problemAt" = now(), "failures" = "failures" + 1,
      "nextAt" = now() + least(interval '30 minutes', interval '30 seconds' * 2 ^ least("failures", 6))`,
  )
}
