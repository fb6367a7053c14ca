import 'server-only'
import type { Permit } from '../../auth/permit'
import { reachesAccount } from '../../auth/permissions'
import { sql } from '../../db/client'
import { readClock } from '../../db/clock'
import { withinAccounts } from '../../db/scope'
import { plain } from '../../inventory/plain'
import { parseArn } from '../../kms/arn'
import type { Span } from '../../table/over-time'
import { settledUntil } from '../window'
import { countWaitingHours } from './coverage'
import { spanOf, type PeriodDays } from './period'
import type { OperationUse, PrincipalUse, RegionCoverage } from './principal-use'

const mostKeys = 20

type Dated<T> = Omit<T, 'firstAt' | 'lastAt'> & { firstAt: Date; lastAt: Date }
type KeyOfUse = { key: string; calls: number; lastAt: Date; total: number }

/** Returns what a principal did with keys of KMS, by the records of the accounts in scope. */
export async function readPrincipalUse(
  { scope }: Permit<'trail.read'>,
  principal: string,
  days: PeriodDays,
): Promise<PrincipalUse> {
  const now = await readClock()
  const span = spanOf(days, now)
  const settled = { from: span.from, to: settledUntil(now) }
  const account = parseArn(principal)?.account ?? null
  const where = sql`lower(r.principal) = ${principal.toLowerCase()} AND r.hour >= ${span.from}
    AND r.hour < ${span.to} AND ${withinAccounts('r.account_id', scope)}`
  const [operations, keys, coverage, waitingHours] = await Promise.all([
    sql.query<Dated<OperationUse>>(
      sql`SELECT r.operation, coalesce(sum(r.events) FILTER (WHERE r.is_first_key), 0)::bigint AS calls,
         coalesce(sum(r.events) FILTER (WHERE r.is_first_key AND r.outcome = 'denied'), 0)::bigint AS denied,
         coalesce(sum(r.events) FILTER (WHERE r.is_first_key AND r.outcome = 'failed'), 0)::bigint AS failed,
         count(DISTINCT r.key_arn)::int AS keys, min(r.first_at) AS "firstAt", max(r.last_at) AS "lastAt"
       FROM trail.use r WHERE ${where} GROUP BY 1 ORDER BY calls DESC, 1`,
    ),
    sql.query<KeyOfUse>(
      sql`SELECT r.key_arn AS key, sum(r.events)::bigint AS calls, max(r.last_at) AS "lastAt",
         (count(*) OVER ())::int AS total
       FROM trail.use r WHERE ${where} AND r.key_arn IS NOT NULL
       GROUP BY 1 ORDER BY calls DESC, 1 LIMIT ${mostKeys}`,
    ),
    account !== null && reachesAccount(scope, account) ? readRegions(account, settled) : null,
    countWaitingHours(scope),
  ])
  return {
    from: span.from.toISOString(),
    to: span.to.toISOString(),
    hours: Math.round((settled.to.getTime() - settled.from.getTime()) / 3_600_000),
    operations: operations.map(plain),
    keys: keys.map(({ total: _, ...row }) => plain(row)),
    keysTotal: keys[0]?.total ?? 0,
    coverage,
    waitingHours,
  }
}

const readRegions = (accountId: string, { from, to }: Span) =>
  sql.query<RegionCoverage>(
    sql`SELECT h.region, count(*) FILTER (WHERE h.whole)::int AS whole,
       count(*) FILTER (WHERE NOT h.whole)::int AS partial
     FROM (SELECT "region" AS region, bool_or("isWhole") AS whole FROM "TrailCoverage"
       WHERE "accountId" = ${accountId} AND "hour" >= ${from} AND "hour" < ${to}
       GROUP BY "region", "hour") h
     GROUP BY 1 ORDER BY 1`,
  )
