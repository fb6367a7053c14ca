-- What is filled below is what is there: nobody writes between the filling and the triggers.
LOCK TABLE "Key", "Grant", derived.grant_row IN SHARE ROW EXCLUSIVE MODE;

-- The table of grants reads every grant for a filter, an order or its counts: rows with an ARN, an
-- id and a grantee each, 16,000 blocks of 300,000 grants. What grants have in common stands once,
-- and a grant is a line of numbers, a sixth as wide. Two indexes that were as wide as they are dropped.

-- What many grants have in common: what they are counted by, and the account whose IAM says
-- whether the grantee exists ('': none does). Never changed.
CREATE TABLE derived.grant_shared (
  id      integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account text COLLATE "C" NOT NULL,
  region  text COLLATE "C" NOT NULL,
  facets  integer NOT NULL,
  iam_of  text COLLATE "C" NOT NULL,
  UNIQUE (account, region, facets, iam_of)
);

-- Keys that have or had grants, with their aliases.
CREATE TABLE derived.grant_key (
  id      integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  arn     text COLLATE "C" NOT NULL UNIQUE,
  aliases text[] COLLATE "C" NOT NULL
);

-- Whom grants name, each once. Never changed.
CREATE TABLE derived.grant_principal (
  id        integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  principal text COLLATE "C" NOT NULL UNIQUE,
  -- The account that it is or that its ARN names.
  account   text COLLATE "C" GENERATED ALWAYS AS (
    substring(principal FROM '^(?:arn:[^:]+:(?:iam|sts)::)?([0-9]{12})(?::.*)?$')) STORED
);
CREATE INDEX grant_principal_lower ON derived.grant_principal (lower(principal));

-- A grant, by the id of derived.grant_row.
CREATE TABLE derived.grant_line (
  id         bigint PRIMARY KEY,
  created_at timestamptz(3),
  ends_at    timestamptz(3),
  shared     integer NOT NULL,
  key        integer NOT NULL,
  grantee    integer,
  retiring   integer,
  -- A bit for each, in the order of derived.operation_bits.
  operations integer NOT NULL,
  gone       boolean NOT NULL,
  name       text COLLATE "C"
) WITH (fillfactor = 95);

CREATE OR REPLACE FUNCTION derived.operation_bits(operations text[])
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
AS $function$
  SELECT coalesce(bit_or(1 << (array_position(ARRAY['Decrypt', 'Encrypt', 'GenerateDataKey',
    'GenerateDataKeyWithoutPlaintext', 'ReEncryptFrom', 'ReEncryptTo', 'Sign', 'Verify',
    'GetPublicKey', 'CreateGrant', 'RetireGrant', 'DescribeKey', 'GenerateDataKeyPair',
    'GenerateDataKeyPairWithoutPlaintext', 'GenerateMac', 'VerifyMac', 'DeriveSharedSecret',
    'Encapsulate', 'Decapsulate'], o) - 1)), 0) FROM unnest(operations) o
$function$;


INSERT INTO derived.grant_shared (account, region, facets, iam_of)
SELECT DISTINCT account, region, facets, coalesce(iam_of, '') FROM derived.grant_row;
INSERT INTO derived.grant_key (arn, aliases)
SELECT r.key_arn, coalesce(k.aliases, '{}') FROM (SELECT DISTINCT key_arn FROM derived.grant_row) r
LEFT JOIN "Key" k ON k.arn = r.key_arn COLLATE "default";
INSERT INTO derived.grant_principal (principal)
SELECT coalesce("granteePrincipal", "granteeServicePrincipal") FROM "Grant"
WHERE coalesce("granteePrincipal", "granteeServicePrincipal") IS NOT NULL
UNION SELECT coalesce("retiringPrincipal", "retiringServicePrincipal") FROM "Grant"
WHERE coalesce("retiringPrincipal", "retiringServicePrincipal") IS NOT NULL;
ANALYZE derived.grant_shared, derived.grant_key, derived.grant_principal;
INSERT INTO derived.grant_line (id, created_at, ends_at, shared, key, grantee, retiring, operations, gone, name)
SELECT t.id, t.created_at, t.ends_at, c.id, y.id, n.id, m.id, derived.operation_bits(g.operations), t.gone, nullif(g.name, '')
FROM derived.grant_row t
JOIN "Grant" g ON g."keyArn" = t.key_arn COLLATE "default" AND g."grantId" = t.grant_id COLLATE "default"
JOIN derived.grant_shared c ON (c.account, c.region, c.facets, c.iam_of) = (t.account, t.region, t.facets, coalesce(t.iam_of, ''))
JOIN derived.grant_key y ON y.arn = t.key_arn
LEFT JOIN derived.grant_principal n ON n.principal = t.grantee
LEFT JOIN derived.grant_principal m ON m.principal = coalesce(g."retiringPrincipal", g."retiringServicePrincipal") COLLATE "C"
ORDER BY t.id;

-- The table opens with the youngest.
CREATE INDEX grant_line_age ON derived.grant_line (created_at DESC NULLS LAST, id) WHERE NOT gone;
-- So does the list of one key.
CREATE INDEX grant_line_key ON derived.grant_line (key, created_at DESC NULLS LAST, id) WHERE NOT gone;
-- Which grants one principal has, for its access and for a filter that finds few.
CREATE INDEX grant_line_grantee ON derived.grant_line (grantee) WHERE NOT gone;
-- Grants that are gone are few, and in no index of texts.
CREATE INDEX grant_line_gone ON derived.grant_line (id) WHERE gone;

