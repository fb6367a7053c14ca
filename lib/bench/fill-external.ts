// Policies, IAM and foreign grants on top of fill-keys.ts: 4,000 distinct policy texts over all
// keys, of which a tenth lets somebody in from outside. Deterministic, as the keys are.

/** An organization of the 40 accounts, with an SCP and an RCP that allow everything. */
export const fillOrganizationSql = `
INSERT INTO "OrganizationPolicy" (id, type, name, "awsManaged", content, "observedAt")
SELECT id, type, id, true,
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}', now()
FROM (VALUES ('p-rcp', 'RESOURCE_CONTROL_POLICY')) p(id, type);
INSERT INTO "OrganizationPolicy" (id, type, name, "awsManaged", content, "observedAt")
VALUES ('p-scp', 'SERVICE_CONTROL_POLICY', 'FullAWSAccess', true,
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}', now());
INSERT INTO "OrganizationNode" (id, kind, name, "parentId", "scpIds", "rcpIds", "observedAt")
SELECT 'r-1', 'root', 'Root', NULL, '{p-scp}'::text[], '{p-rcp}'::text[], now()
UNION ALL SELECT id, 'account', name, 'r-1', '{p-scp}'::text[], '{p-rcp}'::text[], now() FROM "Account";
INSERT INTO "Organization" (id, "managementAccountId", "observedAt") VALUES ('o-bench', '999988887777', now())`

/**
 * $1: how many distinct texts. By number: 2 % open to an outside role, 3 % to another account's
 * role, 3 % to an outside account, 1 % to the organization, 1 % to anyone on a condition.
 */
export const fillPoliciesSql = `
WITH texts AS (
  SELECT n, jsonb_build_object('Version', '2012-10-17', 'Id', 'policy-' || n, 'Statement', jsonb_build_array(
    jsonb_build_object('Sid', 'Own', 'Effect', 'Allow', 'Principal',
      jsonb_build_object('Service', 'logs.amazonaws.com'), 'Action',
      jsonb_build_array('kms:Encrypt*', 'kms:Decrypt*'), 'Resource', '*',
      'Condition', jsonb_build_object('StringEquals',
        jsonb_build_object('aws:SourceAccount',
          lpad((100000000000 + n % 40 * 7919)::text, 12, '0')))),
    jsonb_build_object('Sid', 'Team' || n, 'Effect', 'Allow', 'Principal',
      CASE WHEN n % 100 = 9 OR n % 100 = 8 THEN to_jsonb('*'::text) ELSE jsonb_build_object('AWS', CASE
        WHEN n % 100 < 2 THEN 'arn:aws:iam::88126403' || lpad((n % 50)::text, 4, '0') || ':role/partner-' || n % 7
        WHEN n % 100 < 5 THEN 'arn:aws:iam::' || lpad((100000000000 + n % 40 * 7919)::text, 12, '0')
          || ':role/' || (ARRAY['orders','invoices','backup','deploy'])[1 + n % 4] || '-service-'
          || n % 20000
        WHEN n % 100 < 8 THEN 'arn:aws:iam::88126403' || lpad((n % 50)::text, 4, '0') || ':root'
        ELSE 'logs.amazonaws.com' END) END,
      'Action', jsonb_build_array('kms:Decrypt', 'kms:GenerateDataKey', 'kms:DescribeKey'), 'Resource', '*',
      'Condition', CASE WHEN n % 100 = 8 THEN '{"StringEquals":{"aws:PrincipalOrgID":"o-bench"}}'
        WHEN n % 100 = 9 THEN '{"StringEquals":{"kms:ViaService":"s3.eu-west-1.amazonaws.com"}}'
        ELSE '{"Bool":{"kms:GrantIsForAWSResource":"false"}}' END::jsonb)))::text AS text
  FROM generate_series(0, $1::int - 1) n
)
INSERT INTO "PolicyDocument" (hash, text)
SELECT 'bench' || n, CASE WHEN n % 100 >= 10
  THEN replace(text, '"AWS": "logs.amazonaws.com"', '"Service": "logs.amazonaws.com"') ELSE text END
FROM texts`

/** $1: how many distinct texts there are. */
export const fillKeyPoliciesSql = `
UPDATE "Key" k SET "policyHash" = 'bench' || abs(hashtext(k.arn)) % $1::int, "policyAt" = now(),
  "aliasesAt" = now() WHERE "keyManager" IS DISTINCT FROM 'AWS'`

export const fillPolicyVersionsSql = `
INSERT INTO "PolicyVersion" ("keyArn", hash, "firstSeenAt", "lastSeenAt")
SELECT arn, "policyHash", now() - abs(hashtext(arn)) % 400 * interval '1 day', now() FROM "Key"
WHERE "policyHash" IS NOT NULL`

/**
 * A grant to another account on each hundredth key, and a decision about
 * each tenth of what is open.
 */
export const fillForeignGrantsSql = `
INSERT INTO "Grant" ("keyArn", "grantId", "accountId", region, name, "createdAt",
  "granteePrincipal", "issuingAccount", operations, "issuerClass", "granteeAccountId", "observedAt")
SELECT k.arn, md5('f' || k.arn) || md5(k.arn), k."accountId", k.region, '', now() - n % 300 * interval '1 day',
  'arn:aws:iam::88126404' || lpad((n % 30)::text, 4, '0') || ':role/reader', 'arn:aws:iam::'
    || k."accountId" || ':root', '{Decrypt}', 'human',
  '88126404' || lpad((n % 30)::text, 4, '0'), now()
FROM (SELECT *, row_number() OVER (ORDER BY arn) AS n FROM "Key") k WHERE n % 100 = 0`

export const fillReviewsSql = `
INSERT INTO "ExternalReview" (id, "keyArn", "accountId", principal, decision, reason, until, basis,
  "reviewedById", "reviewedBy")
SELECT gen_random_uuid(), key_arn, account, principal, CASE WHEN h % 3 = 0 THEN 'toFix'
  ELSE 'accepted' END, 'contract ' || h,
  CASE WHEN h % 3 > 0 THEN now() + (h % 400 - 100) * interval '1 day' END, CASE WHEN h % 7 = 0 THEN 'x' ELSE basis END,
  gen_random_uuid(), 'bench'
FROM (SELECT *, abs(hashtext(key_arn || principal)) AS h FROM derived.external_reach) r WHERE h % 10 = 0`
