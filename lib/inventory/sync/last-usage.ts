import 'server-only'
import { GetKeyLastUsageCommand, type GetKeyLastUsageCommandOutput } from '@aws-sdk/client-kms'
import { openKms } from '@/lib/aws/clients'
import { sql } from '@/lib/db/client'
import { forEachKey, type SweptKey } from '@/lib/sweep/each-key'
import { joinSlice, readAt } from '@/lib/sweep/last-read'
import type { Looked } from './core-write'
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
    kind: 'lastUsage',
    part: 'lastUse',
    described: true,
    width: 6,
    read,
    write: (rows) => writeLastUse(rows, 'sweep'),
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

/**
 * Stores what was learnt about the last use of some keys. A sweep writes only the keys of which
 * that is news.
 */
export async function writeLastUse(seen: readonly LastUseSeen[], looked: Looked): Promise<void> {
  const rows = seen.map(({ arn, usage, at, problems }) => ({
    arn,
    problems,
    at: usage ? at : null,
    lastUsedAt: usage?.KeyLastUsage?.Timestamp ?? null,
    lastUsedOperation: usage?.KeyLastUsage?.Operation ?? null,
    usageTrackedSince: usage?.TrackingStartDate ?? null,
  }))
  await sql.execute(
    `WITH r AS MATERIALIZED (SELECT *
       FROM jsonb_to_recordset($1::jsonb) r(arn text, at timestamptz(3),
         "lastUsedAt" timestamptz(3), "lastUsedOperation" text,
         "usageTrackedSince" timestamptz(3), problems jsonb)),
     news AS MATERIALIZED (SELECT k.arn FROM "Key" k JOIN r ON r.arn = k.arn
       WHERE $2 OR ${merged} <> k.problems OR CASE WHEN r.at IS NULL
         THEN k."lastUseAt" IS NOT NULL AND NOT 'lastUse' = ANY(k."readApart")
         ELSE k."lastUseAt" IS NULL OR 'lastUse' = ANY(k."readApart")
           OR ROW(${factsOf('k')}) IS DISTINCT FROM ROW(${factsOf('r')}) END),
     locked AS MATERIALIZED (SELECT k.arn, ${readAt('lastUse')} AS before
       FROM "Key" k ${joinSlice} WHERE k.arn IN (SELECT arn FROM news)
       ORDER BY k.arn FOR UPDATE OF k)
     UPDATE "Key" k SET "problems" = ${merged},
       ${setFacts}, "lastUseAt" = coalesce(r.at, b.before),
       "readApart" = array_remove(k."readApart", 'lastUse')
         || CASE WHEN r.at IS NULL OR $2 THEN '{lastUse}'::text[] ELSE '{}'::text[] END
     FROM r JOIN locked b ON b.arn = r.arn
     WHERE k.arn = r.arn AND (r.at IS NULL OR r.at >= coalesce(b.before, '-infinity'))`,
    [JSON.stringify(rows), looked === 'alone'],
  )
}

const facts = ['lastUsedAt', 'lastUsedOperation', 'usageTrackedSince'] as const
const factsOf = (row: string) => facts.map((name) => `${row}."${name}"`).join(', ')
const setFacts = facts
  .map((name) => `"${name}" = CASE WHEN r.at IS NULL THEN k."${name}" ELSE r."${name}" END`)
  .join(', ')
const merged = 'derived.merge_problems(k.problems, r.problems)'
