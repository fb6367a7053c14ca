// What a fleet of scale has beside fill-keys.ts and fill-external.ts: places, roles that hold
// policies, grants that lie unevenly, a week of sweeps. Deterministic, as the keys are.

/** The account that about a sixth of all keys are in. */
export const bigAccount = '100000000000'

/** Connected on the page: no discovery renames them, and all of them stand in the organization. */
export const fillPlacesSql = `
UPDATE "Account" SET source = 'page', "organizationId" = 'o-bench',
  "readRoleArn" = 'arn:aws:iam::' || id || ':role/ClavigerRead',
  "writeRoleArn" = 'arn:aws:iam::' || id || ':role/ClavigerWrite';
INSERT INTO "AccountRegion" ("accountId", region, "optStatus", "observedAt")
SELECT DISTINCT "accountId", region, 'ENABLED_BY_DEFAULT', now() FROM "Key";
INSERT INTO "Coverage" ("accountId", region, api, status, detail, calls, denied, "observedAt")
SELECT p."accountId", p.region, 'kms:' || api,
  CASE WHEN h < 3 THEN 'denied' ELSE 'ok' END,
  CASE WHEN h < 3 THEN 'not authorized to perform kms:' || api END,
  100, CASE WHEN h < 3 THEN 100 ELSE 0 END, now()
FROM "AccountRegion" p,
  unnest('{ListKeys,DescribeKey,ListAliases,GetKeyPolicy,ListResourceTags,GetKeyRotationStatus,
    ListKeyRotations,ListGrants,GetKeyLastUsage}'::text[]) api,
  LATERAL (SELECT abs(hashtext(p."accountId" || p.region || api)) % 100 AS h) dice`

/** What the other tables of the inventory say of the keys. */
export const fillBesideKeysSql = `
INSERT INTO "Alias" ("accountId", region, name, arn, "targetKeyId", "createdAt", "observedAt")
SELECT k."accountId", k.region, name, 'arn:aws:kms:' || k.region || ':' || k."accountId" || ':' || name,
  k."keyId", now(), now() FROM "Key" k, unnest(k.aliases) name
ON CONFLICT DO NOTHING;
INSERT INTO "KeyMaterial" ("keyArn", "keyMaterialId", "keyMaterialState", "rotationDate",
  "rotationType", "observedAt")
SELECT arn, md5(arn) || md5(arn), 'CURRENT', now() - interval '90 days', 'AUTOMATIC', now()
FROM "Key" WHERE rotation = 'on'`

/** An account's roles: $1 in each of the first twenty, a fifth of it in one, few in the rest. */
export const fillRolesSql = `
INSERT INTO "IamEntity" (arn, "accountId", kind, name, path, "uniqueId", "createdAt", details,
  "observedAt")
SELECT 'arn:aws:iam::' || a.id || ':role/' || r.name, a.id, 'role', r.name, '/',
  'AROA' || upper(left(md5(a.id || r.name), 17)), now() - m % 900 * interval '1 day',
  jsonb_build_object('attachedPolicyArns', '[]'::jsonb, 'permissionsBoundaryArn', NULL,
    'tags', jsonb_build_object('team', 'team-' || m % 40),
    'trustPolicy', '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":' ||
      '{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}',
    'inlinePolicies', jsonb_build_array(jsonb_build_object('name', 'keys', 'document',
      '{"Version":"2012-10-17","Statement":[{"Sid":"Use' || m % 50 || '","Effect":"Allow",' ||
      '"Action":["kms:Decrypt","kms:GenerateDataKey' || repeat('*', m % 2) || '"],' ||
      '"Resource":"arn:aws:kms:*:' || a.id || ':key/' ||
      CASE WHEN m % 10 = 0 THEN '' ELSE to_hex(m % 16) END || '*"}]}'))), now()
FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM "Account") a,
  LATERAL generate_series(1, greatest(1, CASE WHEN n <= 20 THEN $1::int WHEN n = 21 THEN $1::int / 5
    ELSE $1::int * 3 / 50 END)) m,
  LATERAL (SELECT (ARRAY['orders','invoices','backup','deploy','pipeline','reader','admin',
    'audit'])[1 + m % 8] || '-service-' || m AS name) r
ON CONFLICT DO NOTHING`

