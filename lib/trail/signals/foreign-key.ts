import 'server-only'
import { raw, sql } from '../../db/client'
import { accountOfArn } from '../../kms/arn'
import { dayOf, nameOf, type Signal } from './signal'

/** Of ReEncrypt the second key encrypts. */
const encrypts = (row: string) =>
  raw(
    `${row}.outcome = 'success' AND (${row}.is_first_key
       AND (${row}.operation = 'Encrypt' OR ${row}.operation LIKE 'GenerateDataKey%')
       OR ${row}.operation = 'ReEncrypt' AND NOT ${row}.is_first_key)`,
  )

export const foreignKey: Signal = {
  name: 'foreignKey',
  title: 'Data encrypted under the key of a foreign account',
  lead:
    'A principal of a connected account encrypted with a key of an account that is not connected ' +
    'here: whoever owns that key can take the data away from you.',
  threshold: { words: 'Days without it before', least: 1, most: 365, standard: 30 },
  look: ({ from, to }, days) =>
    sql`SELECT u.account_id, u.region,
       concat_ws(' ', lower(u.key_arn), ${dayOf('u.hour')}) AS episode, u.first_at AS at, u.key_arn,
       NULL::text AS event_id, u.principal, u.operation, u.events AS count, NULL::text AS about
     FROM trail.use u
     WHERE split_part(u.key_arn, ':', 5) <> u.account_id AND u.hour >= ${from} AND u.hour < ${to}
       AND ${encrypts('u')} AND u.principal_account = u.account_id
       AND NOT EXISTS (SELECT FROM "Account" a
         WHERE a."id" = split_part(u.key_arn, ':', 5) AND a."removedAt" IS NULL)
       AND NOT EXISTS (SELECT FROM trail.use b WHERE lower(b.key_arn) = lower(u.key_arn)
         AND b.hour < u.hour AND b.hour >= u.hour - make_interval(days => ${days}::int)
         AND b.account_id = u.account_id AND ${encrypts('b')})`,
  say: ({ principal, operation, keyArn }) =>
    `${nameOf(principal)} called ${operation} with ${keyArn}, ` +
    `a key of account ${accountOfArn(keyArn ?? '')}.`,
}
