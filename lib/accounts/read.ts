import 'server-only'
import type { Permit } from '../auth/permit'
import { sql } from '../db/client'
import { AppError } from '../errors'
import { wordsOf } from './coverage-words'
import type { ConnectionTest } from './test-connection'

export type SweepInfo = {
  region: string; kind: string; status: string; queuedAt: Date; startedAt: Date | null; endedAt: Date | null
  /** How long it took, or has been running. */
  seconds: number | null
  calls: number; throttled: number; failed: number; itemsDone: number; itemsTotal: number | null; problem: string | null
}
export type ApiCoverage = {
  region: string; api: string; status: string; detail: string | null; calls: number; denied: number; throttled: number; observedAt: Date
  /** What the API tells us, and what is unknown without it. */
  gives: string; without: string
}
export type AccountInfo = {
  id: string; name: string; email: string | null; partition: string; source: string; state: string | null; path: string[]
  readRoleArn: string | null; writeRoleArn: string | null; onlyRegions: string[]; pausedAt: Date | null; removedAt: Date | null; lastTest: ConnectionTest | null
  /** The organization it was found in; null: none, or not known. */
  organizationId: string | null
  /** When AWS, or a person, said that it is in none. */
  noOrganizationAt: Date | null; noOrganizationStatedAt: Date | null; noOrganizationStatedBy: string | null
  /** Has a sweep of its IAM, which asks for the organization too, ended? */
  isIamRead: boolean
  keys: number; regions: number; regionsWithKeys: number; oldestCoreAt: Date | null; sweeping: number; troubles: number
}

/** The accounts a person may see, each with how well it is known. */
export async function listAccounts(permit: Permit<'accounts.read'>): Promise<AccountInfo[]> {
  return sql.query<AccountInfo>(
    `SELECT a."id", a."name", a."email", a."partition", a."source", a."state", a."path", a."readRoleArn", a."writeRoleArn", a."onlyRegions", a."pausedAt", a."removedAt", a."lastTest",
       a."organizationId", a."noOrganizationAt", a."noOrganizationStatedAt", a."noOrganizationStatedBy",
       EXISTS (SELECT 1 FROM "Sweep" s WHERE s."accountId" = a."id" AND s."kind" = 'iam'
         AND s."endedAt" IS NOT NULL) AS "isIamRead",
       (SELECT count(*) FROM "Key" k WHERE k."accountId" = a."id" AND k."goneAt" IS NULL) AS "keys",
       (SELECT count(*) FROM "AccountRegion" g WHERE g."accountId" = a."id" AND g."optStatus" IS DISTINCT FROM 'DISABLED') AS "regions",
       (SELECT count(DISTINCT k."region") FROM "Key" k WHERE k."accountId" = a."id" AND k."goneAt" IS NULL) AS "regionsWithKeys",
       (SELECT min(s."last") FROM (SELECT max("endedAt") AS "last" FROM "Sweep" WHERE "accountId" = a."id" AND "kind" = 'core' AND "status" IN ('complete', 'partial') GROUP BY "region") s) AS "oldestCoreAt",
       (SELECT count(*) FROM "Sweep" s WHERE s."accountId" = a."id" AND s."status" IN ('queued', 'running')) AS "sweeping",
       (SELECT count(*) FROM "Coverage" c WHERE c."accountId" = a."id" AND c."status" <> 'ok') AS "troubles"
     FROM "Account" a WHERE ($1::text[] IS NULL OR a."id" = ANY($1)) ORDER BY a."removedAt" IS NOT NULL, a."name", a."id"`, [scopeOf(permit)])
}

/** The newest sweep of each kind of each Region, and what each API gave. @throws AppError not_found outside the person's scope */
export async function getAccountCoverage(permit: Permit<'accounts.read'>, id: string): Promise<{ sweeps: SweepInfo[]; coverage: ApiCoverage[] }> {
  const scope = scopeOf(permit)
  if (scope && !scope.includes(id)) throw new AppError('not_found', 'There is no such account among those you may see.')
  const [sweeps, coverage] = await Promise.all([
    sql.query<SweepInfo>(
      `SELECT DISTINCT ON (s."region", s."kind") s."region", s."kind", s."status", s."queuedAt", s."startedAt", s."endedAt",
         extract(epoch FROM coalesce(s."endedAt", clock_timestamp()) - s."startedAt")::float8 AS "seconds",
         s."calls", s."throttled", s."failed", s."itemsDone", s."itemsTotal", s."problem"
       FROM "Sweep" s WHERE s."accountId" = $1 AND s."keyArn" IS NULL ORDER BY s."region", s."kind", s."id" DESC`, [id]),
    sql.query<Omit<ApiCoverage, 'gives' | 'without'>>(
      `SELECT "region", "api", "status", "detail", "calls", "denied", "throttled", "observedAt" FROM "Coverage" WHERE "accountId" = $1 ORDER BY "region", "api"`, [id]),
  ])
  return { sweeps, coverage: coverage.map((row) => ({ ...row, ...wordsOf(row.api) })) }
}

export type RunningSweep = SweepInfo & { accountId: string; accountName: string }

/** Sweeps that run or wait now, for the live page: progress is written about once a second. */
export async function listRunningSweeps(permit: Permit<'accounts.read'>): Promise<{ running: RunningSweep[]; waiting: number }> {
  const scope = scopeOf(permit)
  const [running, [waiting]] = await Promise.all([
    sql.query<RunningSweep>(
      `SELECT s."accountId", a."name" AS "accountName", s."region", s."kind", s."status", s."queuedAt", s."startedAt", s."endedAt",
         extract(epoch FROM clock_timestamp() - s."startedAt")::float8 AS "seconds", s."calls", s."throttled", s."failed", s."itemsDone", s."itemsTotal", s."problem"
       FROM "Sweep" s JOIN "Account" a ON a."id" = s."accountId" WHERE s."status" = 'running' AND ($1::text[] IS NULL OR s."accountId" = ANY($1)) ORDER BY s."id" LIMIT 200`, [scope]),
    sql.query<{ count: number }>(`SELECT count(*) AS "count" FROM "Sweep" WHERE "status" = 'queued' AND ($1::text[] IS NULL OR "accountId" = ANY($1))`, [scope]),
  ])
  return { running, waiting: waiting?.count ?? 0 }
}

function scopeOf(permit: Permit<'accounts.read'>): readonly string[] | null {
  return permit.scope.all ? null : permit.scope.accountIds
}
