import 'server-only'
import type { Tx } from '@/lib/db/client'
import { joinSlice, readAt } from '@/lib/sweep/last-read'

/** A state that a key has until somebody calls: others pass by themselves. */
const lasting = `('Enabled', 'Disabled', 'PendingDeletion')`

/** Of each part, whether the look (r) differs from the row of the key (k) in what only a call changes. */
const isChanged = {
  describe: `r.description IS DISTINCT FROM k.description
    OR r."keyState" <> k."keyState" AND r."keyState" IN ${lasting} AND k."keyState" IN ${lasting}`,
  tags: `r.tags IS DISTINCT FROM k.tags`,
  policy: `r."policyHash" IS DISTINCT FROM k."policyHash"`,
  rotation: `'unknown' NOT IN (r.rotation, k.rotation) AND (r.rotation <> k.rotation
    OR r."rotationPeriodDays" IS DISTINCT FROM k."rotationPeriodDays")`,
} as const
const times = {
  describe: 'describedAt',
  tags: 'tagsAt',
  policy: 'policyAt',
  rotation: 'rotationAt',
} as const

const parts = (['describe', 'tags', 'policy', 'rotation'] as const)
  .map((part) => `('${part}', r."${times[part]}", ${readAt(part)}, ${isChanged[part]})`)
  .join(', ')

/**
 * Notes what a sweep found to have changed, before it is written: so that it can be told what no
 * event of CloudTrail told. What was never read before is new, and not changed.
 */
export async function noteFoundChanges(tx: Tx, seen: readonly object[]): Promise<void> {
  await tx.execute(
    `INSERT INTO "FoundChange" ("keyArn", part, "foundAt", since, "accountId", region)
     SELECT k.arn, p.part, p.at, p.before, k."accountId", k.region
     FROM jsonb_populate_recordset(null::"Key", $1::jsonb) r
     JOIN "Key" k ON k.arn = r.arn ${joinSlice},
     LATERAL (VALUES ${parts}) p(part, at, before, "isChanged")
     WHERE p.at > p.before AND p."isChanged"
     ON CONFLICT DO NOTHING`,
    [JSON.stringify(seen)],
  )
}
