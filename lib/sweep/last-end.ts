import 'server-only'
import { raw, sql, type Sql } from '@/lib/db/client'
import { endedWell } from './statuses'

/** Written out, since only so PostgreSQL sees that the index "Sweep_last_end" holds them. */
const isEndedWell = `s.status IN (${endedWell.map((status) => `'${status}'`).join(', ')})`

/**
 * SQL of one value: when the newest sweep of a kind ended well in a place; null when none did. One
 * look into an index, however many sweeps are kept. Materialize what uses it more than once.
 */
export const lastEnd = (account: Sql, region: Sql, kind: 'core' | 'iam'): Sql => sql`(
  SELECT s."endedAt" FROM "Sweep" s
  WHERE s."accountId" = ${account} AND s.region = ${region} AND s.kind = ${kind}
    AND ${raw(isEndedWell)} AND s."keyArn" IS NULL AND s."endedAt" IS NOT NULL
  ORDER BY s."endedAt" DESC LIMIT 1)`
