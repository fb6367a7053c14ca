import 'server-only'
import { raw, sql } from '../../db/client'
import { dayOf, nameOf, nameOfKey, type Signal } from './signal'

const operations = raw(
  `'DeleteImportedKeyMaterial', 'DeleteExpiredKeyMaterial', 'ImportKeyMaterial'`,
)

export const importedMaterial: Signal = {
  name: 'importedMaterial',
  title: 'Imported key material deleted or imported again',
  lead:
    'Imported key material was deleted, has expired, or was imported into a key that had some ' +
    'before, without a request here.',
  threshold: { words: 'Calls for one key in a day', least: 1, most: 100, standard: 1 },
  look: ({ from, to }, calls) =>
    sql`SELECT b.account_id, b.region, concat_ws(' ', lower(b.key_arn), b.day) AS episode, b.at,
       b.key_arn, b.event_id, b.principal, b.operation, b.count, NULL::text AS about
     FROM (SELECT m.account_id, m.region, m.occurred_at AS at, m.key_arn, m.event_id, m.principal,
         m.operation, ${dayOf('m.occurred_at')} AS day,
         (count(*) OVER (PARTITION BY m.account_id, lower(m.key_arn), ${dayOf('m.occurred_at')}
           ORDER BY m.occurred_at))::int AS count
       FROM trail.mutation m
       WHERE m.occurred_at >= ${from} AND m.occurred_at < ${to} AND m.operation IN (${operations})
         AND m.origin NOT IN ('change', 'elsewhere')
         AND (m.operation <> 'ImportKeyMaterial' OR EXISTS (SELECT FROM trail.event e
           WHERE NOT e.is_use AND lower(e.key_arn) = lower(m.key_arn)
             AND e.occurred_at < m.occurred_at AND e.outcome = 'success'
             AND e.operation IN (${operations})))) b
     WHERE b.count >= ${calls}::int`,
  say: ({ principal, operation, keyArn }) =>
    `${nameOf(principal)} called ${operation} on key ` + `${nameOfKey(keyArn)}.`,
}