DROP INDEX derived.grant_row_facets;
DROP INDEX derived.grant_row_age;
DROP STATISTICS derived.grant_row_issuer_class, derived.grant_row_known, derived.grant_row_cross_account,
  derived.grant_row_constrained, derived.grant_row_duplicate, derived.grant_row_over_broad, derived.grant_row_without_end,
  derived.grant_row_across, derived.grant_row_grantee;
ANALYZE derived.grant_line;

CREATE OR REPLACE FUNCTION derived.keep_grant_lines()
 RETURNS trigger
 LANGUAGE plpgsql
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_seqscan TO 'off'
AS $function$
BEGIN
  INSERT INTO derived.grant_shared (account, region, facets, iam_of)
  SELECT DISTINCT t.account, t.region, t.facets, coalesce(t.iam_of, '') FROM touched t
  WHERE NOT EXISTS (SELECT FROM derived.grant_shared c
    WHERE (c.account, c.region, c.facets, c.iam_of)
      = (t.account, t.region, t.facets, coalesce(t.iam_of, '')))
  ORDER BY 1, 2, 3, 4 ON CONFLICT DO NOTHING;
  INSERT INTO derived.grant_key (arn, aliases)
  SELECT n.key_arn, coalesce(k.aliases, '{}')
  FROM (SELECT DISTINCT t.key_arn FROM touched t
    WHERE NOT EXISTS (SELECT FROM derived.grant_key y WHERE y.arn = t.key_arn)) n
  LEFT JOIN "Key" k ON k.arn = n.key_arn COLLATE "default"
  ORDER BY 1 ON CONFLICT DO NOTHING;
  INSERT INTO derived.grant_principal (principal)
  SELECT DISTINCT x.principal FROM touched t
  CROSS JOIN LATERAL (SELECT coalesce(o."retiringPrincipal", o."retiringServicePrincipal")
      COLLATE "C" AS retiring
    FROM "Grant" o WHERE o."keyArn" = t.key_arn COLLATE "default"
      AND o."grantId" = t.grant_id COLLATE "default" LIMIT 1) g
  CROSS JOIN LATERAL (VALUES (t.grantee), (g.retiring)) x(principal)
  WHERE x.principal IS NOT NULL AND NOT EXISTS (SELECT FROM derived.grant_principal n
    WHERE n.principal = x.principal COLLATE "C")
  ORDER BY 1 ON CONFLICT DO NOTHING;
  INSERT INTO derived.grant_line AS l (id, created_at, ends_at, shared, key, grantee, retiring,
    operations, gone, name)
  SELECT t.id, t.created_at, t.ends_at, c.id, y.id,
    (SELECT n.id FROM derived.grant_principal n WHERE n.principal = t.grantee),
    (SELECT n.id FROM derived.grant_principal n WHERE n.principal = g.retiring),
    derived.operation_bits(g.operations), t.gone, nullif(g.name, '')
  FROM touched t
  CROSS JOIN LATERAL (SELECT o.operations, o.name,
      coalesce(o."retiringPrincipal", o."retiringServicePrincipal") COLLATE "C" AS retiring
    FROM "Grant" o WHERE o."keyArn" = t.key_arn COLLATE "default"
      AND o."grantId" = t.grant_id COLLATE "default" LIMIT 1) g
  CROSS JOIN LATERAL (SELECT o.id FROM derived.grant_shared o
    WHERE (o.account, o.region, o.facets, o.iam_of)
      = (t.account, t.region, t.facets, coalesce(t.iam_of, '')) LIMIT 1) c
  CROSS JOIN LATERAL (SELECT o.id FROM derived.grant_key o WHERE o.arn = t.key_arn LIMIT 1) y
  ON CONFLICT (id) DO UPDATE SET created_at = excluded.created_at, ends_at = excluded.ends_at,
    shared = excluded.shared, key = excluded.key, grantee = excluded.grantee,
    retiring = excluded.retiring, operations = excluded.operations, gone = excluded.gone,
    name = excluded.name
  WHERE (l.created_at, l.ends_at, l.shared, l.key, l.grantee, l.retiring, l.operations, l.gone,
    l.name) IS DISTINCT FROM (excluded.created_at, excluded.ends_at, excluded.shared, excluded.key,
    excluded.grantee, excluded.retiring, excluded.operations, excluded.gone, excluded.name);
  RETURN NULL;
END $function$;

CREATE TRIGGER keep_grant_lines_added
  AFTER INSERT ON derived.grant_row
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.keep_grant_lines();

CREATE TRIGGER keep_grant_lines_changed
  AFTER UPDATE ON derived.grant_row
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.keep_grant_lines();

CREATE OR REPLACE FUNCTION derived.drop_grant_lines()
 RETURNS trigger
 LANGUAGE plpgsql
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_seqscan TO 'off'
AS $function$
BEGIN
  -- As a join it was planned for as many rows as the first statement had, and each of many rows
  -- was compared with each.
  DELETE FROM derived.grant_line l WHERE l.id = ANY(ARRAY(SELECT t.id FROM touched t));
  RETURN NULL;
END $function$;

CREATE TRIGGER drop_grant_lines
  AFTER DELETE ON derived.grant_row
  REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.drop_grant_lines();

CREATE OR REPLACE FUNCTION derived.keep_grant_aliases()
 RETURNS trigger
 LANGUAGE plpgsql
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_seqscan TO 'off'
AS $function$
BEGIN
  UPDATE derived.grant_key y SET aliases = k.aliases FROM touched k
  WHERE y.arn = k.arn COLLATE "C" AND y.aliases <> k.aliases;
  RETURN NULL;
END $function$;

CREATE TRIGGER keep_grant_aliases_added
  AFTER INSERT ON public."Key"
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.keep_grant_aliases();

CREATE TRIGGER keep_grant_aliases_changed
  AFTER UPDATE ON public."Key"
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.keep_grant_aliases();
