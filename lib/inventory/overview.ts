import 'server-only'
import type { Permit } from '../auth/permit'
import { raw, sql, type Sql } from '../db/client'
import { withinAccounts, type Scope } from '../db/scope'
import type { Key } from '../db/generated/client'
import { coverageGaps } from './coverage'
import type { Problems } from './key-detail'
import { plain, type Plain } from './plain'
import { lastEnd } from '../sweep/last-end'
import { rotatableStates } from './rotatable'

/**
 * What needs a person today, and what the fleet is: every number is a count of
 * keys in the person's scope.
 */
export type Overview = {
  keys: {
    total: number
    customer: number
    aws: number
    undescribed: number
    disabled: number
    pendingDeletion: number
    pendingImport: number
    unavailable: number
    /** Of those whose rotation is off, the keys that it could be turned on for now. */
    rotationOff: number
    rotationOn: number
    rotationUnknown: number
    multiRegion: number
    monthlyCostUsd: number
    costUnknown: number
    hiddenPolicy: number
    lastUseUnread: number
    /** Material of theirs expires before `expiryBefore`, or has. */
    expiring: number
  }
  /** Keys whose grants were never read. */
  grants: { keysUnread: number }
  /** The first of them; of a key that waits for its replicas no date is set yet. */
  deletions: Plain<Upcoming>[]
  expiries: Plain<Upcoming>[]
  /** A day, YYYY-MM-DD in UTC. */
  expiryBefore: string
  coverage: {
    accounts: number
    paused: number
    neverSwept: number
    denied: number
    oldestSweep: string | null
  }
  byState: Plain<{ value: string; count: number }>[]
  bySpec: Plain<{ value: string; count: number }>[]
}

type Upcoming = {
  accountId: string
  accountName: string
  region: string
  keyId: string
  alias: string | null
  at: Date | null
} & UseFacts
type UseFacts = Pick<
  Key,
  'lastUsedAt' | 'lastUsedOperation' | 'lastUseAt' | 'usageTrackedSince' | 'createdAt'
> & { problems: Problems }

/** Material that expires within this many days is shown as near. */
const expiryHorizonDays = 60
const mostUpcoming = 8

/**
 * A whole UTC day, as the table of keys filters by: the list here and the table it
 * opens then hold the same keys.
 */
async function readExpiryDay(): Promise<string> {
  const rows = await sql.query<{ day: string }>(
    sql`SELECT to_char((claviger_now() AT TIME ZONE 'UTC')
      + make_interval(days => ${expiryHorizonDays}), 'YYYY-MM-DD') AS day`,
  )
  return one(rows).day
}

const countKeys = (scope: Scope, expiryBefore: Date) => sql`
  SELECT count(*) AS total,
    count(*) FILTER (WHERE "keyManager" = 'CUSTOMER') AS customer,
    count(*) FILTER (WHERE "keyManager" = 'AWS') AS aws,
    count(*) FILTER (WHERE "keyState" IS NULL) AS undescribed,
    count(*) FILTER (WHERE "keyState" = 'Disabled') AS disabled,
    count(*) FILTER (WHERE "keyState" IN ('PendingDeletion', 'PendingReplicaDeletion')) AS "pendingDeletion",
    count(*) FILTER (WHERE "keyState" = 'PendingImport') AS "pendingImport",
    count(*) FILTER (WHERE "keyState" = 'Unavailable') AS unavailable,
    count(*) FILTER (WHERE rotation = 'off' AND "keyState" = ANY(${rotatableStates})
      AND scope IS DISTINCT FROM 'replica') AS "rotationOff",
    count(*) FILTER (WHERE rotation = 'on') AS "rotationOn",
    count(*) FILTER (WHERE rotation = 'unknown') AS "rotationUnknown",
    count(*) FILTER (WHERE scope IN ('primary', 'replica')) AS "multiRegion",
    coalesce(sum("monthlyCostUsd"), 0)::float8 AS "monthlyCostUsd",
    count(*) FILTER (WHERE "monthlyCostUsd" IS NULL) AS "costUnknown",
    count(*) FILTER (WHERE "policyHash" IS NULL) AS "hiddenPolicy",
    count(*) FILTER (WHERE "lastUseAt" IS NULL) AS "lastUseUnread",
    count(*) FILTER (WHERE "validTo" < ${expiryBefore}::timestamptz) AS expiring
  FROM "Key" WHERE "goneAt" IS NULL AND ${withinAccounts('"accountId"', scope)}`

