import 'server-only'
import os from 'node:os'
import { sql } from '@/lib/db/client'
import type { LoopReport } from '@/lib/work/loop'

/** Ends the silence that people were told of, if there was one: of the next they are told again. */
export async function writeHeartbeat(id: string, loops: Record<string, LoopReport>): Promise<void> {
  await sql.execute(
    `WITH heard AS (DELETE FROM "Setting" WHERE "name" = 'worker.silence')
     INSERT INTO "WorkerHeartbeat" ("id", "host", "pid", "version", "loops", "startedAt", "seenAt")
     VALUES ($1, $2, $3, $4, $5, now(), now())
     ON CONFLICT ("id") DO UPDATE SET "seenAt" = excluded."seenAt", "loops" = excluded."loops"`,
    [
      id,
      os.hostname(),
      process.pid,
      process.env.npm_package_version ?? 'unknown',
      JSON.stringify(loops),
    ],
  )
}

/**
 * The last heartbeat of a worker that stops: none of its loops runs any more. The row stays, so
 * that a silence is counted from when the last worker was heard, however it ended.
 */
export async function endHeartbeat(id: string): Promise<void> {
  await sql.execute(
    `UPDATE "WorkerHeartbeat" SET "seenAt" = now(), "loops" = '{}' WHERE "id" = $1`,
    [id],
  )
}

/** Workers of which nothing was heard for a day. */
export async function forgetOldHeartbeats(): Promise<void> {
  await sql.execute(`DELETE FROM "WorkerHeartbeat" WHERE "seenAt" < now() - interval '1 day'`)
}
