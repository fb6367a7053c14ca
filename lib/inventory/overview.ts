import 'server-only'
import type { Permit } from '../auth/permit'
import { sql } from '../db/client'
import type { Key } from '../db/generated/client'
import { coverageGaps } from './coverage'
import type { Problems } from './key-detail'
import { plain, type Plain } from './plain'

/** What needs a person today, and what the fleet is: every number is a count of keys in the person's scope. */
export type Overview = {
  keys: {
    total: number; customer: number; aws: number; undescribed: number; disabled: number; pendingDeletion: number; pendingImport: number
    unavailable: number; rotationOff: number; rotationOn: number; rotationUnknown: number; multiRegion: number; monthlyCostUsd: number
    costUnknown: number; hiddenPolicy: number; lastUseUnread: number
  }
  grants: { total: number; byPeople: number; crossAccount: number; keysUnread: number }
  deletions: Plain<Upcoming>[]
  expiries: Plain<Upcoming>[]
  coverage: { accounts: number; paused: number; neverSwept: number; denied: number; oldestSweep: string | null }
  byState: Plain<{ value: string; count: number }>[]
  bySpec: Plain<{ value: string; count: number }>[]
}

export type Upcoming = { accountId: string; accountName: string; region: string; keyId: string; alias: string | null; at: Date } & UseFacts
type UseFacts = Pick<Key, 'lastUsedAt' | 'lastUsedOperation' | 'lastUseAt' | 'usageTrackedSince' | 'createdAt'> & { problems: Problems }

/** Material that expires within this many days is shown as near. */
const expiryHorizonDays = 60

const countKeys = `
  SELECT count(*) AS total,
    count(*) FILTER (WHERE "keyManager" = 'CUSTOMER') AS customer,
    count(*) FILTER (WHERE "keyManager" = 'AWS') AS aws,
    count(*) FILTER (WHERE "keyState" IS NULL) AS undescribed,
    count(*) FILTER (WHERE "keyState" = 'Disabled') AS disabled,
    count(*) FILTER (WHERE "keyState" IN ('PendingDeletion', 'PendingReplicaDeletion')) AS "pendingDeletion",
    count(*) FILTER (WHERE "keyState" = 'PendingImport') AS "pendingImport",
    count(*) FILTER (WHERE "keyState" = 'Unavailable') AS unavailable,
    count(*) FILTER (WHERE rotation = 'off') AS "rotationOff",
    count(*) FILTER (WHERE rotation = 'on') AS "rotationOn",
    count(*) FILTER (WHERE rotation = 'unknown') AS "rotationUnknown",
    count(*) FILTER (WHERE scope IN ('primary', 'replica')) AS "multiRegion",
    coalesce(sum("monthlyCostUsd"), 0)::float8 AS "monthlyCostUsd",
    count(*) FILTER (WHERE "monthlyCostUsd" IS NULL) AS "costUnknown",
    count(*) FILTER (WHERE "policyHash" IS NULL) AS "hiddenPolicy",
    count(*) FILTER (WHERE "lastUseAt" IS NULL) AS "lastUseUnread"
  FROM "Key" WHERE "goneAt" IS NULL AND ($1::text[] IS NULL OR "accountId" = ANY($1))`

const countGrants = `
  SELECT coalesce(sum("grantCount"), 0)::bigint AS total, coalesce(sum("grantsByPeople"), 0)::bigint AS "byPeople",
    coalesce(sum("grantsCrossAccount"), 0)::bigint AS "crossAccount", count(*) FILTER (WHERE "grantsAt" IS NULL) AS "keysUnread"
  FROM "Key" WHERE "goneAt" IS NULL AND ($1::text[] IS NULL OR "accountId" = ANY($1))`

const listUpcoming = (column: 'deletionAt' | 'validTo', condition: string) => `
  SELECT k."accountId", a.name AS "accountName", k.region, k."keyId", k.aliases[1] AS alias, k."${column}" AS at,
    k."lastUsedAt", k."lastUsedOperation", k."lastUseAt", k."usageTrackedSince", k."createdAt", k.problems
  FROM "Key" k JOIN "Account" a ON a.id = k."accountId"
  WHERE k."goneAt" IS NULL AND ($1::text[] IS NULL OR k."accountId" = ANY($1)) AND ${condition}
  ORDER BY k."${column}" LIMIT 8`

const countBy = (column: 'keyState' | 'keySpec') => `
  SELECT coalesce("${column}", 'unknown') AS value, count(*) AS count FROM "Key"
  WHERE "goneAt" IS NULL AND ($1::text[] IS NULL OR "accountId" = ANY($1)) GROUP BY 1 ORDER BY 2 DESC, 1`

const countCoverage = `
  SELECT count(*) AS accounts, count(*) FILTER (WHERE a."pausedAt" IS NOT NULL) AS paused,
    count(*) FILTER (WHERE s.ended IS NULL) AS "neverSwept",
    (SELECT count(*) FROM ${coverageGaps} g WHERE g."isDenied" AND ($1::text[] IS NULL OR g."accountId" = ANY($1))) AS denied,
    min(s.ended) AS "oldestSweep"
  FROM "Account" a
  LEFT JOIN LATERAL (SELECT max("endedAt") AS ended FROM "Sweep" WHERE "accountId" = a.id AND kind = 'core' AND status IN ('complete', 'partial')) s ON true
  WHERE a."removedAt" IS NULL AND ($1::text[] IS NULL OR a.id = ANY($1))`

const one = <T>([row]: T[]): T => {
  if (row === undefined) throw new Error('an aggregate gave no row')
  return row
}

export async function getOverview(permit: Permit<'keys.read'>): Promise<Overview> {
  const scope = [permit.scope.all ? null : permit.scope.accountIds]
  const [keys, grants, deletions, expiries, coverage, byState, bySpec] = await Promise.all([
    sql.query<Overview['keys']>(countKeys, scope),
    sql.query<Overview['grants']>(countGrants, scope),
    sql.query<Upcoming>(listUpcoming('deletionAt', `k."deletionAt" IS NOT NULL`), scope),
    sql.query<Upcoming>(listUpcoming('validTo', `k."validTo" < claviger_now() + interval '${expiryHorizonDays} days'`), scope),
    sql.query<Omit<Overview['coverage'], 'oldestSweep'> & { oldestSweep: Date | null }>(countCoverage, scope),
    sql.query<{ value: string; count: number }>(countBy('keyState'), scope),
    sql.query<{ value: string; count: number }>(countBy('keySpec'), scope),
  ])
  return plain({ keys: one(keys), grants: one(grants), deletions, expiries, coverage: one(coverage), byState, bySpec })
}
