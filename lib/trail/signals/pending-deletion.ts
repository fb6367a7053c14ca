import 'server-only'
import { sql } from '../../db/client'
import { dayOf, nameOf, nameOfKey, type Signal } from './signal'

/**
 * By the words that AWS's own alarm looks for:
 * https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys-creating-cloudwatch-alarm.html
 * Rollups lead to the few hours, and the key's events of these have the words.
 */
export const pendingDeletion: Signal = {
  name: 'pendingDeletion',
  title: 'Use of a key that is pending deletion',
  lead: 'Somebody tried to use a key that waits for its deletion: it is still needed.',
  threshold: { words: 'Calls in a day', least: 1, most: 100_000, standard: 1 },
  look: ({ from, to }, calls) =>
    sql`SELECT b.account_id, b.region, concat_ws(' ', lower(b.key_arn), b.day) AS episode, b.at,
       b.key_arn, b.event_id, b.principal, b.operation, b.count, NULL::text AS about
     FROM (SELECT e.account_id, e.region, e.occurred_at AS at, e.key_arn, e.event_id, e.principal,
         e.operation, ${dayOf('e.occurred_at')} AS day,
         (count(*) OVER (PARTITION BY lower(e.key_arn), ${dayOf('e.occurred_at')}
           ORDER BY e.occurred_at))::int AS count
       FROM (SELECT DISTINCT u.account_id, lower(u.key_arn) AS key, u.hour FROM trail.use u
         WHERE u.error_code LIKE 'KMSInvalidState%' AND u.hour >= ${from} AND u.hour < ${to}
           AND u.is_first_key AND split_part(u.key_arn, ':', 5) = u.account_id) h
       JOIN trail.event e ON lower(e.key_arn) = h.key AND e.account_id = h.account_id
         AND e.occurred_at >= h.hour AND e.occurred_at < h.hour + interval '1 hour'
         AND e.outcome = 'failed' AND e.error_message LIKE '% is pending deletion%') b
     WHERE b.count >= ${calls}::int`,
  say: ({ principal, operation, keyArn }) =>
    `${nameOf(principal)} called ${operation} with key ` +
    `${nameOfKey(keyArn)}, which is pending deletion.`,
}
