import 'server-only'
import type { Permit } from '../../auth/permit'
import type { Scope } from '../../auth/permissions'
import { raw, sql, type Sql } from '../../db/client'
import { readClock } from '../../db/clock'
import { accountsOf, withinAccounts } from '../../db/scope'
import { plain } from '../../inventory/plain'
import { cryptographicOperations } from '../../kms/operations'
import type { Span } from '../../table/over-time'
import { Params } from '../../table/sql'
import type { Outcome } from '../event'
import { readTrailWindow, settledUntil } from '../window'
import { countWaitingHours, readUnseenPieces } from './coverage'
import type { KeyUsage, NetworkOfUsage, PartOfUsage, Parts, UserOfKey } from './key-usage'
import { countOverTime } from './over-time'
import { spanOf, type PeriodDays } from './period'

type Dated<T> = Omit<T, 'firstAt' | 'lastAt'> & { firstAt: Date; lastAt: Date }
type KeyPlace = { arn: string; accountId: string; region: string }

/** Rows that a table of this page shows. */
const mostUsers = 100
const mostParts = 50
/** Events that networks are looked up in: rollups do not know them. */
const mostEvents = 2_000

/**
 * Returns who used a key, for what and from where, by the records of the key's account. A call of
 * another account that was denied is recorded in that account alone, so those in scope count too;
 * what else other accounts in scope recorded names their callers and counts nothing.
 */
export async function readKeyUsage(
  { scope }: Permit<'trail.read'>,
  key: KeyPlace,
  days: PeriodDays,
): Promise<KeyUsage> {
  const now = await readClock()
  const span = spanOf(days, now)
  const within = withinSpan(scope, key, span)
  const [window, isUnknown] = await Promise.all([
    readTrailWindow(key, span.from, settledUntil(now)),
    readUnseenPieces(span, sql`c."accountId" = ${key.accountId} AND c."region" = ${key.region}`),
  ])
  const over = (series: string) =>
    countOverTime(countedOf(scope, key, span, series), span, isUnknown)
  const [byOperation, byPrincipal, users, parts, networks, lastUse, waitingHours] =
    await Promise.all([
      over('r.operation'),
      over('r.principal'),
      readUsers(key, within),
      readParts(sql`${within} AND ${isCounted(key)}`),
      readNetworks(scope, key, span),
      readLastUse(scope, key),
      countWaitingHours(scope),
    ])
  return {
    from: span.from.toISOString(),
    to: span.to.toISOString(),
    ...parts,
    byOperation,
    byPrincipal,
    users,
    networks,
    lastUse,
    window,
    waitingHours,
  }
}

const isOfKey = ({ arn }: KeyPlace) => sql`lower(r.key_arn) = ${arn.toLowerCase()}`
/** Whether a record of the key counts as a call of it: of a pair of records one does. */
const isCounted = ({ accountId }: KeyPlace) =>
  sql`(r.account_id = ${accountId} OR r.outcome = 'denied')`

const withinSpan = (scope: Scope, key: KeyPlace, { from, to }: Span): Sql =>
  sql`${isOfKey(key)} AND r.hour >= ${from} AND r.hour < ${to}
    AND ${withinAccounts('r.account_id', scope)}`

/** The same calls, as charts count them. */
function countedOf(scope: Scope, { arn, accountId }: KeyPlace, span: Span, series: string) {
  const params = new Params()
  const within = withinAccounts('r.account_id', params.add(accountsOf(scope)))
  const where = `lower(r.key_arn) = ${params.add(arn.toLowerCase(), 'text')}
    AND r.hour >= ${params.add(span.from, 'timestamptz')}
    AND r.hour < ${params.add(span.to, 'timestamptz')} AND ${within}
    AND (r.account_id = ${params.add(accountId, 'text')} OR r.outcome = 'denied')`
  return { from: 'trail.use', begins: 'hour' as const, where, series, params }
}

async function readUsers(key: KeyPlace, within: Sql): Promise<KeyUsage['users']> {
  const rows = await sql.query<Dated<UserOfKey> & { total: number }>(
    sql`SELECT r.principal, r.principal_kind AS kind, r.principal_account AS "principalAccount",
       r.account_id AS "recordedBy", sum(r.events)::bigint AS calls,
       coalesce(sum(r.events) FILTER (WHERE r.outcome = 'denied'), 0)::bigint AS denied,
       coalesce(sum(r.events) FILTER (WHERE r.outcome = 'failed'), 0)::bigint AS failed,
       min(r.first_at) AS "firstAt", max(r.last_at) AS "lastAt",
       array_agg(DISTINCT r.operation) AS operations,
       coalesce(array_agg(DISTINCT r.via) FILTER (WHERE r.via IS NOT NULL), '{}') AS via,
       (array_agg(to_jsonb(r.sessions) ORDER BY r.hour DESC))[1] AS sessions,
       (count(*) OVER ())::int AS total
     FROM trail.use r WHERE ${within}
     GROUP BY r.principal, r.principal_kind, r.principal_account, r.account_id
     ORDER BY (r.account_id = ${key.accountId}) DESC, calls DESC, r.principal LIMIT ${mostUsers}`,
  )
  return { rows: rows.map(({ total: _, ...row }) => plain(row)), total: rows[0]?.total ?? 0 }
}

