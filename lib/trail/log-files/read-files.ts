/** Reads the files of a folder that wait, and stores what they hold. */
import 'server-only'
import { AwsProblem } from '@/lib/aws/errors'
import { sql } from '@/lib/db/client'
import { storableText } from '../../storable'
import { problemOf } from '../import'
import { Ingest } from '../ingest'
import { readLog, type FileRead } from '../read-file'
import { logFolder } from './names'
import type { LogPlace, LogSource } from './places'
import type { BucketReader } from './reader'
import { problemWords, type FileState } from './words'

/** Files that are stored together and noted as read afterwards: a killed worker reads them again. */
const batch = 20
/** In a turn of one folder: the others wait. */
const mostInTurn = 500
/** So many refusals in a row are no matter of single files. */
const mostRefused = 3
const dayMs = 86_400_000
/** CloudTrail writes 50 MB; beyond this no file of its is unfolded. */
const mostBytes = 2_147_483_648

type Mark = { object: string; state: FileState; hash: string | null; problem: string | null }

/**
 * Reads files in the order of their delivery. What is wrong with one is noted with it, and the
 * others go on. Returns whether more wait. Throws AwsProblem for what is no matter of one file.
 */
export async function readWaiting(
  reader: BucketReader,
  source: LogSource,
  place: LogPlace,
  stop: AbortSignal,
): Promise<boolean> {
  let refused = 0
  for (let done = 0; done < mostInTurn; ) {
    const waiting = await listWaiting(place.id)
    if (waiting.length === 0) return false
    const ingest = new Ingest(
      { name: source.trailArn, importId: null },
      { notAfterMs: Date.now() + dayMs },
    )
    const marks: Mark[] = []
    let failed: AwsProblem | null = null
    for (const object of waiting) {
      stop.throwIfAborted()
      const result = await readOne(reader, source, place, object, ingest)
      if (result.mark) marks.push(result.mark)
      refused = result.failed ? refused + 1 : 0
      if (result.isGeneral || (result.failed && refused >= mostRefused)) failed = result.failed
      if (failed) break
    }
    await ingest.flush()
    await markFiles(place.id, marks)
    if (failed) throw failed
    done += waiting.length
  }
  return true
}

async function listWaiting(placeId: number): Promise<string[]> {
  const rows = await sql.query<{ object: string }>(
    sql`SELECT "object" FROM "TrailLogFile"
     WHERE "placeId" = ${placeId} AND "state" = 'waiting' AND "nextTryAt" <= now()
     ORDER BY "deliveredAt", "object" LIMIT ${batch}`,
  )
  return rows.map(({ object }) => object)
}

type Result = {
  /** Null: it says nothing of the file. */
  mark: Mark | null
  failed: AwsProblem | null
  /** Not of this file alone: the others would fail as well. */
  isGeneral?: boolean
}

async function readOne(
  reader: BucketReader,
  source: LogSource,
  place: LogPlace,
  object: string,
  ingest: Ingest,
): Promise<Result> {
  const key = logFolder(source.prefix, place) + object
  const origin = `s3://${source.bucket}/${key}`
  try {
    const { body } = await reader.open(key)
    const read = await readLog(body, (records) => ingest.take(records, origin), {
      hashed: true,
      mostBytes,
    })
    return { mark: markOf(object, read), failed: null }
  } catch (error) {
    if (!(error instanceof AwsProblem)) throw error
    if (error.code === 'NoSuchKey')
      return { mark: { object, state: 'gone', hash: null, problem: null }, failed: null }
    const isOfFile = error.api === 's3:GetObject' && ['denied', 'state'].includes(error.kind)
    if (!isOfFile) return { mark: null, failed: error, isGeneral: true }
    const problem = problemWords(error, source)
    return { mark: { object, state: 'waiting', hash: null, problem }, failed: error }
  }
}

function markOf(object: string, read: FileRead): Mark {
  const { problem, failed, hash } = read
  if (failed !== null) return { object, state: 'waiting', hash: null, problem }
  const words = problemOf(read)
  if (words === null) return { object, state: 'read', hash, problem: null }
  return { object, state: 'bad', hash, problem: `It ${words}` }
}

/** A file that could not be fetched is tried again, ever later up to six hours. */
async function markFiles(placeId: number, marks: readonly Mark[]): Promise<void> {
  if (marks.length === 0) return
  const rows = JSON.stringify(
    marks.map(({ problem, ...mark }) => ({ ...mark, problem: problem && storableText(problem) })),
  )
  await sql.execute(
    sql`WITH marked AS (
       UPDATE "TrailLogFile" f SET
         "hash" = decode(g."hash", 'hex'), "problem" = g."problem", "tries" = f."tries" + 1,
         "nextTryAt" = now() + least(interval '6 hours', interval '1 minute' * 2 ^ least(f."tries", 9)),
         "state" = CASE WHEN g."state" = 'read' AND decode(g."hash", 'hex') <> f."expected"
           THEN 'altered' ELSE g."state" END
       FROM json_to_recordset(${rows}::json)
         g("object" text, "state" text, "hash" text, "problem" text)
       WHERE f."placeId" = ${placeId} AND f."object" = g."object" AND f."state" = 'waiting'
       RETURNING f."state")
     UPDATE "TrailLogPlace" SET "filesRead" = "filesRead" +
       (SELECT count(*)::int FROM marked WHERE "state" <> 'waiting')
     WHERE "id" = ${placeId}`,
  )
}
