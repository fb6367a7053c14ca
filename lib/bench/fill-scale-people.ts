// People and what they left behind: requests in every state, an audit log, notices. Deterministic.
import { bigAccount } from './fill-scale-inventory'

/** SQL: a UUID of version 4 that is always the same for a text. */
const uuidOf = (text: string) =>
  `overlay(overlay(md5(${text}) placing '4' from 13) placing '8' from 17)::uuid`

/** $1: how many. A quarter of them see every account, the others one. */
export const fillPeopleSql = `
INSERT INTO "Person" (id, issuer, subject, email, "emailVerified", name, groups, "lastSignInAt")
SELECT ${uuidOf("'person' || n")}, 'https://people.example', 'p-' || n,
  'person.' || n || '@people.example', true,
  (ARRAY['Ada','Bela','Chen','Dora','Emil','Fay','Gus','Hana'])[1 + n % 8] || ' ' ||
  (ARRAY['Moss','Novak','Okoro','Petit','Quist','Rossi','Silva'])[1 + n / 8 % 7] || ' ' || n,
  ARRAY['team-' || n % 40], now() - n % 60 * interval '1 day'
FROM generate_series(1, $1::int) n;`

export const fillAssignmentsSql = `
INSERT INTO "Assignment" (id, "personId", role, "accountId")
SELECT gen_random_uuid(), p.id, (ARRAY['viewer','viewer','viewer','requester','requester',
    'requester','approver','auditor','keyAdministrator','viewer'])[1 + p.n % 10]::"Role",
  CASE WHEN p.n % 4 > 0 THEN a.id END
FROM (SELECT id, row_number() OVER (ORDER BY subject) AS n FROM "Person") p
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM "Account") a ON a.n = p.n % 40;
INSERT INTO "Session" (id, "personId", device, "startedAt", "lastSeenAt", "endedAt", "endedWhy")
SELECT gen_random_uuid(), id, 'Firefox on Linux', "lastSignInAt", "lastSignInAt", "lastSignInAt" + interval '8 hours',
  'signedOut' FROM "Person"`

const rule = JSON.stringify({
  names: ['Every change'],
  approvals: 1,
  roles: null,
  ownerMust: false,
  ticket: false,
  longestHours: null,
  businessHours: null,
  comment: 'reject',
  answerHours: 72,
})

const preflight = JSON.stringify({
  meaning: {
    effects: [
      'The tag cost-center of the key is set (before: cc-7).',
      'At its end it is again as it is now.',
    ],
    warnings: ['Policies that allow or deny by tag can begin to allow or deny because of it.'],
  },
  riskReasons: ['Policies that allow or deny by tag can begin to allow or deny because of it.'],
  dryRun: null,
  noDryRun: null,
  roleForesight: {
    role: `arn:aws:iam::${bigAccount}:role/ClavigerWrite`,
    doing: { result: 'allowed', lines: ['kms:TagResource: allowed by the key policy.'] },
    ending: null,
    readAt: null,
  },
  conflicts: [],
  undo: 'The tags are set to what they were.',
  sessionPolicy: [
    {
      Effect: 'Allow',
      Action: ['kms:TagResource', 'kms:UntagResource'],
      Resource: [`arn:aws:kms:eu-west-1:${bigAccount}:key/*`],
      Condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['cost-center'] } },
    },
  ],
  foresight: null,
})

/** SQL: columns of a draft of a change that tags the key `k`, the n-th of its request `r`. */
const draftOf = (position: string) => `
  gen_random_uuid(), r.id, ${position}, 'tag', k."accountId", k.region, k.arn,
  jsonb_build_object('tags', jsonb_build_object('cost-center', 'cc-' || ${position})),
  'Tag ' || coalesce(k.aliases[1], k."keyId") || ': cost-center = cc-' || ${position},
  (ARRAY['low','medium','high'])[1 + (${position}) % 3],
  '{"blockedBy":null,"keyManager":"CUSTOMER","tooMany":false,"values":{"cost-center":"cc-7"}}'::jsonb,
  md5(k.arn) || md5(k.arn), now(), '${preflight.replaceAll("'", "''")}'::jsonb`
