import 'server-only'
import os from 'node:os'
import { sql } from '@/lib/db/client'
import type { LoopReport } from './loop'

/** A worker that has not been seen for this long is taken for gone. */
export const goneAfterSeconds = 15

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

export type WorkerState = { id: string; host: string; pid: number; startedAt: Date; seenAt: Date; alive: boolean; loops: Record<string, LoopReport> }

/** Every worker that was seen lately; `alive` by the database's clock. */
export async function listWorkers(): Promise<WorkerState[]> {
  return sql.query<WorkerState>(
    `SELECT "id", "host", "pid", "startedAt", "seenAt", "loops", "seenAt" > now() - interval '${goneAfterSeconds} seconds' AS "alive"
     FROM "WorkerHeartbeat" ORDER BY "seenAt" DESC`)
}
