import 'server-only'
import { sql } from '../../db/client'
import { dayOf, nameOfKey, type Signal } from './signal'

/**
 * Looks only where the trail was read as far back: else each account that has always used a key would
 * be new on the day that reading began.
 */
export const outsideUse: Signal = {
  name: 'outsideUse',
  title: 'First use by an account outside',
  lead:
    'An account that is not connected here called one of your keys with success, and had not done ' +
    'so before. Looked for where the trail reaches back that far.',
  threshold: { words: 'Days without a call before', least: 1, most: 365, standard: 30 },
  look: ({ from, to }, days) =>
    sql`SELECT u.account_id, u.region,
       concat_ws(' ', lower(u.key_arn), u.principal_account, ${dayOf('u.hour')}) AS episode,
       u.first_at AS at, u.key_arn, NULL::text AS event_id, u.principal, u.operation,
       u.events AS count, u.principal_account AS about
     FROM trail.use u
     WHERE u.principal_account <> u.account_id AND u.hour >= ${from} AND u.hour < ${to}
       AND u.is_use AND u.outcome = 'success' AND split_part(u.key_arn, ':', 5) = u.account_id
       AND NOT EXISTS (SELECT FROM "Account" a
         WHERE a."id" = u.principal_account AND a."removedAt" IS NULL)
       AND NOT EXISTS (SELECT FROM trail.use b WHERE lower(b.key_arn) = lower(u.key_arn)
         AND b.hour < u.hour AND b.hour >= u.hour - make_interval(days => ${days}::int)
         AND b.principal_account = u.principal_account AND b.is_use AND b.outcome = 'success')
       AND EXISTS (SELECT FROM "TrailCoverage" c WHERE c."accountId" = u.account_id
         AND c."region" = u.region AND c."isWhole"
         AND c."hour" <= u.hour - make_interval(days => ${days}::int))`,
  say: ({ about, operation, keyArn }) =>
    `Account ${about} called ${operation} with key ${nameOfKey(keyArn)}.`,
}
