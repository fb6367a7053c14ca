import 'server-only'
import { sql } from '../../db/client'
import { dayOf, nameOf, nameOfKey, type Signal } from './signal'

export const grantByPerson: Signal = {
  name: 'grantByPerson',
  title: 'Grant created by a person',
  lead:
    'CreateGrant by an IAM user, a permission set, a federated person or the root, without a ' +
    'request here. Roles of applications do not count.',
  threshold: { words: 'Grants by one person in a day', least: 1, most: 1_000, standard: 1 },
  look: ({ from, to }, grants) =>
    sql`SELECT b.account_id, b.region, concat_ws(' ', b.principal, b.session, b.day) AS episode,
       b.at, b.key_arn, b.event_id, b.principal, 'CreateGrant' AS operation, b.count,
       b.session AS about
     FROM (SELECT m.account_id, m.region, m.occurred_at AS at, m.key_arn, m.event_id, m.principal,
         m.session, ${dayOf('m.occurred_at')} AS day,
         (count(*) OVER (PARTITION BY m.account_id, m.principal, m.session,
           ${dayOf('m.occurred_at')} ORDER BY m.occurred_at))::int AS count
       FROM trail.mutation m
       WHERE m.origin = 'outOfBand' AND m.occurred_at >= ${from} AND m.occurred_at < ${to}
         AND m.operation = 'CreateGrant' AND m.principal_kind IN
           ('user', 'permissionSet', 'federated', 'identityCenter', 'root')) b
     WHERE b.count >= ${grants}::int`,
  say: ({ principal, about, keyArn }) =>
    `${nameOf(principal)}${about ? ` (${about})` : ''} created a grant on ` +
    `key ${nameOfKey(keyArn)}.`,
}
