import 'server-only'
import type { Tx } from '@/lib/db/client'

type Seen = { arn: string; hash: string; text: string; at: string }

/**
 * Keeps each policy text once, and of each key which text stood when: the same text as last time
 * prolongs its version, another one, also one of long ago, begins a new version. The keys' rows are
 * locked by the caller, who gives when their policies were read last and writes the new hash; a
 * look older than that changes nothing.
 */
export async function writePolicies(
  tx: Tx,
  seen: readonly Seen[],
  stored: ReadonlyMap<string, { policyHash: string | null; policyAt: Date | null }>,
): Promise<void> {
  const fresh = seen.filter(({ arn, at }) => {
    const before = stored.get(arn)
    return before !== undefined && (before.policyAt === null || new Date(at) >= before.policyAt)
  })
  if (fresh.length === 0) return
  const changed = fresh.filter(({ arn, hash }) => stored.get(arn)?.policyHash !== hash)
  if (changed.length > 0) {
    await tx.execute(
      `INSERT INTO "PolicyDocument" ("hash", "text") SELECT r."hash", min(r."text")
        FROM jsonb_to_recordset($1::jsonb) r("hash" text, "text" text)
       GROUP BY r."hash" ORDER BY r."hash" ON CONFLICT DO NOTHING`,
      [JSON.stringify(changed)],
    )
    // Up to then the version before was seen.
    await tx.execute(
      `UPDATE "PolicyVersion" v SET "lastSeenAt" = greatest(v."lastSeenAt", r."until")
        FROM jsonb_to_recordset($1::jsonb) r("arn" text, "until" timestamptz)
       WHERE ${isNewest}`,
      [JSON.stringify(changed.map(({ arn }) => ({ arn, until: stored.get(arn)?.policyAt })))],
    )
    await tx.execute(
      `INSERT INTO "PolicyVersion" ("keyArn", "hash", "firstSeenAt", "lastSeenAt")
       SELECT r."arn", r."hash", r."at", r."at"
       FROM jsonb_to_recordset($1::jsonb) r("arn" text, "hash" text, "at" timestamptz)`,
      [JSON.stringify(changed.map(({ arn, hash, at }) => ({ arn, hash, at })))],
    )
  }
  await tx.execute(
    `UPDATE "PolicyVersion" v SET "lastSeenAt" = r."at"
      FROM jsonb_to_recordset($1::jsonb) r("arn" text, "at" timestamptz)
     WHERE ${isNewest}`,
    [JSON.stringify(fresh.map(({ arn, at }) => ({ arn, at })))],
  )
}

/** A condition on a version (v): the newest of the key that is named (r). */
const isNewest = `v."id" = (SELECT n."id" FROM "PolicyVersion" n WHERE n."keyArn" = r."arn"
  ORDER BY n."firstSeenAt" DESC, n."id" DESC LIMIT 1)`