const countGrants = (scope: Scope) => sql`
  SELECT count(*) FILTER (WHERE "grantsAt" IS NULL) AS "keysUnread"
  FROM "Key" WHERE "goneAt" IS NULL AND ${withinAccounts('"accountId"', scope)}`

const listUpcoming = (scope: Scope, at: Sql, condition: Sql) => sql`
  SELECT k."accountId", a.name AS "accountName", k.region, k."keyId", k.aliases[1] AS alias, ${at} AS at,
    k."lastUsedAt", k."lastUsedOperation", k."lastUseAt", k."usageTrackedSince", k."createdAt", k.problems
  FROM "Key" k JOIN "Account" a ON a.id = k."accountId"
  WHERE k."goneAt" IS NULL AND ${withinAccounts('k."accountId"', scope)} AND ${condition}
  ORDER BY ${at} NULLS LAST, k.arn LIMIT ${mostUpcoming}`

const isPendingDeletion = sql`k."keyState" IN ('PendingDeletion', 'PendingReplicaDeletion')`

const countBy = (scope: Scope, column: 'keyState' | 'keySpec') => sql`
  SELECT coalesce(${raw(`"${column}"`)}, 'unknown') AS value, count(*) AS count FROM "Key"
  WHERE "goneAt" IS NULL AND ${withinAccounts('"accountId"', scope)} GROUP BY 1 ORDER BY 2 DESC, 1`

const countCoverage = (scope: Scope) => sql`
  SELECT count(*) AS accounts, count(*) FILTER (WHERE a."pausedAt" IS NOT NULL) AS paused,
    count(*) FILTER (WHERE s.ended IS NULL) AS "neverSwept",
    (SELECT count(*) FROM ${raw(coverageGaps)} g
    WHERE g."isDenied" AND ${withinAccounts('g."accountId"', scope)}) AS denied,
    min(s.ended) AS "oldestSweep"
  FROM "Account" a
  LEFT JOIN LATERAL (
    SELECT min(${lastEnd(sql`a.id`, sql`g.region`, 'core')}) AS ended FROM "AccountRegion" g
    WHERE g."accountId" = a.id AND g."optStatus" IS DISTINCT FROM 'DISABLED') s ON true
  WHERE a."removedAt" IS NULL AND ${withinAccounts('a.id', scope)}`

const one = <T>([row]: T[]): T => {
  if (row === undefined) throw new Error('an aggregate gave no row')
  return row
}

export async function getOverview(permit: Permit<'keys.read'>): Promise<Overview> {
  const { scope } = permit
  const expiryBefore = await readExpiryDay()
  const expiryAt = new Date(`${expiryBefore}T00:00:00Z`)
  const [keys, grants, deletions, expiries, coverage, byState, bySpec] = await Promise.all([
    sql.query<Overview['keys']>(countKeys(scope, expiryAt)),
    sql.query<Overview['grants']>(countGrants(scope)),
    sql.query<Upcoming>(listUpcoming(scope, sql`k."deletionAt"`, isPendingDeletion)),
    sql.query<Upcoming>(
      listUpcoming(scope, sql`k."validTo"`, sql`k."validTo" < ${expiryAt}::timestamptz`),
    ),
    sql.query<Omit<Overview['coverage'], 'oldestSweep'> & { oldestSweep: Date | null }>(
      countCoverage(scope),
    ),
    sql.query<{ value: string; count: number }>(countBy(scope, 'keyState')),
    sql.query<{ value: string; count: number }>(countBy(scope, 'keySpec')),
  ])
  return plain({
    keys: one(keys),
    grants: one(grants),
    deletions,
    expiries,
    expiryBefore,
    coverage: one(coverage),
    byState,
    bySpec,
  })
}
