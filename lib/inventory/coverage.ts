import 'server-only'
import type { Permit } from '../auth/permit'
import { raw, sql } from '../db/client'
import { withinAccounts, type Scope } from '@/lib/db/scope'
import { missingKinds } from '../sweep/coverage'
import { keysByPlace } from './key-counts'

/** What one API does not tell of one place: wholly, or for some keys (`status` is partial). */
export type CoverageGap = {
  accountId: string
  accountName: string
  region: string
  api: string
  status: string
  /** What AWS said. */
  detail: string | null
  keysDenied: number
  keysFailed: number
  /** All keys of the place. */
  keys: number
  /** Of a partial gap: the first few keys it is about. */
  examples: { keyId: string; alias: string | null }[]
  isDenied: boolean
  observedAt: Date
}

/**
 * SQL: one row for each account, Region and API that does not tell all that was asked of it, of the
 * accounts and Regions that are read. Whatever says how much could not be read counts these rows
 * and no others: the overview's tile, the notes over the tables of keys and grants, the list of
 * accounts, an account's page and the list behind them all.
 */
export const coverageGaps = `(
  SELECT c.*, a.name AS "accountName",
    (c.status = 'denied' OR c."keysDenied" > 0 OR (c.status = 'partial' AND c.denied > 0)) AS "isDenied"
  FROM "Coverage" c JOIN "Account" a ON a.id = c."accountId" AND a."removedAt" IS NULL
  WHERE c.status <> 'ok'
    AND (c.region = '' OR cardinality(a."onlyRegions") = 0 OR c.region = ANY(a."onlyRegions"))
    AND NOT EXISTS (SELECT 1 FROM "AccountRegion" r WHERE r."accountId" = c."accountId" AND r.region = c.region
      AND r."optStatus" NOT IN ('ENABLED', 'ENABLED_BY_DEFAULT', 'ENABLING')))`

const mostExamples = 3

/** The gaps of every account the person may see, or of one of them. */
export async function listCoverageGaps(
  permit: Permit<'accounts.read'>,
  accountId: string | null = null,
): Promise<CoverageGap[]> {
  const counted: Scope = accountId === null ? permit.scope : { all: false, accountIds: [accountId] }
  return sql.query<CoverageGap>(
    sql`WITH place AS MATERIALIZED (SELECT * FROM ${keysByPlace(counted)} p)
     SELECT g."accountId", g."accountName", g.region, g.api, g.status, g.detail, g."keysDenied", g."keysFailed",
       g."isDenied", g."observedAt", coalesce(named.examples, '[]') AS examples,
       coalesce((SELECT p.keys FROM place p
         WHERE p.account = g."accountId" AND p.region = g.region), 0) AS keys
     FROM ${raw(coverageGaps)} g
     LEFT JOIN LATERAL (
       SELECT jsonb_agg(jsonb_build_object('keyId', k."keyId", 'alias', k.alias)) AS examples FROM (
         SELECT k."keyId", k.aliases[1] AS alias FROM "Key" k
         WHERE g.status = 'partial' AND k."accountId" = g."accountId" AND k.region = g.region AND k."goneAt" IS NULL
           AND k.problems <> '{}' AND EXISTS (SELECT 1 FROM jsonb_each(k.problems) p
             WHERE p.value->>'api' = g.api AND p.value->>'kind' = ANY(${missingKinds}))
         ORDER BY k.aliases[1] NULLS LAST, k.arn LIMIT ${mostExamples}) k) named ON true
     WHERE ${withinAccounts('g."accountId"', permit.scope)}
       AND (${accountId}::text IS NULL OR g."accountId" = ${accountId})
     ORDER BY g."accountName", g."accountId", g.region, g.api`,
  )
}