const draftColumns = `(id, "requestId", position, kind, "accountId", region, "keyArn", input, title,
  risk, baseline, "baselineHash", "baselineAt", preflight)`

/** $1: how many. All begin as drafts of now, as the triggers want it; `stepChangesSql` ages them. */
export const fillRequestsSql = `
INSERT INTO "Request" (id, title, "requesterId", "requesterName", justification, ticket,
  "createdAt", "answerBy")
SELECT ${uuidOf("'request' || n")}, 'Change ' || n || ' of ' || (ARRAY['orders','invoices','backup',
    'logs'])[1 + n % 4], p.id, p.name, 'Asked for by ticket ' || n, 'OPS-' || n, now(),
  now() + interval '3 days'
FROM generate_series(1, $1::int) n
JOIN (SELECT id, name, row_number() OVER (ORDER BY subject) - 1 AS place FROM "Person") p
  ON p.place = n % (SELECT count(*) FROM "Person")`

/** Every second request has two changes; $1: how many requests there are. */
export const fillChangesSql = `
INSERT INTO "Change" ${draftColumns}
SELECT ${draftOf('position')}
FROM generate_series(1, $1::int) n JOIN "Request" r ON r.id = ${uuidOf("'request' || n")}
CROSS JOIN LATERAL generate_series(1, 1 + n % 2) position
JOIN (SELECT *, row_number() OVER (ORDER BY md5(arn)) - 1 AS place FROM "Key"
  WHERE "keyManager" = 'CUSTOMER') k
  ON k.place = (n * 7 + position) % (SELECT count(*) FROM "Key" WHERE "keyManager" = 'CUSTOMER')`

/** Where each change ends, by a hash of its request: most were applied long ago. */
const fate = `(CASE WHEN abs(hashtext(c."requestId"::text)) % 100 < 2 THEN 'draft'
  ELSE (ARRAY['open','open','open','open','open','approved','executing','reverting','failed','drifted',
    'rejected','rejected','cancelled','expired','expired','reverted','reverted','reverted',
    'reverted','revertFailed'])[1 + abs(hashtext(c."requestId"::text || 'x')) % 50] END)`
/** Of the fifty that a hash can choose, what the list does not name is applied. */
const fateOf = `coalesce(${fate}, 'applied')`
const approvedOnes = `'{approved,executing,applied,failed,drifted,reverting,reverted,revertFailed}'`

const step = (status: string, ...fates: readonly string[]) =>
  `UPDATE "Change" c SET status = '${status}' WHERE ${fateOf} = ANY('{${fates.join(',')}}')`

