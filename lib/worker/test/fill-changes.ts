import { sweeps } from '../../accounts/sweeps'
import type { Tx } from '../../db/client'

/**
 * Puts changes of years beside each other: 20,000 in force without an end, 10,000 over, some waiting
 * for their time. Nothing of it is due.
 */
export async function fillChanges(tx: Pick<Tx, 'execute'>): Promise<void> {
  // As a restored backup comes: nobody is told of each, and no step is checked again.
  await tx.execute(`SET LOCAL session_replication_role = replica`)
  await tx.execute(
    `INSERT INTO "Person" ("id", "issuer", "subject", "email", "name", "groups")
     VALUES ('00000000-0000-4000-8000-000000000001', 'https://id.example', 'fill', 'fill@example.com',
       'Fill', '{}')`,
  )
  // Not swept, and what is in force there is compared with AWS.
  await tx.execute(
    `INSERT INTO "Account" ("id", "name", "source", "state")
     VALUES ('111122223333', 'filled', 'organization', 'SUSPENDED')`,
  )
  await tx.execute(
    `INSERT INTO "Assignment" ("id", "personId", "role")
     SELECT gen_random_uuid(), "id", 'admin' FROM "Person" WHERE "subject" = 'fill'`,
  )
  await tx.execute(
    `INSERT INTO "Request" ("id", "title", "requesterId", "requesterName", "justification", "sentAt",
       "answerBy")
     SELECT ('00000000-0000-4000-8001-' || lpad(n::text, 12, '0'))::uuid, 'R', p."id", 'Fill', 'j',
       now() - interval '30 days', now() + make_interval(days => n % 400 - 350)
     FROM generate_series(1, 31000) n, "Person" p WHERE p."subject" = 'fill'`,
  )
  await tx.execute(
    `INSERT INTO "Change" ("id", "requestId", "position", "kind", "accountId", "region", "keyArn",
       "input", "title", "risk", "baseline", "baselineHash", "baselineAt", "preflight", "status",
       "approvedAt", "appliedAt", "endedAt", "endsAt", "startsAt", "reconciled", "outcome")
     SELECT gen_random_uuid(), ('00000000-0000-4000-8001-' || lpad(n::text, 12, '0'))::uuid, 1,
       CASE WHEN n % 2 = 0 THEN 'grant-create' ELSE 'description' END, '111122223333', 'eu-west-1',
       'arn:aws:kms:eu-west-1:111122223333:key/' || n % 9000, '{}', 'Describe it', 'low', '{}', 'h',
       now() - interval '30 days', '{}', s."status"::"ChangeStatus", now() - interval '29 days',
       now() - interval '29 days', CASE WHEN n > 20000 THEN now() - interval '9 days' END,
       CASE WHEN n <= 5000 THEN now() + make_interval(days => n % 90 + 2) END,
       CASE WHEN s."status" = 'approved' THEN now() + interval '3 days' END,
       CASE WHEN n <= 30000 THEN jsonb_build_object('at', now(), 'finding', NULL, 'words', '') END,
       CASE WHEN n % 2 = 0 THEN jsonb_build_object('grantId', lpad(n::text, 64, 'a')) END
     FROM generate_series(1, 31000) n, LATERAL (SELECT CASE
       WHEN n <= 20000 THEN 'applied'
       WHEN n <= 30000 THEN (ARRAY['reverted', 'failed', 'rejected', 'expired', 'revertFailed'])[n % 5 + 1]
       WHEN n <= 30900 THEN 'draft'
       ELSE 'approved' END AS "status") s`,
  )
}

/** Forty accounts of five Regions each, and a week of sweeps of each; the newest of each just ended. */
export async function fillSweeps(tx: Pick<Tx, 'execute'>): Promise<void> {
  await tx.execute(
    `INSERT INTO "Account" ("id", "name", "source", "state")
     SELECT lpad((n + 1000)::text, 12, '0'), 'a', 'organization', 'ACTIVE' FROM generate_series(1, 40) n`,
  )
  await tx.execute(
    `INSERT INTO "AccountRegion" ("accountId", "region", "optStatus")
     SELECT "id", 'region-' || n, 'ENABLED' FROM "Account", generate_series(1, 5) n
     WHERE "state" = 'ACTIVE'`,
  )
  const kinds = sweeps.flatMap(({ kind, place, after }) => (after ? [] : [{ kind, place }]))
  await tx.execute(
    `INSERT INTO "Sweep" ("accountId", "region", "kind", "status", "startedAt", "endedAt")
     SELECT a."id", p."region", k."kind", 'complete', now() - n * interval '80 minutes',
       now() - n * interval '80 minutes'
     FROM generate_series(120, 0, -1) n, "Account" a,
       LATERAL (SELECT '' AS "region" UNION ALL SELECT 'region-' || r FROM generate_series(1, 5) r) p,
       jsonb_to_recordset($1::jsonb) k("kind" text, "place" text)
     WHERE a."state" = 'ACTIVE' AND (p."region" = '') = (k."place" <> 'region')`,
    [JSON.stringify(kinds)],
  )
}
