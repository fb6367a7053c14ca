import 'server-only'
import { sql } from '../../db/client'
import type { Signal } from './signal'

/** As CloudTrail describes the trail now; what it was before is not known. */
export const kmsExcluded: Signal = {
  name: 'kmsExcluded',
  title: 'Trail without events of KMS',
  lead:
    'A trail has stopped logging, or its selectors leave out events of KMS. Told once a month ' +
    'while it stays so.',
  threshold: null,
  look: () =>
    sql`SELECT t."accountId" AS account_id, t."region", concat_ws(' ', t."arn", CASE
         WHEN t."isLogging" IS FALSE THEN 'stopped' ELSE t."kms" END,
         to_char(t."observedAt" AT TIME ZONE 'UTC', 'YYYY-MM')) AS episode,
       t."observedAt" AS at, NULL::text AS key_arn, NULL::text AS event_id,
       NULL::text AS principal, NULL::text AS operation, NULL::int AS count,
       t."name" || CASE WHEN t."isLogging" IS FALSE THEN ' has stopped logging.'
         ELSE ': ' || coalesce(t."kmsWords", 'its selectors leave out events of KMS.') END AS about
     FROM "AwsTrail" t JOIN "Account" a ON a."id" = t."accountId" AND a."removedAt" IS NULL
     WHERE t."isLogging" IS FALSE OR t."kms" IN ('none', 'some')`,
  say: ({ about }) => `Trail ${about}`,
  href: () => '/trail/sources',
}
