import 'server-only'
import type { Permit } from '../auth/permit'
import { raw, sql, type Sql } from '../db/client'
import { withinAccounts, type Scope } from '../db/scope'
import type { Key } from '../db/generated/client'
import { coverageGaps } from './coverage'
import { isInFacets } from './key-counts'
import type { Problems } from './key-detail'
import { plain, type Plain } from './plain'
import { lastEnd } from '../sweep/last-end'
import { sweptRegion } from '../sweep/queue'
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

type Counted = Overview['keys'] & Pick<Overview, 'byState' | 'bySpec'> & { grantsUnread: number }
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
const pendingDeletion: readonly string[] = ['PendingDeletion', 'PendingReplicaDeletion']

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

/**
 * All that is counted of keys, in one pass over the narrow rows of their table: what keys have in
 * common is counted by its combinations, of which there are few.
 */
const countKeys = (scope: Scope, expiryBefore: Date) => sql`
  WITH counted AS MATERIALIZED (
    SELECT f.state, f.spec, f.manager, f.scope, f.rotation, r.*
    FROM (
      SELECT facets, count(*) AS n, sum(monthly_cost_usd) AS cost,
        count(*) FILTER (WHERE monthly_cost_usd IS NULL) AS cost_unknown,
        count(*) FILTER (WHERE NOT use_known) AS use_unread,
        count(*) FILTER (WHERE grant_count IS NULL) AS grants_unread,
        count(*) FILTER (WHERE valid_to < ${expiryBefore}::timestamptz) AS expiring
      FROM derived.key_row WHERE NOT gone AND ${isInFacets(scope)} GROUP BY facets) r
    JOIN derived.key_facets f ON f.id = r.facets)
  SELECT ${total()} AS total,
    ${total(sql`manager = 'CUSTOMER'`)} AS customer,
    ${total(sql`manager = 'AWS'`)} AS aws,
    ${total(sql`state = 'unknown'`)} AS undescribed,
    ${total(sql`state = 'Disabled'`)} AS disabled,
    ${total(sql`state = ANY(${pendingDeletion})`)} AS "pendingDeletion",
    ${total(sql`state = 'PendingImport'`)} AS "pendingImport",
    ${total(sql`state = 'Unavailable'`)} AS unavailable,
    ${total(sql`rotation = 'off' AND state = ANY(${rotatableStates}) AND scope <> 'replica'`)}
      AS "rotationOff",
    ${total(sql`rotation = 'on'`)} AS "rotationOn",
    ${total(sql`rotation = 'unknown'`)} AS "rotationUnknown",
    ${total(sql`scope IN ('primary', 'replica')`)} AS "multiRegion",
    coalesce(sum(cost), 0)::float8 AS "monthlyCostUsd",
    coalesce(sum(cost_unknown), 0)::bigint AS "costUnknown",
    coalesce(sum(use_unread), 0)::bigint AS "lastUseUnread",
    coalesce(sum(grants_unread), 0)::bigint AS "grantsUnread",
    coalesce(sum(expiring), 0)::bigint AS expiring,
    ${listBy('state')} AS "byState", ${listBy('spec')} AS "bySpec"
  FROM counted`

const total = (condition: Sql = sql`true`): Sql =>
  sql`coalesce(sum(n) FILTER (WHERE ${condition}), 0)::bigint`
const listBy = (column: 'state' | 'spec'): Sql => sql`(
  SELECT coalesce(jsonb_agg(g ORDER BY g.count DESC, g.value), '[]') FROM (
    SELECT ${raw(column)} AS value, sum(n) AS count FROM counted GROUP BY 1) g)`

const listUpcoming = (scope: Scope, at: Sql, condition: Sql) => sql`
  SELECT k."accountId", a.name AS "accountName", k.region, k."keyId", k.aliases[1] AS alias, ${at} AS at,
    k."lastUsedAt", k."lastUsedOperation", k."lastUseAt", k."usageTrackedSince", k."createdAt", k.problems
  FROM "Key" k JOIN "Account" a ON a.id = k."accountId"
  WHERE k."goneAt" IS NULL AND ${withinAccounts('k."accountId"', scope)} AND ${condition}
  ORDER BY ${at} NULLS LAST, k.arn LIMIT ${mostUpcoming}`

/** Written out, since only so PostgreSQL sees that the index "Key_pending_deletion" holds them. */
const isPendingDeletion = raw(`k."keyState" IN ('${pendingDeletion.join("', '")}')`)

const countCoverage = (scope: Scope) => sql`
  SELECT count(*) AS accounts, count(*) FILTER (WHERE a."pausedAt" IS NOT NULL) AS paused,
    count(*) FILTER (WHERE s.ended IS NULL) AS "neverSwept",
    (SELECT count(*) FROM ${raw(coverageGaps)} g
    WHERE g."isDenied" AND ${withinAccounts('g."accountId"', scope)}) AS denied,
    min(s.ended) AS "oldestSweep"
  FROM "Account" a
  LEFT JOIN LATERAL (
    SELECT min(${lastEnd(sql`a.id`, sql`g.region`, 'core')}) AS ended FROM "AccountRegion" g
    WHERE g."accountId" = a.id AND ${sweptRegion}) s ON true
  WHERE a."removedAt" IS NULL AND ${withinAccounts('a.id', scope)}`

const one = <T>([row]: T[]): T => {
  if (row === undefined) throw new Error('an aggregate gave no row')
  return row
}

export async function getOverview(permit: Permit<'keys.read'>): Promise<Overview> {
  const { scope } = permit
  const expiryBefore = await readExpiryDay()
  const expiryAt = new Date(`${expiryBefore}T00:00:00Z`)
  const [counted, deletions, expiries, coverage] = await Promise.all([
    sql.query<Counted>(countKeys(scope, expiryAt)),
    sql.query<Upcoming>(listUpcoming(scope, sql`k."deletionAt"`, isPendingDeletion)),
    sql.query<Upcoming>(
      listUpcoming(scope, sql`k."validTo"`, sql`k."validTo" < ${expiryAt}::timestamptz`),
    ),
    sql.query<Omit<Overview['coverage'], 'oldestSweep'> & { oldestSweep: Date | null }>(
      countCoverage(scope),
    ),
  ])
  const { grantsUnread, byState, bySpec, ...keys } = one(counted)
  return plain({
    keys,
    grants: { keysUnread: grantsUnread },
    deletions,
    expiries,
    expiryBefore,
    coverage: one(coverage),
    byState,
    bySpec,
  })
}
