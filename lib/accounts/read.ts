import 'server-only'
import { reachesAccount } from '../auth/permissions'
import type { Permit } from '../auth/permit'
import { raw, sql } from '../db/client'
import { withinAccounts, type Scope } from '../db/scope'
import { AppError } from '../errors'
import { lastEnd } from '../sweep/last-end'
import { sweptRegion } from '../sweep/queue'
import { underWay } from '../sweep/statuses'
import { coverageGaps, listCoverageGaps, type CoverageGap } from '../inventory/coverage'
import { keysByPlace } from '../inventory/key-counts'
import { wordsOf } from './api-words'
import type { ConnectionTest } from './test-connection'

export type SweepInfo = {
  region: string
  kind: string
  status: string
  queuedAt: Date
  startedAt: Date | null
  endedAt: Date | null
  /** How long it took, or has been running. */
  seconds: number | null
  calls: number
  throttled: number
  failed: number
  itemsDone: number
  itemsTotal: number | null
  problem: string | null
}
/** An API that told all that was asked of it. */
export type ApiRead = {
  region: string
  api: string
  calls: number
  throttled: number
  observedAt: Date
  /** What it tells us. */
  gives: string
}
export type AccountCoverage = { sweeps: SweepInfo[]; gaps: GapInWords[]; read: ApiRead[] }
export type GapInWords = CoverageGap & { without: string }
export type AccountInfo = {
  id: string
  name: string
  email: string | null
  partition: string
  source: string
  state: string | null
  path: string[]
  readRoleArn: string | null
  writeRoleArn: string | null
  onlyRegions: string[]
  pausedAt: Date | null
  removedAt: Date | null
  lastTest: ConnectionTest | null
  /** The organization it was found in; null: none, or not known. */
  organizationId: string | null
  /** When AWS, or a person, said that it is in none. */
  noOrganizationAt: Date | null
  noOrganizationStatedAt: Date | null
  noOrganizationStatedBy: string | null
  /** Has a sweep of its IAM, which asks for the organization too, ended? */
  isIamRead: boolean
  keys: number
  regions: number
  regionsWithKeys: number
  oldestCoreAt: Date | null
  sweeping: number
  /** APIs that do not tell all of a Region of it. */
  gaps: number
}

/** The accounts a person may see, or the one of this id, each with how well it is known. */
export async function listAccounts(
  permit: Permit<'accounts.read'>,
  id: string | null = null,
): Promise<AccountInfo[]> {
  const counted: Scope = id === null ? permit.scope : { all: false, accountIds: [id] }
  return sql.query<AccountInfo>(
    sql`WITH place AS MATERIALIZED (SELECT * FROM ${keysByPlace(counted)} p)
     SELECT a."id", a."name", a."email", a."partition", a."source", a."state", a."path",
      a."readRoleArn", a."writeRoleArn", a."onlyRegions", a."pausedAt", a."removedAt",
      a."lastTest",
       a."organizationId", a."noOrganizationAt", a."noOrganizationStatedAt", a."noOrganizationStatedBy",
       EXISTS (SELECT 1 FROM "Sweep" s WHERE s."accountId" = a."id" AND s."kind" = 'iam'
         AND s."endedAt" IS NOT NULL) AS "isIamRead",
       (SELECT coalesce(sum(p.keys), 0)::bigint FROM place p WHERE p.account = a."id") AS "keys",
       (SELECT count(*) FROM "AccountRegion" g
       WHERE g."accountId" = a."id" AND g."optStatus" IS DISTINCT FROM 'DISABLED') AS "regions",
       (SELECT count(*) FROM place p WHERE p.account = a."id") AS "regionsWithKeys",
       (SELECT min(${lastEnd(sql`a."id"`, sql`g."region"`, 'core')}) FROM "AccountRegion" g
       WHERE g."accountId" = a."id" AND ${sweptRegion}) AS "oldestCoreAt",
       (SELECT count(*) FROM "Sweep" s
       WHERE s."accountId" = a."id" AND s."status" = ANY(${underWay})) AS "sweeping",
       (SELECT count(*) FROM ${raw(coverageGaps)} g WHERE g."accountId" = a."id") AS "gaps"
     FROM "Account" a WHERE ${withinAccounts('a."id"', permit.scope)}
       AND (${id}::text IS NULL OR a."id" = ${id})
     ORDER BY a."removedAt" IS NOT NULL, a."name", a."id"`,
  )
}