type PartOf = 'outcome' | 'operation' | 'via' | 'resource'
type FoundPart = Dated<PartOfUsage> & { part: PartOf; total: number }

/** One pass over the rollups for all that the page divides them by. */
async function readParts(where: Sql) {
  const rows = await sql.query<FoundPart>(
    sql`WITH summed AS (
        SELECT CASE grouping(r.outcome, r.operation, r.via, r.resource)
            WHEN 7 THEN 'outcome' WHEN 11 THEN 'operation' WHEN 13 THEN 'via' ELSE 'resource' END AS part,
          coalesce(r.outcome, r.operation, r.via, r.resource) AS value, r.resource_kind AS kind,
          sum(r.events)::bigint AS calls, min(r.first_at) AS "firstAt", max(r.last_at) AS "lastAt"
        FROM trail.use r WHERE ${where}
        GROUP BY GROUPING SETS ((r.outcome), (r.operation), (r.via), (r.resource_kind, r.resource))),
      ranked AS (
        SELECT s.*, (count(*) OVER (PARTITION BY s.part))::int AS total,
          row_number() OVER (PARTITION BY s.part ORDER BY s.calls DESC, s.value) AS place
        FROM summed s WHERE s.value IS NOT NULL)
     SELECT part, value, kind, calls, "firstAt", "lastAt", total FROM ranked
     WHERE place <= ${mostParts} ORDER BY part, place`,
  )
  const partsOf = (of: PartOf): Parts => {
    const own = rows.filter((row) => row.part === of)
    return {
      rows: own.map(({ part: _part, total: _total, ...row }) => plain(row)),
      total: own[0]?.total ?? 0,
    }
  }
  const callsOf = (outcome: Outcome) =>
    rows.find(({ part, value }) => part === 'outcome' && value === outcome)?.calls ?? 0
  return {
    calls: { success: callsOf('success'), denied: callsOf('denied'), failed: callsOf('failed') },
    operations: partsOf('operation'),
    services: partsOf('via'),
    resources: partsOf('resource'),
  }
}

async function readNetworks(
  scope: Scope,
  key: KeyPlace,
  { from, to }: Span,
): Promise<KeyUsage['networks']> {
  const rows = await sql.query<Dated<NetworkOfUsage> & { looked: number }>(
    sql`WITH newest AS MATERIALIZED (
        SELECT r.source_ip, r.vpc_endpoint, r.principal, r.occurred_at FROM trail.event r
        WHERE ${isOfKey(key)} AND r.occurred_at >= ${from} AND r.occurred_at < ${to}
          AND ${withinAccounts('r.account_id', scope)} AND ${isCounted(key)}
        ORDER BY r.occurred_at DESC NULLS LAST LIMIT ${mostEvents})
     SELECT source_ip AS ip, vpc_endpoint AS "vpcEndpoint", count(DISTINCT principal)::int AS principals,
       count(*)::int AS calls, min(occurred_at) AS "firstAt", max(occurred_at) AS "lastAt",
       (sum(count(*)) OVER ())::int AS looked
     FROM newest GROUP BY 1, 2 ORDER BY calls DESC, 1, 2 LIMIT ${mostParts}`,
  )
  const looked = rows[0]?.looked ?? 0
  return {
    rows: rows.map(({ looked: _, ...row }) => plain(row)),
    looked,
    isCut: looked === mostEvents,
  }
}

const namesOfUses = raw(cryptographicOperations.map((name) => `'${name}'`).join(', '))

async function readLastUse(scope: Scope, key: KeyPlace): Promise<KeyUsage['lastUse']> {
  const [row] = await sql.query<{ at: Date; operation: string; principal: string }>(
    sql`SELECT r.last_at AS at, r.operation, r.principal FROM trail.use r
     WHERE ${isOfKey(key)} AND ${withinAccounts('r.account_id', scope)}
       AND r.account_id = ${key.accountId} AND r.outcome = 'success'
       AND r.operation IN (${namesOfUses})
     ORDER BY r.hour DESC, r.last_at DESC LIMIT 1`,
  )
  return row ? plain(row) : null
}