/** The keys with most grants stand in the big account: one with a sixtieth of all, then twenty. */
export const hotKeysSql = `
SELECT arn, "keyId", region FROM "Key"
WHERE "accountId" = '${bigAccount}' AND "keyState" = 'Enabled' AND "keyManager" = 'CUSTOMER'
ORDER BY arn LIMIT 21`

/**
 * $1: how many grants there are in all; $2: how many roles a large account has. Two of three are
 * an AWS service's, one in fifty goes to another account, one in fifty names a role that is gone.
 */
export const fillManyGrantsSql = `
INSERT INTO "Grant" ("keyArn", "grantId", "accountId", region, name, "createdAt",
  "granteePrincipal", "issuingAccount", operations, constraints, "issuerClass",
  "granteeAccountId", "observedAt")
WITH hot AS MATERIALIZED (
  SELECT arn, row_number() OVER (ORDER BY arn) AS n FROM (${hotKeysSql}) h
), hot_grants AS (
  SELECT arn, g FROM hot, LATERAL generate_series(1, $1::int / CASE n WHEN 1 THEN 60 ELSE 300 END) g
), others AS MATERIALIZED (
  SELECT arn, row_number() OVER (ORDER BY md5(arn)) - 1 AS n FROM "Key"
  WHERE "keyManager" = 'CUSTOMER' AND arn NOT IN (SELECT arn FROM hot)
), spread AS (
  SELECT o.arn, 1000000 + g AS g
  FROM generate_series(0, $1::int - 1 - (SELECT count(*) FROM hot_grants)::int) g
  JOIN others o ON o.n = g % (SELECT greatest(1, count(*) * 6 / 10) FROM others)
), placed AS (
  SELECT k.arn, k."accountId" AS account, k.region, g, g % 50 AS dice
  FROM (TABLE hot_grants UNION ALL TABLE spread) s JOIN "Key" k ON k.arn = s.arn
), granted AS (
  SELECT *, CASE dice WHEN 7 THEN '88126404' || lpad((g % 30)::text, 4, '0') ELSE account END AS grantee,
    1 + g % $2::int AS role FROM placed
)
SELECT arn, md5(arn || g) || md5('grant' || arn || g), account, region,
  CASE WHEN g % 3 = 0 THEN 'for-' || g % 97 ELSE '' END, now() - g % 900 * interval '1 day',
  'arn:aws:iam::' || grantee || ':role/' || CASE dice WHEN 9 THEN 'removed-' || g % 400
    ELSE (ARRAY['orders','invoices','backup','deploy','pipeline','reader','admin','audit'])
      [1 + role % 8] || '-service-' || role END,
  'arn:aws:iam::' || account || ':root',
  CASE WHEN g % 5 = 0 THEN '{Decrypt,Encrypt,GenerateDataKey,ReEncryptFrom,ReEncryptTo,CreateGrant}'
    ELSE '{Decrypt,GenerateDataKey}' END::text[],
  CASE WHEN g % 4 = 0
    THEN jsonb_build_object('EncryptionContextSubset', jsonb_build_object('tenant', 't-' || g % 300)) END,
  CASE WHEN g % 3 = 0 THEN 'human' ELSE 'awsService' END, grantee, now()
FROM granted`

/**
 * $1: how many distinct texts there are. Four keys in ten leave it to their account's IAM, as most
 * key policies do. And what a sweep of grants counts for each key.
 */
