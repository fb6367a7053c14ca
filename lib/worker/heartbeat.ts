import 'server-only'
import os from 'node:os'
import { sql } from '@/lib/db/client'
import type { LoopReport } from './loop'

export async function writeHeartbeat(id: string, loops: Record<string, LoopReport>): Promise<void> {
  await sql.execute(
    `INSERT INTO "WorkerHeartbeat" ("id", "host", "pid", "version", "loops", "startedAt", "seenAt") VALUES ($1, $2, $3, $4, $5, now(), now())
     ON CONFLICT ("id") DO UPDATE SET "seenAt" = excluded."seenAt", "loops" = excluded."loops"`,
    [id, os.hostname(), process.pid, process.env.npm_package_version ?? 'unknown', JSON.stringify(loops)])
}

export async function endHeartbeat(id: string): Promise<void> {
  await sql.execute(`DELETE FROM "WorkerHeartbeat" WHERE "id" = $1`, [id])
}

/** Workers of which nothing was heard for a day. */
export async function forgetOldHeartbeats(): Promise<void> {
  await sql.execute(`DELETE FROM "WorkerHeartbeat" WHERE "seenAt" < now() - interval '1 day'`)
}
