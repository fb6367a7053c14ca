import 'server-only'
import { administratorIds } from '../auth/actor'
import type { Scope } from '../auth/permissions'
import { countOverdue, noteOverdue } from '../changes/run/overdue'
import { productionContext } from '../changes/kinds/execution-context'
import { sql, transaction } from '../db/client'
import { log } from '../log'
import { notify } from '../notify/notify'

/** A worker writes its heartbeat every five seconds. */
const silentAfterSeconds = 30

/**
 * `silentSince`: ISO text, or "ever" where no worker has been seen; null while one lives.
 * `overdue`: changes past their end.
 */
export type WorkerHealth = { silentSince: string | null; overdue: number }

/**
 * Whether any worker lives, and what that has left undone in these accounts. While none lives
 * nobody else can tell people, so the process that notices does.
 */
export async function readWorkerHealth(scope: Scope): Promise<WorkerHealth> {
  const [silentSince, overdue] = await Promise.all([noticeSilence(), countOverdue(scope)])
  return { silentSince, overdue }
}

/** As `findSilence`, and tells people of a silence without making the caller wait for it. */
export async function noticeSilence(): Promise<string | null> {
  const silentSince = await findSilence()
  if (silentSince !== null) void tellOfSilence(silentSince)
  return silentSince
}

/** Since when no worker was heard, by the database's clock; null while one is. */
export async function findSilence(): Promise<string | null> {
  const [row] = await sql.query<{ seenAt: Date | null; isSilent: boolean | null }>(
    `SELECT max("seenAt") AS "seenAt",
      max("seenAt") < now() - make_interval(secs => ${silentAfterSeconds}) AS "isSilent"
     FROM "WorkerHeartbeat"`,
  )
  if (!row?.seenAt) return 'ever'
  return row.isSilent ? row.seenAt.toISOString() : null
}

const tellEveryMs = 30_000
let toldAt = -Infinity

/**
 * Tells the administrators once for each silence, and whom overdue changes concern. Never
 * throws: nobody waits for it.
 */
async function tellOfSilence(silentSince: string): Promise<void> {
  if (performance.now() - toldAt < tellEveryMs) return
  toldAt = performance.now()
  try {
    await noteSilence(silentSince)
    await noteOverdue(productionContext, 'silence')
  } catch (error) {
    log.warn({ err: error }, 'nobody could be told that no worker is running')
  }
}

/**
 * One notice for each silence, whichever process notices it first; another one when there is an
 * administrator to tell and there was none before.
 */
export async function noteSilence(silentSince: string): Promise<void> {
  await transaction(async (tx) => {
    const to = await administratorIds(tx)
    const told = { silentSince, administrators: to.length > 0 }
    const isNew = await tx.execute(
      `INSERT INTO "Setting" ("name", "value") VALUES ('worker.silence', $1::jsonb)
       ON CONFLICT ("name") DO UPDATE SET "value" = excluded."value", "updatedAt" = now()
       WHERE "Setting"."value" IS DISTINCT FROM excluded."value"`,
      [JSON.stringify(told)],
    )
    if (isNew === 0) return
    await notify(tx, {
      event: 'worker.silent',
      requestId: null,
      title: 'No worker is running',
      body: 'Nothing is synced, approved changes are not carried out, and what has ended is not undone.',
      href: '/settings/installation',
      to,
      needsAction: true,
    })
  })
}