/** Since when an account is paused, ISO text; null: it is not, or it is none of the person's. */
export async function findPause(
  { scope }: Permit<'keys.read' | 'access.read' | 'grants.read' | 'trail.read'>,
  id: string,
): Promise<string | null> {
  const [row] = reachesAccount(scope, id)
    ? await sql.query<{ pausedAt: Date | null }>(
        'SELECT "pausedAt" FROM "Account" WHERE "id" = $1',
        [id],
      )
    : []
  return row?.pausedAt?.toISOString() ?? null
}

/**
 * The newest sweep of each kind of each Region, found by jumping along an index past all the others
 * that are kept; what could not be read, and what was.
 * @throws AppError not_found outside the person's scope
 */
export async function getAccountCoverage(
  permit: Permit<'accounts.read'>,
  id: string,
): Promise<AccountCoverage> {
  if (!reachesAccount(permit.scope, id))
    throw new AppError('not_found', 'There is no such account among those you may see.')
  const [sweeps, gaps, read] = await Promise.all([
    sql.query<SweepInfo>(
      `WITH RECURSIVE place(region, kind) AS (
         (SELECT "region", "kind" FROM "Sweep" WHERE "accountId" = $1
          ORDER BY "region", "kind" LIMIT 1)
         UNION ALL SELECT next.* FROM place p, LATERAL (
           SELECT "region", "kind" FROM "Sweep"
           WHERE "accountId" = $1 AND ("region", "kind") > (p.region, p.kind)
           ORDER BY "region", "kind" LIMIT 1) next)
       SELECT s."region", s."kind", s."status", s."queuedAt", s."startedAt", s."endedAt",
         extract(epoch FROM coalesce(s."endedAt", clock_timestamp()) - s."startedAt")::float8 AS "seconds",
         s."calls", s."throttled", s."failed", s."itemsDone", s."itemsTotal", s."problem"
       FROM place p, LATERAL (
         SELECT * FROM "Sweep" s WHERE s."accountId" = $1 AND s."region" = p.region
           AND s."kind" = p.kind AND s."keyArn" IS NULL ORDER BY s."id" DESC LIMIT 1) s
       ORDER BY s."region", s."kind"`,
      [id],
    ),
    listCoverageGaps(permit, id),
    sql.query<Omit<ApiRead, 'gives'>>(
      `SELECT "region", "api", "calls", "throttled", "observedAt" FROM "Coverage"
       WHERE "accountId" = $1 AND "status" = 'ok' ORDER BY "region", "api"`,
      [id],
    ),
  ])
  return {
    sweeps,
    gaps: gaps.map(withWords),
    read: read.map((row) => ({ ...row, gives: wordsOf(row.api).gives })),
  }
}

/** What could not be read of any account the person may see. */
export async function listGapsInWords(permit: Permit<'accounts.read'>): Promise<GapInWords[]> {
  return (await listCoverageGaps(permit)).map(withWords)
}

const withWords = (gap: CoverageGap): GapInWords => ({ ...gap, without: wordsOf(gap.api).without })

export type RunningSweep = SweepInfo & { accountId: string; accountName: string }

/** Sweeps that run or wait now, for the live page: progress is written about once a second. */
export async function listRunningSweeps(
  permit: Permit<'accounts.read'>,
): Promise<{ running: RunningSweep[]; waiting: number }> {
  const [running, [waiting]] = await Promise.all([
    sql.query<RunningSweep>(
      sql`SELECT s."accountId", a."name" AS "accountName", s."region", s."kind", s."status",
        s."queuedAt", s."startedAt", s."endedAt",
         extract(epoch FROM clock_timestamp() - s."startedAt")::float8 AS "seconds", s."calls",
           s."throttled", s."failed", s."itemsDone", s."itemsTotal", s."problem"
       FROM "Sweep" s JOIN "Account" a ON a."id" = s."accountId"
       WHERE s."status" = 'running' AND ${withinAccounts('s."accountId"', permit.scope)}
       ORDER BY s."id" LIMIT 200`,
    ),
    sql.query<{ count: number }>(
      sql`SELECT count(*) AS "count" FROM "Sweep"
        WHERE "status" = 'queued' AND ${withinAccounts('"accountId"', permit.scope)}`,
    ),
  ])
  return { running, waiting: waiting?.count ?? 0 }
}
