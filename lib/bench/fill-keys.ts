// A believable inventory by SQL alone: 40 accounts (the first few large), 6 Regions, every spec,
// most keys symmetric and enabled. Deterministic: every choice is a hash of the key's number.

/** $1: how many keys. Accounts first, then "Key". */
export const fillAccountsSql = `
INSERT INTO "Account" (id, name, source, path, "onlyRegions")
SELECT lpad((100000000000 + n * 7919)::text, 12, '0'),
  (ARRAY['payments','ledger','data-lake','identity','web','mobile','risk','search','ml','archive'])
    [1 + n % 10] || '-' ||
  (ARRAY['prod','staging','dev','sandbox'])[1 + n / 10], 'organization', '{}', '{}'
FROM generate_series(0, 39) n
ON CONFLICT DO NOTHING`

export const fillKeysSql = `
INSERT INTO "Key" (arn, "accountId", region, "keyId", "listedAt", "listedIn", "describedAt",
  description, "keyState", "keySpec", "keyUsage",
  origin, "keyManager", scope, "primaryKeyArn", "createdAt", "deletionAt", "validTo", metadata,
    aliases, "aliasesAt", tags, "tagsAt",
  rotation, "rotationPeriodDays", "nextRotationAt", "rotationAt", "onDemandUsed", "rotationsAt",
    "grantCount", "grantsByPeople",
  "grantsCrossAccount", "grantsAt", "lastUsedAt", "lastUsedOperation", "usageTrackedSince",
    "lastUseAt", "monthlyCostUsd", owner, problems, "searchText")
WITH dice AS (
  SELECT n, md5('claviger' || n) AS h,
    abs(hashint4(n)) % 1000 AS d1, abs(hashint4(n + 10000019)) % 1000 AS d2,
      abs(hashint4(n + 20000003)) % 1000 AS d3, abs(hashint4(n + 30000001)) % 1000 AS d4,
    abs(hashint4(n + 40000003)) % 1000 AS d5
  FROM generate_series(1, $1::int) n
), drawn AS (
  SELECT *, lpad((100000000000 + ((d1 * d1 / 1000) * 40 / 1000) * 7919)::text, 12, '0') AS account,
    (ARRAY['eu-west-1','us-east-1','eu-central-1','us-west-2','ap-southeast-2','eu-north-1'])[1 +
      (d2 * d2 / 1000) * 6 / 1000] AS region,
    CASE WHEN d3 < 40 THEN 'mrk-' || h
      ELSE regexp_replace(h, '(.{8})(.{4})(.{4})(.{4})(.{12})', '\\1-\\2-\\3-\\4-\\5') END AS id,
    CASE WHEN d4 < 780 THEN 'SYMMETRIC_DEFAULT' WHEN d4 < 860 THEN 'RSA_2048' WHEN d4 < 900
      THEN 'ECC_NIST_P256' WHEN d4 < 930 THEN 'RSA_4096'
      WHEN d4 < 960 THEN 'HMAC_256' WHEN d4 < 975 THEN 'ECC_NIST_EDWARDS25519' WHEN d4 < 990
        THEN 'ML_DSA_65' ELSE 'ECC_SECG_P256K1' END AS spec,
    CASE WHEN d5 < 870 THEN 'Enabled' WHEN d5 < 950 THEN 'Disabled' WHEN d5 < 985
      THEN 'PendingDeletion' WHEN d5 < 992 THEN 'PendingImport' WHEN d5 < 995
      THEN 'Unavailable' END AS state,
    (ARRAY['orders','invoices','backup','logs','session','customer','card','audit','report','index',
      'token','model'])[1 + d1 % 12] AS what,
    (ARRAY['prod','staging','dev'])[1 + d2 % 3] AS stage,
    (ARRAY['payments','platform','data','security','identity','web','risk'])[1 + d3 % 7] AS team,
    d4 BETWEEN 200 AND 259 AS managed
  FROM dice
), told AS (
  SELECT *, 'arn:aws:kms:' || region || ':' || account || ':key/' || id AS arn,
    CASE WHEN managed THEN ARRAY['alias/aws/' || (ARRAY['s3','ebs','rds','sqs','secretsmanager'])[1 + d1 % 5]]
      WHEN d2 < 700 THEN ARRAY['alias/' || stage || '/' || what || '-' || n] WHEN d2 < 760
        THEN ARRAY['alias/' || what || '-' || n, 'alias/' || team || '-' || n]
        ELSE '{}' END AS names,
    CASE WHEN d5 >= 992 THEN NULL WHEN d1 < 850
      THEN jsonb_build_object('team', team, 'env', stage, 'cost-center', 'cc-'
        || d2 % 60, 'data-class', (ARRAY['public','internal','secret'])[1 + d5 % 3])
      ELSE '{}' END AS tags,
    CASE WHEN d3 < 600 THEN 'Encrypts ' || what || ' of ' || team || ' in ' || stage ELSE '' END AS text
  FROM drawn
)
SELECT arn, account, region, id, now() - d1 * interval '1 s', 1, CASE WHEN state IS NOT NULL
  THEN now() - d1 * interval '1 s' END,
  CASE WHEN state IS NOT NULL THEN text END, state, CASE WHEN state IS NOT NULL THEN spec END,
  CASE WHEN state IS NULL THEN NULL WHEN spec = 'SYMMETRIC_DEFAULT' THEN 'ENCRYPT_DECRYPT'
    WHEN spec LIKE 'HMAC%' THEN 'GENERATE_VERIFY_MAC'
    WHEN spec = 'RSA_4096' THEN 'ENCRYPT_DECRYPT' ELSE 'SIGN_VERIFY' END,
  CASE WHEN state IS NULL THEN NULL WHEN state = 'PendingImport' OR d2 BETWEEN 100 AND 130
    THEN 'EXTERNAL' WHEN d2 BETWEEN 131 AND 135 THEN 'AWS_CLOUDHSM' ELSE 'AWS_KMS' END,
  CASE WHEN state IS NOT NULL THEN CASE WHEN managed THEN 'AWS' ELSE 'CUSTOMER' END END,
  CASE WHEN state IS NULL THEN NULL WHEN d3 < 20 THEN 'primary' WHEN d3 < 40 THEN 'replica' ELSE 'single' END,
  CASE WHEN d3 < 40 THEN arn END, now() - (d1 * 3 + d2) * interval '1 day',
    CASE WHEN state = 'PendingDeletion' THEN now() + d1 % 30 * interval '1 day' END,
  CASE WHEN d2 BETWEEN 100 AND 115 THEN now() + d1 * interval '1 day' END,
  jsonb_build_object('AWSAccountId', account, 'KeyId', id, 'Arn', arn, 'Description', text,
    'KeyState', state, 'KeySpec', spec, 'EncryptionAlgorithms',
    jsonb_build_array('SYMMETRIC_DEFAULT'), 'CustomerMasterKeySpec', spec, 'Enabled',
      state = 'Enabled', 'MultiRegion', d3 < 40, 'CurrentKeyMaterialId', h || h),
  names, now(), tags, CASE WHEN tags IS NOT NULL THEN now() END,
  CASE WHEN state IS NULL THEN 'unknown' WHEN spec <> 'SYMMETRIC_DEFAULT' THEN 'notApplicable'
    WHEN d1 < 550 THEN 'on' ELSE 'off' END,
  CASE WHEN spec = 'SYMMETRIC_DEFAULT' AND d1 < 550 THEN 365 END,
    CASE WHEN spec = 'SYMMETRIC_DEFAULT' AND d1 < 550 THEN now() + d2 % 365 * interval '1 day' END,
  now(), CASE WHEN spec = 'SYMMETRIC_DEFAULT' THEN CASE WHEN d5 < 50 THEN d5 % 25 ELSE 0 END END, now(),
  CASE WHEN d5 < 990 THEN CASE WHEN d4 < 300 THEN d1 % 40 ELSE 0 END END, CASE WHEN d5 < 990
    THEN CASE WHEN d4 < 100 THEN d1 % 4 ELSE 0 END END,
  CASE WHEN d5 < 990 THEN CASE WHEN d4 < 50 THEN d1 % 2 ELSE 0 END END, CASE WHEN d5 < 990 THEN now() END,
  CASE WHEN d2 < 500 THEN now() - (d1 * d3 % 200) * interval '1 day' END, CASE WHEN d2 < 500
    THEN 'Decrypt' END, timestamptz '2026-04-23',
  CASE WHEN d2 < 900 THEN now() END, CASE WHEN managed THEN 0 WHEN state = 'PendingDeletion' THEN 0
    WHEN state IS NOT NULL THEN 1 + d3 % 3 END,
  tags->>'team', CASE WHEN state IS NULL
    THEN '{"describe":{"code":"AccessDenied","message":"kms:DescribeKey is denied by the key policy"}}'::jsonb
    ELSE '{}' END,
  lower(concat_ws(' ', id, arn, array_to_string(names, ' '), text, tags->>'team', tags->>'env',
    tags->>'cost-center', tags->>'data-class', account,
    (SELECT name FROM "Account" a WHERE a.id = account)))
FROM told`

