import 'server-only'
import { sql } from '../../db/client'
import { hrefOfEvents } from '../usage/links'
import type { Signal } from './signal'

/** How many days make the average, and how many times of it is a rise. */
const before = 14
const times = 3

export const denials: Signal = {
  name: 'denials',
  title: 'Rise in denied calls',
  lead:
    `So many calls were denied in an account on one day, and ${times} times the daily average of ` +
    `the ${before} days before. Looked for where the trail reaches back that far.`,
  threshold: { words: 'Denied calls in a day', least: 1, most: 1_000_000, standard: 50 },
  look: ({ from, to }, calls) =>
    sql`WITH days AS (
         SELECT u.account_id, min(u.region) AS region, date_trunc('day', u.hour, 'UTC') AS day,
           sum(u.events)::bigint AS calls, max(u.last_at) AS at
         FROM trail.use u
         WHERE u.outcome = 'denied' AND u.is_first_key AND u.hour < ${to}
           AND u.hour >= ${from}::timestamptz - make_interval(days => ${before}::int)
         GROUP BY 1, 3)
     SELECT d.account_id, d.region, to_char(d.day AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS episode, d.at,
       NULL::text AS key_arn, NULL::text AS event_id, NULL::text AS principal,
       NULL::text AS operation, d.calls AS count, NULL::text AS about
     FROM days d
     WHERE d.calls >= ${calls}::int AND d.calls * ${before}::int >= ${times}::int * (
       SELECT coalesce(sum(b.calls), 0) FROM days b WHERE b.account_id = d.account_id
         AND b.day < d.day AND b.day >= d.day - make_interval(days => ${before}::int))
       AND EXISTS (SELECT FROM "TrailCoverage" c WHERE c."accountId" = d.account_id
         AND (c."isWhole" OR c."changesAreWhole")
         AND c."hour" <= d.day - make_interval(days => ${before}::int))`,
  say: ({ count }) => `${count} calls were denied that day.`,
  href: ({ accountId, at }) =>
    hrefOfEvents({ account: accountId, outcome: 'denied', since: at.toISOString() }),
}
