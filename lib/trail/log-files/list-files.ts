/** Finds files that are new in a folder, and forgets those that nobody asks about again. */
import 'server-only'
import { sql } from '@/lib/db/client'
import { dayFolder, logFolder, timeOfLog } from './names'
import type { LogPlace, LogSource } from './places'
import type { BucketReader } from './reader'

const dayMs = 86_400_000
/** A busy folder is listed on once these are read. */
const mostNew = 2_000

/**
 * Notes the files of a folder that are not known yet. Names are in the order of time, but a file can
 * come after others whose names stand behind its own: so each listing begins again at the day of
 * what was delivered 24 hours before the newest. Files that come later still are named by digests.
 * It goes by the times in names and by no clock. Throws AwsProblem.
 */
export async function listNewFiles(
  reader: BucketReader,
  source: LogSource,
  place: LogPlace,
): Promise<void> {
  const folder = logFolder(source.prefix, place)
  let newest = place.newestAt
  let fresh = 0
  let isWhole = true
  for await (const names of reader.listFiles(folder, place.after)) {
    const files = names.flatMap((object) => {
      const at = timeOfLog(object)
      return at ? [{ object, at }] : []
    })
    for (const { at } of files) if (newest === null || at > newest) newest = at
    fresh += await addFiles(place.id, files)
    isWhole = fresh < mostNew
    if (!isWhole) break
  }
  const after = newest === null ? '' : dayFolder(new Date(newest.getTime() - dayMs))
  await sql.execute(
    sql`UPDATE "TrailLogPlace" SET "newestAt" = greatest("newestAt", ${newest}),
       "after" = greatest("after" COLLATE "C", ${after}),
       "listedAt" = CASE WHEN ${isWhole} THEN now() ELSE "listedAt" END
     WHERE "id" = ${place.id}`,
  )
}

async function addFiles(placeId: number, files: readonly { object: string; at: Date }[]) {
  if (files.length === 0) return 0
  return sql.execute(
    sql`INSERT INTO "TrailLogFile" ("placeId", "object", "deliveredAt")
     SELECT ${placeId}, "object", "at"
     FROM json_to_recordset(${JSON.stringify(files)}::json) g("object" text, "at" timestamptz)
     ON CONFLICT DO NOTHING`,
  )
}

/**
 * Forgets files that were read: those before the next listing's beginning, once a digest has proven
 * them or will not name them any more. Without digests, once their hours are covered.
 */
export async function forgetFiles({ validates }: LogSource, { id }: LogPlace): Promise<void> {
  const isOver = validates
    ? sql`(f."hash" = f."expected" OR f."deliveredAt" < p."digestsUntil" - interval '1 day'
        OR f."deliveredAt" < p."newestAt" - interval '7 days')`
    : sql`f."deliveredAt" < p."coveredUntil"`
  await sql.execute(
    sql`DELETE FROM "TrailLogFile" f USING "TrailLogPlace" p
     WHERE p."id" = ${id} AND f."placeId" = p."id" AND f."state" = 'read'
       AND f."object" COLLATE "C" <= p."after" AND ${isOver}`,
  )
}
