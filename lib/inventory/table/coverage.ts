import 'server-only'
import type { Permission } from '@/lib/auth/permissions'
import type { Permit } from '@/lib/auth/permit'
import { sql } from '@/lib/db/client'

/** What the tables cannot show, and why: one row for an API and the way it failed. */
export type Gap = { api: string; status: string; detail: string | null; places: number; accounts: { id: string; name: string }[] }
export type TableCoverage = {
  gaps: Gap[]
  accounts: number
  /** Accounts and Regions without any ended sweep of their keys. */
  neverSwept: number
  /** The place whose keys were swept longest ago; null when none was. */
  oldestSweepAt: string | null
  stale: boolean
}

/** A sweep older than this is said to be stale; the schedule sweeps far more often. */
const staleAfterHours = 24

export async function readCoverage(permit: Permit<Extract<Permission, 'keys.read' | 'grants.read'>>, apis: readonly string[]): Promise<TableCoverage> {
  const scope = permit.scope.all ? null : permit.scope.accountIds
  const [gaps, [swept]] = await Promise.all([
    sql.query<Gap>(`
      SELECT c.api, c.status, min(c.detail) AS detail, count(*) AS places,
        jsonb_agg(DISTINCT jsonb_build_object('id', a.id, 'name', a.name)) AS accounts
      FROM "Coverage" c JOIN "Account" a ON a.id = c."accountId" AND a."removedAt" IS NULL
      WHERE c.status <> 'ok' AND c.api = ANY($2) AND ($1::text[] IS NULL OR c."accountId" = ANY($1))
      GROUP BY c.api, c.status ORDER BY count(*) DESC, c.api`, [scope, apis]),
    sql.query<{ accounts: number; neverSwept: number; oldest: Date | null; stale: boolean | null }>(`
      WITH swept AS (
        SELECT a.id, r.region, max(s."endedAt") AS ended
        FROM "Account" a LEFT JOIN "AccountRegion" r ON r."accountId" = a.id
          AND (r."optStatus" IS NULL OR r."optStatus" IN ('ENABLED', 'ENABLED_BY_DEFAULT', 'ENABLING'))
        LEFT JOIN "Sweep" s ON s."accountId" = a.id AND s.region = r.region AND s.kind = 'core' AND s.status IN ('complete', 'partial') AND s."keyArn" IS NULL
        WHERE a."removedAt" IS NULL AND a."pausedAt" IS NULL AND ($1::text[] IS NULL OR a.id = ANY($1))
          AND (r.region IS NULL OR cardinality(a."onlyRegions") = 0 OR r.region = ANY(a."onlyRegions"))
        GROUP BY a.id, r.region)
      SELECT count(DISTINCT id) AS accounts, count(*) FILTER (WHERE ended IS NULL) AS "neverSwept", min(ended) AS oldest,
        min(ended) < claviger_now() - interval '${staleAfterHours} hours' AS stale FROM swept`, [scope]),
  ])
  return { gaps, accounts: swept?.accounts ?? 0, neverSwept: swept?.neverSwept ?? 0, oldestSweepAt: swept?.oldest?.toISOString() ?? null, stale: swept?.stale === true }
}

export const keyApis = ['kms:ListKeys', 'kms:DescribeKey', 'kms:ListAliases', 'kms:ListResourceTags', 'kms:GetKeyPolicy', 'kms:GetKeyRotationStatus',
  'kms:ListKeyRotations', 'kms:ListGrants', 'kms:GetKeyLastUsage'] as const
export const grantApis = ['kms:ListKeys', 'kms:ListGrants'] as const
