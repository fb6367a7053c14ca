import 'server-only'
import { setMaxListeners } from 'node:events'
import { AwsProblem } from '../../aws/errors'
import type { ProblemKind } from '../../aws/problem'
import { raw, sql } from '../../db/client'
import { readWallClock } from '../../db/clock'
import { env } from '../../env'
import { log } from '../../log'
import { sweptAccount, sweptRegion } from '../../sweep/queue'
import { makeLanes, type Lanes } from '../../work/lanes'
import { pollPlace, type PollBy } from './poll-place'
import { noteProblem, noteRead, toStored, type Place } from './state'

/** Polls under way in one process. */
const width = 64
/** What comes due within this is done with what is due: the worker wakes less often. */
const togetherSeconds = 5
/** Another worker polls a place whose worker said nothing for so long. */
const lostMinutes = 5
/** One poll in so many asks for everything again where that was too much before. */
const tryAgainOneIn = 30

/** What refuses is asked by the sweep alone, until it answers: each refusal is somebody's alarm. */
const refused: readonly ProblemKind[] = ['denied', 'unsupported']
const againAfterFailureMs = 2 * 60_000

type Due = {
  accountId: string
  region: string
  by: PollBy
  readRoleArn: string | null
}

/** Places of connected accounts and swept Regions whose backward reading has begun. */
const places = sql`trail.lookup l JOIN "Account" a ON a.id = l.account_id
  JOIN "AccountRegion" g ON g."accountId" = l.account_id AND g.region = l.region
  WHERE ${sweptAccount} AND ${sweptRegion}
    AND coalesce(l.problem->>'kind', '') <> ALL(${refused})`

async function claim(most: number): Promise<Due[]> {
  if (env().CLAVIGER_TRAIL_LOOKUP_DAYS === 0) return []
  return sql.query<Due>(
    sql`UPDATE trail.lookup p SET poll_at = now() + interval '${raw(String(lostMinutes))} minutes'
     FROM (SELECT l.account_id, l.region, a."readRoleArn" FROM ${places}
         AND l.poll_at <= now() + interval '${raw(String(togetherSeconds))} seconds'
       ORDER BY l.poll_at LIMIT ${most} FOR UPDATE OF l SKIP LOCKED) d
     WHERE p.account_id = d.account_id AND p.region = d.region
     RETURNING p.account_id AS "accountId", p.region, p.poll_by AS by, d."readRoleArn"`,
  )
}

async function dueMs(): Promise<number | null> {
  if (env().CLAVIGER_TRAIL_LOOKUP_DAYS === 0) return null
  const [row] = await sql.query<{ ms: number | null }>(
    sql`SELECT (extract(epoch FROM min(l.poll_at) - now()) * 1000)::float8 AS ms FROM ${places}`,
  )
  return row?.ms ?? null
}

async function poll({ readRoleArn, by, ...place }: Due, stop: AbortSignal): Promise<void> {
  setMaxListeners(0, stop)
  const reader = {
    roleArn: readRoleArn,
    region: place.region,
    externalId: env().CLAVIGER_EXTERNAL_ID ?? '',
  }
  const nowMs = (await readWallClock()).getTime()
  const first = Math.random() * tryAgainOneIn < 1 ? 'source' : by
  try {
    const polled = await pollPlace(place, reader, { by: first, nowMs, signal: stop })
    await noteRead(place, polled.what, polled)
    const seconds = env().CLAVIGER_TRAIL_POLL_SECONDS
    await sql.execute(
      sql`UPDATE trail.lookup SET poll_by = ${polled.by}, polled_at = ${new Date(nowMs)},
         problem = NULL, poll_at = greatest(now(), ${new Date(nowMs + seconds * 1_000)})
       WHERE account_id = ${place.accountId} AND region = ${place.region}`,
    )
  } catch (error) {
    if (stop.aborted) return release(place)
    if (!(error instanceof AwsProblem)) throw error
    await noteProblem(place, toStored(error, nowMs), againAfterFailureMs)
  }
}

/** Hands it to the next worker, or to this one when it is back. */
async function release({ accountId, region }: Place): Promise<void> {
  await sql.execute(
    sql`UPDATE trail.lookup SET poll_at = now()
     WHERE account_id = ${accountId} AND region = ${region}`,
  )
}

/**
 * Makes the loop that looks at each place for what has just happened there. By itself and no sweep:
 * where nothing happens it costs one call to AWS and two short statements.
 */
export const makePollLoop = (): Lanes =>
  makeLanes({
    lanes: [{ width }],
    claim: (_, most) => claim(most),
    due: () => dueMs(),
    run: poll,
    brokeOff: (place, error) =>
      log.error({ err: error, ...place }, 'a poll of CloudTrail broke off'),
  })
