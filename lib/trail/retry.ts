import 'server-only'
import { db } from '../db/client'
import { takeRecord } from './record'
import { writeEvents } from './write'

const batch = 500

/**
 * Reads again what was set aside: a newer version reads more, and what lay in the future has come.
 * Returns how many were tried and how many are events now.
 */
export async function retrySetAside(): Promise<{ tried: number; taken: number }> {
  const counts = { tried: 0, taken: 0 }
  let after: { digest: string; source: string } | null = null
  for (;;) {
    const rows: Awaited<ReturnType<typeof db.trailSetAside.findMany>> =
      await db.trailSetAside.findMany({
        orderBy: [{ digest: 'asc' }, { source: 'asc' }],
        take: batch,
        ...(after && { cursor: { digest_source: after }, skip: 1 }),
      })
    const last = rows.at(-1)
    if (!last) return counts
    after = { digest: last.digest, source: last.source }
    for (const { digest, source, importId, record } of rows) {
      counts.tried += 1
      const taken = takeRecord(record, { notAfterMs: Date.now() })
      if (taken.kind !== 'event') continue
      const { tooOld } = await writeEvents([taken], { name: source, importId })
      if (tooOld > 0) continue
      await db.trailSetAside.deleteMany({ where: { digest, source } })
      counts.taken += 1
    }
  }
}
