import 'server-only'
import { reachesAccount, scopeOf, type Permission, type Scope } from '../../auth/permissions'
import type { Permit } from '../../auth/permit'
import { db, sql, type Sql } from '../../db/client'
import { readClock } from '../../db/clock'
import { inScope, withinAccounts } from '../../db/scope'
import type { KeyRow } from '../../inventory/key-detail'
import { plain } from '../../inventory/plain'
import { cryptographicOperations } from '../../kms/operations'
import { readResourcesOfKey, windowStart } from '../../trail/bound/read-bound'
import { readTrailWindow, settledUntil } from '../../trail/window'
import { traits as keyDisable } from '../kinds/key-disable/traits'
import { traits as keyEnable } from '../kinds/key-enable/traits'
import {
  isStopped,
  stoppedSince,
  type DeletionFacts,
  type Refusals,
  type SeenOfKey,
  type Switched,
} from './deletion-facts'

/** IAM entities that are named; the others are counted. */
const namedEntities = 10
/** Callers that are named. */
const namedCallers = 5

/** What KMS answers to a use of a key that is disabled, or that waits for its deletion. */
const refusedCodes = ['DisabledException', 'KMSInvalidStateException']

/** Reads all that is known here of what the deletion of a key would break. */
export async function readDeletionFacts(
  permit: Permit<'trail.read'>,
  key: KeyRow,
): Promise<DeletionFacts> {
  const now = await readClock()
  const from = windowStart(key, now)
  const reaches = (permission: Permission) =>
    reachesAccount(scopeOf(permit.actor.assigned, permission), key.accountId)
  const [found, seen, related, external, iam, publicKeyReadHere, stoppedAt] = await Promise.all([
    readResourcesOfKey(permit, key),
    readSeen(permit.scope, key, from),
    readRelated(permit.scope, key),
    reaches('access.read') ? readExternal(key.arn) : null,
    reaches('access.read') ? readIam(key) : null,
    readPublicKeyTime(key.arn),
    readStop(permit.scope, key),
  ])
  return {
    key,
    seen,
    stoppedAt,
    now: now.toISOString(),
    window: found.window,
    resources: { count: found.resources.length, isCut: found.isCut },
    related,
    external,
    iam,
    publicKeyReadHere,
    ...(stoppedAt === null
      ? { refusals: null, watched: null }
      : await readWatch(permit.scope, key, new Date(stoppedAt), now)),
  }
}

const iso = (time: Date | null) => time?.toISOString() ?? null

type Sums = Readonly<
  Record<`${'uses' | 'foreign' | 'reads'}${'Principals' | 'Events'}`, number>
> & {
  usesAt: Date | null
  foreignAt: Date | null
  readsAt: Date | null
  foreignAccounts: string[]
}

/**
 * Principals, calls and the last of them, of the rollups that meet a condition. A call of another
 * account has a record there and one here: it counts once, and where only one of the two was read,
 * by that one.
 */
const sumsOf = (such: Sql, owner: string) => ({
  principals: sql`count(DISTINCT u.principal) FILTER (WHERE ${such})`,
  events: sql`greatest(
    coalesce(sum(u.events) FILTER (WHERE ${such} AND u.account_id = ${owner}), 0),
    coalesce(sum(u.events) FILTER (WHERE ${such} AND u.account_id <> ${owner}), 0))::bigint`,
  lastAt: sql`max(u.last_at) FILTER (WHERE ${such})`,
})

async function readSeen(scope: Scope, key: KeyRow, from: Date): Promise<SeenOfKey> {
  const isUse = sql`u.operation = ANY(${cryptographicOperations}::text[])`
  const isForeign = sql`${isUse} AND u.principal_account <> ${key.accountId}`
  const [uses, foreign, reads] = [
    sumsOf(isUse, key.accountId),
    sumsOf(isForeign, key.accountId),
    sumsOf(sql`u.operation = 'GetPublicKey'`, key.accountId),
  ]
  const [sums] = await sql.query<Sums>(
    sql`SELECT ${uses.principals} AS "usesPrincipals", ${uses.events} AS "usesEvents",
       ${uses.lastAt} AS "usesAt", ${foreign.principals} AS "foreignPrincipals",
       ${foreign.events} AS "foreignEvents", ${foreign.lastAt} AS "foreignAt",
       coalesce((array_agg(DISTINCT u.principal_account) FILTER (WHERE ${isForeign}))[1:10], '{}')
         AS "foreignAccounts",
       ${reads.principals} AS "readsPrincipals", ${reads.events} AS "readsEvents",
       ${reads.lastAt} AS "readsAt"
     FROM trail.use u
     WHERE lower(u.key_arn) = lower(${key.arn}) AND u.hour >= date_trunc('hour', ${from}::timestamptz, 'UTC')
       AND u.outcome = 'success' AND ${withinAccounts('u.account_id', scope)}`,
  )
  const of = (name: 'uses' | 'foreign' | 'reads') => ({
    principals: sums?.[`${name}Principals`] ?? 0,
    events: sums?.[`${name}Events`] ?? 0,
    lastAt: iso(sums?.[`${name}At`] ?? null),
  })
  return {
    uses: of('uses'),
    foreignUses: { ...of('foreign'), accounts: sums?.foreignAccounts ?? [] },
    publicKeyReads: of('reads'),
  }
}

