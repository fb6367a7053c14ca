import 'server-only'
import type { Permit } from '../../auth/permit'
import { sql } from '../../db/client'
import { readClock } from '../../db/clock'
import { withinAccounts } from '../../db/scope'
import { plain } from '../../inventory/plain'
import { countWaitingHours } from './coverage'
import type { DeniedCalls, DeniedGroup } from './denied'
import { spanOf, type PeriodDays } from './period'

const mostGroups = 200

type Found = Omit<DeniedGroup, 'firstAt' | 'lastAt'> & {
  firstAt: Date
  lastAt: Date
  total: number
  all: number
}

/** Returns who was refused in a period, the last refused first. */
export async function readDenied(
  { scope }: Permit<'trail.read'>,
  days: PeriodDays,
): Promise<DeniedCalls> {
  const { from, to } = spanOf(days, await readClock())
  const [rows, waitingHours] = await Promise.all([
    sql.query<Found>(
      sql`WITH grouped AS MATERIALIZED (
          SELECT r.principal, r.principal_kind AS kind, r.principal_account AS "principalAccount",
            r.key_arn AS key, r.operation, r.account_id AS account, r.region,
            sum(r.events)::bigint AS calls, min(r.first_at) AS "firstAt", max(r.last_at) AS "lastAt",
            coalesce(array_agg(DISTINCT r.error_code) FILTER (WHERE r.error_code IS NOT NULL), '{}') AS errors,
            coalesce(array_agg(DISTINCT r.via) FILTER (WHERE r.via IS NOT NULL), '{}') AS via,
            (count(*) OVER ())::int AS total, (sum(sum(r.events)) OVER ())::bigint AS "all"
          FROM trail.use r
          WHERE r.outcome = 'denied' AND r.is_first_key AND r.hour >= ${from} AND r.hour < ${to}
            AND ${withinAccounts('r.account_id', scope)}
          GROUP BY 1, 2, 3, 4, 5, 6, 7
          ORDER BY "lastAt" DESC, 1, 4, 5, 6, 7 LIMIT ${mostGroups})
       SELECT g.*, EXISTS (SELECT FROM trail.use o
           WHERE lower(o.key_arn) = lower(g.key) AND o.hour < ${from} AND o.outcome = 'denied'
             AND o.principal = g.principal AND o.operation = g.operation
             AND o.account_id = g.account) AS "isOlder"
       FROM grouped g ORDER BY g."lastAt" DESC, g.principal, g.key, g.operation`,
    ),
    countWaitingHours(scope),
  ])
  const [first] = rows
  return {
    from: from.toISOString(),
    to: to.toISOString(),
    rows: rows.map(({ total: _total, all: _all, ...row }) => plain(row)),
    total: first?.total ?? 0,
    calls: first?.all ?? 0,
    waitingHours,
  }
}