/** Step by step, as the triggers allow it; each is a statement. */
export const stepChangesSql: readonly string[] = [
  `UPDATE "Change" c SET status = 'open', rule = '${rule}', "requestHash" = md5(c.id::text)
   WHERE ${fateOf} <> 'draft'`,
  // Who it is that decides is looked up in all people for each row; these two did not ask.
  'ALTER TABLE "Approval" DISABLE TRIGGER approval_check, DISABLE TRIGGER approval_gainer',
  `WITH two AS MATERIALIZED (SELECT id, name FROM "Person" ORDER BY subject LIMIT 2)
   INSERT INTO "Approval" (id, "changeId", "personId", "personName", decision, "requestHash",
     "baselineHash", roles)
   SELECT gen_random_uuid(), c.id, p.id, p.name, CASE WHEN ${fateOf} = 'rejected' THEN 'reject'
     ELSE 'approve' END, c."requestHash", c."baselineHash", '{approver}'
   FROM "Change" c JOIN "Request" r ON r.id = c."requestId",
     LATERAL (SELECT id, name FROM two WHERE id <> r."requesterId" LIMIT 1) p
   WHERE ${fateOf} = ANY(${approvedOnes}) OR ${fateOf} = 'rejected'`,
  'ALTER TABLE "Approval" ENABLE TRIGGER approval_check, ENABLE TRIGGER approval_gainer',
  step('rejected', 'rejected'),
  step('cancelled', 'cancelled'),
  step('expired', 'expired'),
  `UPDATE "Change" c SET status = 'approved', "approvedAt" = now() WHERE ${fateOf} = ANY(${approvedOnes})`,
  step('drifted', 'drifted'),
  `UPDATE "Change" c SET status = 'executing', "startedAt" = now(), "leaseOwner" = 'bench',
     "leaseUntil" = now() + interval '7 days'
   WHERE ${fateOf} = ANY('{executing,applied,failed,reverting,reverted,revertFailed}')`,
  step('failed', 'failed'),
  `UPDATE "Change" c SET status = 'applied', "appliedAt" = now(), "leaseUntil" = NULL
   WHERE ${fateOf} = ANY('{applied,reverting,reverted,revertFailed}')`,
  `UPDATE "Change" c SET status = 'reverting', "leaseUntil" = now() + interval '7 days'
   WHERE ${fateOf} = ANY('{reverting,reverted,revertFailed}')`,
  step('reverted', 'reverted'),
  step('revertFailed', 'revertFailed'),
  // An approved change waits for its start; a tenth of what is applied has an end to come.
  `UPDATE "Change" c SET
     "startsAt" = CASE WHEN c.status = 'approved' THEN now() + interval '20 days' END,
     "endsAt" = CASE WHEN c.status = 'applied' AND abs(hashtext(c.id::text)) % 10 = 0
       THEN now() + abs(hashtext(c.id::text)) % 720 * interval '1 hour' + interval '2 hours' END,
     "endedAt" = CASE WHEN c.status IN ('rejected', 'cancelled', 'expired', 'failed', 'drifted',
       'reverted', 'revertFailed') THEN now() - abs(hashtext(c.id::text)) % 300 * interval '1 day' END,
     "leaseUntil" = CASE WHEN c.status IN ('executing', 'reverting') THEN c."leaseUntil" END,
     problem = CASE WHEN c.status IN ('failed', 'revertFailed') THEN 'AccessDeniedException' END`,
  // Ten months of them, the open ones of the last two days.
  `UPDATE "Request" r SET "createdAt" = at - interval '1 hour', "answerBy" = at + interval '3 days',
     "sentAt" = CASE WHEN t.draft THEN NULL ELSE at END, "rulesVersion" = CASE WHEN NOT t.draft THEN 1 END
   FROM (SELECT "requestId", bool_and(status = 'draft') AS draft, now() - CASE
       WHEN bool_or(status = 'open') THEN abs(hashtext("requestId"::text)) % 2880 * interval '1 minute'
       ELSE abs(hashtext("requestId"::text)) % 300 * interval '1 day' END AS at
     FROM "Change" GROUP BY 1) t WHERE t."requestId" = r.id`,
]

/** $1: its id, $2: who asks, $3: how many changes of keys of the big account. */
const bigRequestSql = `
INSERT INTO "Request" (id, title, "requesterId", "requesterName", justification, "answerBy")
SELECT $1::uuid, 'Tag ' || $3::int || ' keys', id, name, 'All keys of one team', now() + interval '3 days'
FROM "Person" WHERE id = $2::uuid`
const bigChangesSql = `
INSERT INTO "Change" ${draftColumns}
SELECT ${draftOf('k.n')} FROM "Request" r,
  (SELECT *, row_number() OVER (ORDER BY arn) AS n FROM "Key" WHERE "accountId" = '${bigAccount}'
    AND "keyManager" = 'CUSTOMER' LIMIT $2::int) k
WHERE r.id = $1::uuid`
export const bigDraft = { request: bigRequestSql, changes: bigChangesSql }

/** What sends a draft. $1: its id. */
export const sendBigSql: readonly string[] = [
  `UPDATE "Change" c SET status = 'open', rule = '${rule}', "requestHash" = md5(c.id::text)
   WHERE "requestId" = $1::uuid`,
  `UPDATE "Request" SET "sentAt" = now(), "rulesVersion" = 1 WHERE id = $1::uuid`,
]

