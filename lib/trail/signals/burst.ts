import 'server-only'
import { sql } from '../../db/client'
import { dayOf, nameOf, type Signal } from './signal'

export const burst: Signal = {
  name: 'burst',
  title: 'Burst of disabled or deleted keys',
  lead:
    'DisableKey and ScheduleKeyDeletion without a request here, so many in one account within an ' +
    'hour. Told once a day for each account.',
  threshold: { words: 'Calls within an hour', least: 2, most: 1_000, standard: 5 },
  look: ({ from, to }, calls) =>
    sql`SELECT b.account_id, b.region, ${dayOf('b.at')} AS episode, b.at, b.key_arn,
       NULL::text AS event_id, b.principal, b.operation, b.count, NULL::text AS about
     FROM (SELECT m.account_id, m.region, m.occurred_at AS at, m.key_arn, m.principal, m.operation,
         (count(*) OVER (PARTITION BY m.account_id ORDER BY m.occurred_at
           RANGE BETWEEN interval '1 hour' PRECEDING AND CURRENT ROW))::int AS count
       FROM trail.mutation m
       WHERE m.origin IN ('outOfBand', 'before')
         AND m.occurred_at >= ${from}::timestamptz - interval '1 hour' AND m.occurred_at < ${to}
         AND m.operation IN ('DisableKey', 'ScheduleKeyDeletion')) b
     WHERE b.count >= ${calls}::int`,
  say: ({ count, principal, operation }) =>
    `Within an hour ${count} calls disabled keys or scheduled their deletion, the last by ` +
    `${nameOf(principal)} with ${operation}.`,
}
