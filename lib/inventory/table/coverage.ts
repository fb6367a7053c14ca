import 'server-only'
import type { Permission, Scope } from '@/lib/auth/permissions'
import type { Permit } from '@/lib/auth/permit'
import { raw, sql } from '@/lib/db/client'
import { withinAccounts } from '@/lib/db/scope'
import { lastEnd } from '@/lib/sweep/last-end'
import { endedWell } from '@/lib/sweep/statuses'
import { coverageGaps } from '../coverage'

/**
 * What the tables cannot show, and why: one row for an API and the way it falls short. `places`
 * counts coverage gaps.
 */
export type Gap = {
  api: string
  status: string
  detail: string | null
  places: number
  /** Keys it is about, of all these places. */
  keysDenied: number
  keysFailed: number
  accounts: { id: string; name: string }[]
}
export type TableCoverage = {
  gaps: Gap[]
  accounts: number
  /**
   * Places (an account and Region) whose list of keys did not end well when it was read last: keys
   * might be missing here.
   */
  unlisted: number
  /** Places whose keys are listed and not all read yet, for the first time. */
  neverSwept: number
  /** The place whose keys were swept longest ago; null when none was. */
  oldestSweepAt: string | null
  stale: boolean
}

/** A sweep older than this is said to be stale; the schedule sweeps far more often. */
const staleAfterHours = 24

const listGaps = (scope: Scope, apis: readonly string[]) => sql`
  SELECT g.api, g.status, min(g.detail) AS detail, count(*) AS places,
    sum(g."keysDenied") AS "keysDenied", sum(g."keysFailed") AS "keysFailed",
    jsonb_agg(DISTINCT jsonb_build_object('id', g."accountId", 'name', g."accountName")) AS accounts
  FROM ${raw(coverageGaps)} g
  WHERE g.api = ANY(${apis}) AND ${withinAccounts('g."accountId"', scope)}
  GROUP BY g.api, g.status ORDER BY count(*) DESC, g.api, g.status`

const isNewest = raw(`l.kind = 'core' AND l."keyArn" IS NULL
  AND (l."endedAt" IS NOT NULL OR l."listedAt" IS NOT NULL)`)
/** The newest sweeps of all are read at once; a place that is not among them is a look by itself. */
const recentSweeps = 3_000

/**
 * By place: when its keys were swept last, and whether the newest attempt got to the end of their
 * list.
 */
export const sumPlaces = (scope: Scope) => sql`
  WITH recent AS MATERIALIZED (
    SELECT DISTINCT ON (l."accountId", l.region) l."accountId", l.region, l.status, l."endedAt",
      l."listedAt"
    FROM (SELECT * FROM "Sweep" ORDER BY id DESC LIMIT ${raw(String(recentSweeps))}) l
    WHERE ${isNewest} ORDER BY l."accountId", l.region, l.id DESC),
  newest AS MATERIALIZED (
    SELECT a.id, r.region, coalesce(n.status, o.status) AS status,
      coalesce(n."endedAt", o."endedAt") AS ended, coalesce(n."listedAt", o."listedAt") AS listed
    FROM "Account" a LEFT JOIN "AccountRegion" r ON r."accountId" = a.id
      AND (r."optStatus" IS NULL OR r."optStatus" IN ('ENABLED', 'ENABLED_BY_DEFAULT', 'ENABLING'))
    LEFT JOIN recent n ON n."accountId" = a.id AND n.region = r.region
    LEFT JOIN LATERAL (
      SELECT l.status, l."endedAt", l."listedAt" FROM "Sweep" l
      WHERE n."accountId" IS NULL AND l."accountId" = a.id AND l.region = r.region AND ${isNewest}
      ORDER BY l.id DESC LIMIT 1) o ON true
    WHERE a."removedAt" IS NULL AND a."pausedAt" IS NULL AND ${withinAccounts('a.id', scope)}
      AND (r.region IS NULL OR cardinality(a."onlyRegions") = 0 OR r.region = ANY(a."onlyRegions"))),
  swept AS MATERIALIZED (
    SELECT p.id, coalesce(p.listed IS NOT NULL OR p.status = ANY(${endedWell}), false) AS listed,
      CASE WHEN p.status = ANY(${endedWell}) THEN p.ended
        ELSE ${lastEnd(sql`p.id`, sql`p.region`, 'core')}::timestamptz END AS ended
    FROM newest p)
  SELECT count(DISTINCT id) AS accounts, count(*) FILTER (WHERE NOT listed) AS unlisted,
    count(*) FILTER (WHERE listed AND ended IS NULL) AS "neverSwept", min(ended) AS oldest,
    min(ended) < claviger_now() - make_interval(hours => ${staleAfterHours}) AS stale
  FROM swept`

type Sum = {
  accounts: number
  unlisted: number
  neverSwept: number
  oldest: Date | null
  stale: boolean | null
}

export async function readCoverage(
  permit: Permit<Extract<Permission, 'keys.read' | 'grants.read'>>,
  apis: readonly string[],
): Promise<TableCoverage> {
  const [gaps, [sum]] = await Promise.all([
    sql.query<Gap>(listGaps(permit.scope, apis)),
    sql.query<Sum>(sumPlaces(permit.scope)),
  ])
  return {
    gaps,
    accounts: sum?.accounts ?? 0,
    unlisted: sum?.unlisted ?? 0,
    neverSwept: sum?.neverSwept ?? 0,
    oldestSweepAt: sum?.oldest?.toISOString() ?? null,
    stale: sum?.stale === true,
  }
}

/** Without the role itself nothing is read: that is a gap of every table. */
export const keyApis = [
  'sts:AssumeRole',
  'kms:ListKeys',
  'kms:DescribeKey',
  'kms:ListAliases',
  'kms:ListResourceTags',
  'kms:GetKeyPolicy',
  'kms:GetKeyRotationStatus',
  'kms:ListKeyRotations',
  'kms:ListGrants',
  'kms:GetKeyLastUsage',
] as const
export const grantApis = ['sts:AssumeRole', 'kms:ListKeys', 'kms:ListGrants'] as const
