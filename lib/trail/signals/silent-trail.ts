import 'server-only'
import { sql } from '../../db/client'
import { dayOf, type Signal } from './signal'

/** Where nothing happens, hours are whole all the same: an hour that no source has is a gap. */
export const silentTrail: Signal = {
  name: 'silentTrail',
  title: 'Trail gone silent',
  lead:
    'For so many hours no source had every change of an account and Region. Of hours that were ' +
    'read later, nothing is left to tell.',
  threshold: { words: 'Hours without a source', least: 2, most: 168, standard: 6 },
  look: ({ from, to }, hours) =>
    sql`SELECT g."accountId" AS account_id, g."region", concat_ws(' ', g."region",
         ${dayOf('g."silentSince"')}) AS episode,
       g."silentSince" + make_interval(hours => ${hours}::int) AS at, NULL::text AS key_arn,
       NULL::text AS event_id, NULL::text AS principal, NULL::text AS operation,
       NULL::int AS count, to_char(g."silentSince" AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') AS about
     FROM (SELECT c."accountId", c."region", c."hour" + interval '1 hour' AS "silentSince",
         coalesce(lead(c."hour") OVER (PARTITION BY c."accountId", c."region" ORDER BY c."hour"),
           ${to}) AS "until"
       FROM (SELECT DISTINCT "accountId", "region", "hour" FROM "TrailCoverage"
         WHERE ("isWhole" OR "changesAreWhole") AND "hour" < ${to}
           AND "hour" >= ${from}::timestamptz - make_interval(hours => ${hours}::int + 1)) c) g
     JOIN "Account" a ON a."id" = g."accountId" AND a."removedAt" IS NULL AND a."pausedAt" IS NULL
     WHERE g."until" >= g."silentSince" + make_interval(hours => ${hours}::int)`,
  say: ({ region, about }) => `Changes in ${region} are not seen since ${about} UTC.`,
  href: () => '/trail/sources',
}
