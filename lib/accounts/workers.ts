import 'server-only'
import { sql } from '../db/client'

/** A worker writes its heartbeat every three seconds; not seen for this long, it is taken for gone. */
const goneAfterSeconds = 15

export type WorkerState = {
  id: string; host: string; pid: number; startedAt: Date; seenAt: Date; alive: boolean
  /** Loop -> how its last run went. */
  loops: Record<string, { at: string; ok: boolean; problem: string | null }>
}

/** Every worker that was seen lately; `alive` by the database's clock. */
export async function listWorkers(): Promise<WorkerState[]> {
  return sql.query<WorkerState>(
    `SELECT "id", "host", "pid", "startedAt", "seenAt", "loops", "seenAt" > now() - interval '${goneAfterSeconds} seconds' AS "alive"
     FROM "WorkerHeartbeat" ORDER BY "seenAt" DESC`)
}
