/** One turn of a source: its folders that are due, some at a time. */
import 'server-only'
import { AwsProblem } from '@/lib/aws/errors'
import { sql } from '@/lib/db/client'
import { checkDigests } from './check-digests'
import { coverHours } from './cover'
import { forgetFiles, listNewFiles } from './list-files'
import { findPlaces, listDuePlaces, type LogPlace, type LogSource } from './places'
import type { BucketReader } from './reader'
import { readWaiting } from './read-files'
import { problemWords } from './words'

const sideBySide = 4
const placesEveryMs = 3_600_000
/** What is due after it is of the next turn. */
const turnMs = 5 * 60_000
/**
 * CloudTrail delivers about every 5 minutes. Each look is a request that S3 bills, for every account
 * and Region: where nothing came for a day it is asked more seldom.
 */
const pause = sql`CASE WHEN "newestAt" > now() - interval '1 day' THEN interval '2 minutes'
  ELSE interval '30 minutes' END`

/**
 * Looks at what is due of a source until nothing is, for some minutes. Throws AwsProblem for what is no matter of one
 * folder: the others would fail as well.
 */
export async function takeTurn(
  reader: BucketReader,
  source: LogSource,
  stop: AbortSignal,
): Promise<void> {
  const listed = source.placesAt?.getTime() ?? 0
  if (Date.now() - listed > placesEveryMs || listed > Date.now()) await findPlaces(reader, source)
  // The next one looks for new folders, and goes by what settings say then.
  const until = Date.now() + turnMs
  for (;;) {
    const due = await listDuePlaces(source.id)
    if (due.length === 0 || Date.now() > until) return
    const queue = due.values()
    const work = async () => {
      for (const place of queue) await lookAt(reader, source, place, stop)
    }
    // All of them end before the first failure is told: none goes on behind the lease.
    const ends = await Promise.allSettled(Array.from({ length: sideBySide }, work))
    const failed = ends.find((end) => end.status === 'rejected')
    if (failed) throw failed.reason
  }
}

/** Brings one folder up to date, as far as a turn goes. */
async function lookAt(
  reader: BucketReader,
  source: LogSource,
  place: LogPlace,
  stop: AbortSignal,
): Promise<void> {
  stop.throwIfAborted()
  await listNewFiles(reader, source, place)
  let isMore = await readWaiting(reader, source, place, stop)
  let problem: string | null = null
  if (source.validates) {
    try {
      isMore = (await checkDigests(reader, source, place, stop)) || isMore
    } catch (error) {
      if (!isOfPlace(error)) throw error
      problem = problemWords(error, source)
    }
    // Files that a digest named first.
    isMore = (await readWaiting(reader, source, place, stop)) || isMore
  }
  await coverHours(source, place)
  await forgetFiles(source, place)
  await endPlace(place.id, { isMore, problem })
}

/**
 * What fails for one folder alone: keys of CloudTrail are asked for in its Region, and a digest can
 * be gone or broken off by itself. What is refused would be refused in the others too.
 */
const isOfPlace = (error: unknown): error is AwsProblem =>
  error instanceof AwsProblem &&
  (error.api === 'cloudtrail:ListPublicKeys' ||
    (error.api === 's3:GetObject' && error.kind !== 'denied'))

type End = { isMore: boolean; problem: string | null }

async function endPlace(id: number, { isMore, problem }: End): Promise<void> {
  await sql.execute(
    sql`UPDATE "TrailLogPlace" SET "problem" = ${problem},
       "problemAt" = CASE WHEN ${problem}::text IS NULL THEN NULL ELSE now() END,
       "nextAt" = CASE WHEN ${isMore} THEN now() ELSE now() + ${pause} END
     WHERE "id" = ${id}`,
  )
}