type Refused = { principal: string; events: number; lastAt: Date }

async function readWatch(scope: Scope, key: KeyRow, since: Date, now: Date) {
  const [refusals, watched] = await Promise.all([
    readRefusals(scope, key.arn, since),
    readTrailWindow(key, since, settledUntil(now)),
  ])
  return { refusals, watched }
}

async function readRefusals(scope: Scope, keyArn: string, since: Date): Promise<Refusals> {
  const rows = await sql.query<Refused>(
    sql`SELECT u.principal, sum(u.events)::bigint AS events, max(u.last_at) AS "lastAt"
     FROM trail.use u
     WHERE lower(u.key_arn) = lower(${keyArn}) AND u.hour >= date_trunc('hour', ${since}::timestamptz, 'UTC')
       AND u.last_at >= ${since} AND u.error_code = ANY(${refusedCodes}::text[])
       AND ${withinAccounts('u.account_id', scope)}
     GROUP BY 1 ORDER BY 2 DESC, 1`,
  )
  const last = rows.map(({ lastAt }) => lastAt.toISOString()).sort()
  return {
    principals: rows.length,
    events: rows.reduce((sum, { events }) => sum + events, 0),
    lastAt: last.at(-1) ?? null,
    most: rows.slice(0, namedCallers).map(plain),
  }
}

async function readRelated(scope: Scope, key: KeyRow): Promise<DeletionFacts['related']> {
  if (!key.primaryKeyArn) return []
  return db.key.findMany({
    where: {
      AND: [
        { primaryKeyArn: key.primaryKeyArn, goneAt: null, NOT: { arn: key.arn } },
        inScope(scope),
      ],
    },
    orderBy: { region: 'asc' },
    select: { arn: true, region: true, keyState: true },
  })
}

async function readExternal(keyArn: string): Promise<DeletionFacts['external']> {
  const [row] = await sql.query<{ principals: number; isIncomplete: boolean }>(
    sql`SELECT NOT k.policy_read OR NOT k.grants_read OR k.problem IS NOT NULL AS "isIncomplete",
       (SELECT count(*) FROM derived.external_reach r WHERE r.key_arn = k.key_arn) AS principals
     FROM derived.access_key k WHERE k.key_arn = ${keyArn}`,
  )
  return row ?? null
}

/** Users, groups, roles and policies of the key's account whose documents name the key by its ID. */
async function readIam({ accountId, keyId }: KeyRow): Promise<DeletionFacts['iam']> {
  const [read] = await sql.query<{ isRead: boolean }>(
    sql`SELECT EXISTS (SELECT FROM "LastRead" WHERE "accountId" = ${accountId} AND "iamAt" IS NOT NULL)
       OR EXISTS (SELECT FROM "IamEntity" WHERE "accountId" = ${accountId}) AS "isRead"`,
  )
  if (!read?.isRead) return null
  const rows = await sql.query<{ name: string; total: number }>(
    sql`SELECT e.kind || ' ' || e.name AS name, count(*) OVER () AS total FROM "IamEntity" e
     WHERE e."accountId" = ${accountId} AND e."goneAt" IS NULL
       AND position(${keyId} IN e.details::text) > 0
     ORDER BY 1 LIMIT ${namedEntities}`,
  )
  return {
    names: rows.map(({ name }) => name),
    total: rows[0]?.total ?? 0,
  }
}

async function readPublicKeyTime(keyArn: string): Promise<string | null> {
  const found = await db.publicKey.findUnique({ where: { keyArn }, select: { readAt: true } })
  return iso(found?.readAt ?? null)
}

/** Calls that stop a key or let it be used again, that are looked at. */
const mostSwitches = 200

/** When the use of the key was stopped, by the trail or by a change of ours that is in force. */
async function readStop(scope: Scope, key: KeyRow): Promise<string | null> {
  if (!isStopped(key)) return null
  const [switched, [here]] = await Promise.all([
    sql.query<{ operation: string; at: Date }>(
      sql`SELECT e.operation, e.occurred_at AS at FROM trail.event e
       WHERE NOT e.is_use AND lower(e.key_arn) = lower(${key.arn}) AND e.outcome = 'success'
         AND e.operation IN ('EnableKey', 'DisableKey', 'ScheduleKeyDeletion', 'CancelKeyDeletion')
         AND ${withinAccounts('e.account_id', scope)}
       ORDER BY e.occurred_at DESC LIMIT ${mostSwitches}`,
    ),
    db.change.findMany({
      where: { keyArn: key.arn, kind: { in: [keyDisable.name, keyEnable.name] } },
      orderBy: { appliedAt: { sort: 'desc', nulls: 'last' } },
      take: 1,
      select: { kind: true, status: true, appliedAt: true },
    }),
  ])
  const isInForce = here?.kind === keyDisable.name && here.status === 'applied'
  const calls: Switched[] = switched.map(plain)
  return stoppedSince(key, calls, isInForce ? iso(here.appliedAt) : null)
}
