import 'server-only'
import { sql } from '../../db/client'
import { keyPathOf } from '../../kms/arn'
import { dayOf, nameOfKey, type Signal } from './signal'

/** Asks what policies allow now: of what was closed again nothing is known here. */
export const publicKey: Signal = {
  name: 'publicKey',
  title: 'Key made public',
  lead: 'The policy of a key lets anyone in, of any account. The preview lists keys still public.',
  threshold: { words: 'Hours public', least: 0, most: 720, standard: 0 },
  look: (_, hours) =>
    sql`SELECT r.account AS account_id, r.region,
       concat_ws(' ', lower(r.key_arn), ${dayOf('r.since')}) AS episode,
       r.since + make_interval(hours => ${hours}::int) AS at, r.key_arn, NULL::text AS event_id,
       NULL::text AS principal, NULL::text AS operation, NULL::int AS count, NULL::text AS about
     FROM derived.external_reach r WHERE r.nearness = 'anyone'`,
  say: ({ keyArn }) => `Anyone can use key ${nameOfKey(keyArn)}.`,
  href: ({ keyArn }) => `${keyPathOf(keyArn ?? '')}/access`,
}
