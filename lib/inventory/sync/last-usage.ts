import 'server-only'
import { GetKeyLastUsageCommand, type GetKeyLastUsageCommandOutput } from '@aws-sdk/client-kms'
import { openKms } from '@/lib/aws/clients'
import { sql } from '@/lib/db/client'
import { forEachKey, type SweptKey } from '@/lib/sweep/each-key'
import { mayAskLastUse } from './key-facts'
import { askPart, type PartProblem } from '@/lib/sweep/part'
import { defineSweep, type Outcome, type Run } from '@/lib/sweep/sweep'
import { sweepStatusBy } from '@/lib/sweep/sweep-status'

export type LastUseSeen = {
  arn: string
  usage: GetKeyLastUsageCommandOutput | null
  at: string
  problems: Record<string, PartProblem | null>
}

/**
 * When each key was used last. Five calls a second is AWS's whole quota, so this goes on for hours,
 * the longest unseen key first.
 */
async function sweepLastUsage(run: Run): Promise<Outcome> {
  const read = makeLastUseReader(run)
  await forEachKey(run, {
    doneIn: 'lastUseIn',
    seenAt: 'lastUseAt',
    described: true,
    width: 6,
    read,
    write: (rows) => writeLastUse(rows, run.lease.id),
  })
  return sweepStatusBy(run, 'kms:GetKeyLastUsage')
}

export const lastUsageSweep = defineSweep({
  kind: 'lastUsage',
  place: 'region',
  every: 96,
  after: 'core',
  priority: 1,
  lane: 'slow',
  needs: {
    'kms:GetKeyLastUsage': {
      gives: 'when keys were used last',
      without: 'Unused keys cannot be told from used ones, except by the trail.',
    },
  },
  run: sweepLastUsage,
})

export function makeLastUseReader(run: Run): (key: SweptKey) => Promise<LastUseSeen> {
  const kms = openKms(run.reader)
  return async (key) => {
    const seen: LastUseSeen = {
      arn: key.arn,
      usage: null,
      at: new Date(run.now()).toISOString(),
      problems: {},
    }
    if (!mayAskLastUse(key)) {
      seen.problems.lastUse = key.keyManager === null ? (key.problems.describe ?? null) : null
      return seen
    }
    seen.usage = await askPart(run, seen.problems, 'lastUse', 'kms:GetKeyLastUsage', () =>
      run.call('kms:GetKeyLastUsage', () =>
        kms.send(new GetKeyLastUsageCommand({ KeyId: key.keyId })),
      ),
    )
    return seen
  }
}

export async function writeLastUse(
  seen: readonly LastUseSeen[],
  sweepId: number | null,
): Promise<void> {
  const rows = seen.map(({ arn, usage, at, problems }) => ({
    arn,
    problems,
    at: usage ? at : null,
    usedAt: usage?.KeyLastUsage?.Timestamp ?? null,
    operation: usage?.KeyLastUsage?.Operation ?? null,
    since: usage?.TrackingStartDate ?? null,
  }))
  await sql.execute(
    `WITH r AS (SELECT *
      FROM jsonb_to_recordset($1::jsonb) r("arn" text, "at" timestamptz, "usedAt" timestamptz,
        "operation" text, "since" timestamptz, "problems" jsonb)),
       locked AS (SELECT "arn" FROM "Key" WHERE "arn" IN (SELECT "arn" FROM r) ORDER BY "arn" FOR UPDATE)
     UPDATE "Key" k SET "lastUseIn" = coalesce($2::bigint, k."lastUseIn"),
       "problems" = jsonb_strip_nulls(k."problems" || r."problems"),
       "lastUsedAt" = CASE WHEN r."at" IS NULL THEN k."lastUsedAt" ELSE r."usedAt" END,
       "lastUsedOperation" = CASE WHEN r."at" IS NULL THEN k."lastUsedOperation" ELSE r."operation" END,
       "usageTrackedSince" = CASE WHEN r."at" IS NULL THEN k."usageTrackedSince" ELSE r."since" END,
         "lastUseAt" = coalesce(r."at", k."lastUseAt")
     FROM r JOIN locked USING ("arn") WHERE k."arn" = r."arn"`,
    [JSON.stringify(rows), sweepId],
  )
}