/**
 * 20,000 roles and users with documents of a believable size, and a grant for
 * each of the first $1 keys.
 */
export const fillPrincipalsSql = `
INSERT INTO "IamEntity" (arn, "accountId", kind, name, path, "uniqueId", details, "observedAt")
SELECT 'arn:aws:iam::' || a.id || ':' || kind || '/' || p.name, a.id, kind, p.name, '/', CASE kind
  WHEN 'role' THEN 'AROA' ELSE 'AIDA' END || upper(left(md5(a.id || p.name), 17)),
  jsonb_build_object('document', repeat('{"Effect":"Allow","Action":"kms:Decrypt","Resource":"*"}', 12)), now()
FROM (SELECT n, CASE WHEN n % 5 = 0 THEN 'user' ELSE 'role' END AS kind,
  (ARRAY['orders','invoices','backup','deploy','pipeline','reader','admin','audit'])[1 + n % 8]
    || '-' || (ARRAY['service','job','lambda','task'])[1 + n / 8 % 4] || '-' || n AS name,
  lpad((100000000000 + n % 40 * 7919)::text, 12, '0') AS account FROM generate_series(1, 20000) n) p
  JOIN "Account" a ON a.id = p.account`

export const fillGrantsSql = `
INSERT INTO "Grant" ("keyArn", "grantId", "accountId", region, name, "createdAt",
  "granteePrincipal", "issuingAccount", operations, "issuerClass", "granteeAccountId", "observedAt")
SELECT k.arn, md5(k.arn) || md5('g' || k.arn), k."accountId", k.region, '', now() - n % 900 * interval '1 day',
  'arn:aws:iam::' || k."accountId" || ':role/orders-service-' || n % 20000, 'arn:aws:iam::'
    || k."accountId" || ':root', '{Decrypt,GenerateDataKey}',
  CASE WHEN n % 3 = 0 THEN 'human' ELSE 'awsService' END, k."accountId", now()
FROM (SELECT *, row_number() OVER (ORDER BY arn) AS n FROM "Key") k WHERE n <= $1::int`