export const fillPolicyOfKeysSql = `
WITH counted AS (
  SELECT "keyArn", count(*)::int AS n, (count(*) FILTER (WHERE "issuerClass" = 'human'))::int AS people,
    (count(*) FILTER (WHERE "granteeAccountId" <> "accountId"))::int AS across
  FROM "Grant" GROUP BY 1
), hot AS (${hotKeysSql})
UPDATE "Key" k SET "policyAt" = now(), "aliasesAt" = now(),
  "policyHash" = CASE WHEN k."keyManager" = 'AWS' THEN NULL
    WHEN abs(hashtext(k.arn)) % 10 < 4 OR k.arn IN (SELECT arn FROM hot) THEN 'own' || k."accountId"
    ELSE 'bench' || abs(hashtext(k.arn)) % $1::int END,
  "grantCount" = CASE WHEN k."grantsAt" IS NOT NULL OR c.n > 0 THEN coalesce(c.n, 0) END,
  "grantsByPeople" = CASE WHEN k."grantsAt" IS NOT NULL OR c.n > 0 THEN coalesce(c.people, 0) END,
  "grantsCrossAccount" = CASE WHEN k."grantsAt" IS NOT NULL OR c.n > 0 THEN coalesce(c.across, 0) END,
  "grantsAt" = CASE WHEN c.n > 0 THEN now() ELSE k."grantsAt" END
FROM "Key" l LEFT JOIN counted c ON c."keyArn" = l.arn WHERE l.arn = k.arn`

export const fillOwnPoliciesSql = `
INSERT INTO "PolicyDocument" (hash, text)
SELECT 'own' || id, '{"Version":"2012-10-17","Statement":[{"Sid":"Enable IAM User Permissions",' ||
  '"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::' || id || ':root"},"Action":"kms:*",' ||
  '"Resource":"*"}]}' FROM "Account"`

/**
 * A week of sweeps. $1: minutes between two core sweeps of a place; the others come as rarely as by
 * the shipped schedule.
 */
export const fillSweepsSql = `
INSERT INTO "Sweep" ("accountId", region, kind, status, attempt, "queuedAt", "startedAt", "endedAt",
  "listedAt", "readAt", calls, "itemsDone", "itemsTotal", problem)
SELECT p.account, p.region, p.kind, CASE WHEN h < 30 THEN 'partial' WHEN h < 32 THEN 'failed'
    ELSE 'complete' END, 1, at - interval '5 s', at - interval '3 s', at,
  CASE WHEN p.kind = 'core' THEN at - interval '2 s' END, CASE WHEN p.kind = 'core' THEN at END,
  420, 400, 400, CASE WHEN h < 32 THEN 'kms:ListGrants: AccessDeniedException' END
FROM (
  SELECT "accountId" AS account, region, kind, every FROM "AccountRegion",
    (VALUES ('core', 1), ('grants', 4), ('rotations', 24), ('lastUsage', 96)) k(kind, every)
  UNION ALL SELECT id, '', 'iam', 4 FROM "Account"
  UNION ALL SELECT '${bigAccount}', '', 'organization', 4
) p, LATERAL (SELECT now() - n * p.every * $1 * interval '1 minute' - interval '20 s' AS at, n
  FROM generate_series(0, (10080 / (p.every * $1))::int) n) s,
  LATERAL (SELECT abs(hashtext(p.account || p.region || p.kind || s.n)) % 1000 AS h) dice
ORDER BY at`

/** Each slice was gone over, and IAM listed, by the last of them. */
export const fillLastReadsSql = `
INSERT INTO "LastRead" ("accountId", region, slice, "listedAt", "coreAt", "aliasesAt", "grantsAt",
  "rotationsAt", "lastUseAt")
SELECT "accountId", region, slice, at, at, at, at, at, at
FROM (SELECT DISTINCT "accountId", region, slice FROM "Key") k,
  LATERAL (SELECT now() - abs(hashtext("accountId" || region || slice)) % 900 * interval '1 s' AS at) t;
INSERT INTO "LastRead" ("accountId", region, slice, "iamAt")
SELECT id, '', 0, now() - interval '2 h' FROM "Account"`