/**
 * A chain as audit_append makes it, without writing its head a million times in one transaction. $1
 * of the function: how many entries, over ten months.
 */
export const fillAuditSql = `
CREATE FUNCTION pg_temp.fill_audit(entries int) RETURNS void LANGUAGE plpgsql AS $fill$
DECLARE
  head "AuditHead"%ROWTYPE;
  people uuid[] := ARRAY(SELECT id FROM "Person" ORDER BY subject LIMIT 2000);
  names text[] := ARRAY(SELECT name FROM "Person" ORDER BY subject LIMIT 2000);
  arns text[] := ARRAY(SELECT arn FROM "Key" ORDER BY md5(arn) LIMIT 20000);
  requests text[] := ARRAY(SELECT id::text FROM "Request" ORDER BY id LIMIT 20000);
  events text[] := '{person.signedIn,request.sent,change.approved,change.applied,change.ended,
    key.refreshed,export.made,view.saved}';
  moment timestamptz;
  entry jsonb;
  line text;
  digest bytea;
BEGIN
  SELECT * INTO STRICT head FROM "AuditHead" WHERE id = 1 FOR UPDATE;
  FOR n IN 1..entries LOOP
    moment := date_trunc('milliseconds', now() - (entries - n + 1) * (interval '300 days' / entries));
    entry := jsonb_build_object('seq', head.seq + n, 'at',
      to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'event', events[1 + n % 8], 'actorId', people[1 + n * 7 % cardinality(people)],
      'actor', names[1 + n * 7 % cardinality(people)], 'data', jsonb_build_object('n', n));
    IF n % 8 BETWEEN 1 AND 5 THEN
      entry := entry || jsonb_build_object('keyArn', arns[1 + n * 3 % cardinality(arns)],
        'accountId', split_part(arns[1 + n * 3 % cardinality(arns)], ':', 5),
        'requestId', requests[1 + n % cardinality(requests)]);
    END IF;
    line := entry::text;
    digest := sha256(head.hash || convert_to(line, 'UTF8'));
    INSERT INTO "AuditEntry" (seq, at, event, "actorId", actor, "accountId", "keyArn", "requestId",
      body, "prevHash", hash)
    VALUES (head.seq + n, moment, entry->>'event', entry->>'actorId', entry->>'actor',
      entry->>'accountId', entry->>'keyArn', entry->>'requestId', line, head.hash, digest);
    head.hash := digest;
  END LOOP;
  UPDATE "AuditHead" SET seq = head.seq + entries, hash = head.hash WHERE id = 1;
END $fill$`

/** $1: how many notices, $2: how many deliveries; a thousandth of these wait or have failed. */
export const fillNoticesSql = `
INSERT INTO "Notification" (id, "personId", event, "requestId", title, body, href, "createdAt", "readAt")
SELECT gen_random_uuid(), p.id, 'request.sent', r.id, r.title, 'It waits for a decision.',
  '/requests/' || r.id, now() - n % 60000 * interval '1 minute',
  CASE WHEN n % 5 > 0 THEN now() - n % 60000 * interval '1 minute' END
FROM generate_series(1, $1::int) n
JOIN (SELECT id, row_number() OVER (ORDER BY subject) - 1 AS place FROM "Person") p
  ON p.place = n % (SELECT count(*) FROM "Person")
JOIN (SELECT id, title, row_number() OVER (ORDER BY number) - 1 AS place FROM "Request") r
  ON r.place = n % (SELECT count(*) FROM "Request")`
export const fillDeliveriesSql = `
INSERT INTO "Delivery" (id, channel, target, event, payload, status, tries, "createdAt", "sentAt", "nextTryAt")
SELECT gen_random_uuid(), 'email', 'person.' || n || '@people.example', 'request.sent',
  '{"title":"R-1","body":"It waits.","href":"/requests","needsAction":true}',
  CASE WHEN n % 1000 = 1 THEN 'failed' ELSE 'sent' END, 1, now() - n % 40000 * interval '1 minute',
  now() - n % 40000 * interval '1 minute', now() - n % 40000 * interval '1 minute'
FROM generate_series(1, $1::int) n`
