import 'server-only'
import type { Tx } from '@/lib/db/client'

type Seen = { arn: string; hash: string; text: string; at: string }

/**
 * Keeps each policy text once, and of each key which text stood when: the same text as last time
 * prolongs its version, another one, also one of long ago, begins a new version. The keys' rows are
 * locked by the caller; a look older than the stored one changes nothing.
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
    await tx.execute(
      `INSERT INTO "PolicyVersion" ("keyArn", "hash", "firstSeenAt", "lastSeenAt")
       SELECT r."arn", r."hash", r."at", r."at"
       FROM jsonb_to_recordset($1::jsonb) r("arn" text, "hash" text, "at" timestamptz)`,
      [JSON.stringify(changed.map(({ arn, hash, at }) => ({ arn, hash, at })))],
    )
  }
  const rows = JSON.stringify(fresh.map(({ arn, hash, at }) => ({ arn, hash, at })))
  await tx.execute(
    `UPDATE "PolicyVersion" v SET "lastSeenAt" = r."at"
      FROM jsonb_to_recordset($1::jsonb) r("arn" text, "hash" text, "at" timestamptz)
     WHERE v."id" = (SELECT n."id" FROM "PolicyVersion" n WHERE n."keyArn" = r."arn"
     ORDER BY n."firstSeenAt" DESC, n."id" DESC LIMIT 1)`,
    [rows],
  )
  await tx.execute(
    `UPDATE "Key" k SET "policyHash" = r."hash", "policyAt" = r."at"
      FROM jsonb_to_recordset($1::jsonb) r("arn" text, "hash" text, "at" timestamptz)
     WHERE k."arn" = r."arn"`,
    [rows],
  )
}
