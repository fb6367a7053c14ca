-- The read model of the table of grants.
-- As the migrations leave it: a test compares these definitions with a migrated database.

CREATE OR REPLACE FUNCTION derived.makes_grant(kind text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$ SELECT kind = 'grant-create' $function$;

CREATE OR REPLACE FUNCTION derived.adopts_grant(kind text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$ SELECT kind = 'grant-adopt' $function$;

CREATE OR REPLACE FUNCTION derived.causes_of_grant(of_key text, of_grant text, of_name uuid)
 RETURNS TABLE(change_id uuid, made boolean, ends_at timestamp with time zone)
 LANGUAGE sql
 STABLE
AS $function$
  SELECT c.id, derived.makes_grant(c.kind), CASE WHEN c.status IN ('executing', 'applied',
    'reverting', 'revertFailed')
    THEN c."endsAt" END
  FROM "Change" c WHERE c."keyArn" = of_key COLLATE "default" AND c.outcome->>'grantId' = of_grant
    COLLATE "default"
    AND (derived.makes_grant(c.kind) AND c.status IN ('executing', 'applied', 'reverting',
      'revertFailed', 'reverted', 'failed', 'drifted')
      OR derived.adopts_grant(c.kind) AND c.status IN ('applied', 'reverting', 'revertFailed',
        'reverted'))
  UNION ALL
  SELECT c.id, true, CASE WHEN c.status IN ('executing', 'applied', 'reverting', 'revertFailed')
    THEN c."endsAt" END
  FROM "Change" c WHERE c.id = of_name AND c."keyArn" = of_key COLLATE "default" AND
    derived.makes_grant(c.kind)
    AND c.status IN ('executing', 'applied', 'reverting', 'revertFailed', 'reverted', 'failed',
      'drifted')
    AND c.sends > 0 AND c.outcome->>'grantId' IS NULL
$function$;

CREATE OR REPLACE FUNCTION derived.is_in_iam(entity text)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  SELECT CASE WHEN entity LIKE 'arn:%'
    THEN EXISTS (SELECT FROM "IamEntity" e WHERE e.arn = entity COLLATE "default" AND e."goneAt" IS
      NULL AND e.kind IN ('user', 'role'))
    ELSE EXISTS (SELECT FROM "IamEntity" e WHERE e."accountId" = split_part(entity, '/role/', 1)
      COLLATE "default"
      AND e.name = split_part(entity, '/role/', 2) COLLATE "default" AND e.kind = 'role' AND
        e."goneAt" IS NULL) END
$function$;

CREATE OR REPLACE FUNCTION derived.grant_facts(g "Grant")
 RETURNS TABLE(key_arn text, grant_id text, account text, region text, gone boolean, service
   boolean, constrained boolean, cross_account text, created_at timestamp with time zone, grantee
   text, grantee_account text, grantee_kind text, entity text, broad text[], fingerprint uuid,
   name_id uuid, there boolean, made boolean, adopted boolean, ends_at timestamp with time zone)
 LANGUAGE sql
 STABLE
AS $function$
  SELECT g."keyArn", g."grantId", g."accountId", g.region, g."goneAt" IS NOT NULL, f.service,
    f.constrained, f.crossing, g."createdAt",
    p.grantee, g."granteeAccountId", p.kind, f.entity,
    CASE WHEN f.service THEN '{}'::text[] ELSE array_remove(ARRAY[
      CASE WHEN p.kind = 'account' THEN 'wholeAccount' END,
      CASE WHEN 'CreateGrant' = ANY(g.operations) THEN 'createGrant' END,
      CASE WHEN 'Decrypt' = ANY(g.operations) AND NOT f.constrained AND f.crossing = 'yes' THEN
        'decryptAcross' END,
      CASE WHEN (SELECT count(DISTINCT o) FROM unnest(g.operations) o WHERE o NOT IN ('DescribeKey',
        'RetireGrant', 'GetPublicKey')) > 7 THEN 'manyOperations' END
    ], NULL) END,
    md5(jsonb_build_array(g."keyArn", p.grantee, (SELECT jsonb_agg(DISTINCT o) FROM
      unnest(g.operations) o), CASE WHEN f.constrained THEN g.constraints END)::text)::uuid,
    f.name_id, f.entity IS NOT NULL AND derived.is_in_iam(f.entity), c.made, c.adopted, c.ends_at
  FROM (
    SELECT x.grantee, CASE
      WHEN g."granteeServicePrincipal" IS NOT NULL OR x.grantee ~
        '^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$' OR x.grantee ~
        '^arn:[^:]+:sts::\d{12}:assumed-role/aws:' THEN 'service'
      WHEN x.grantee ~ '^A(IDA|ROA|GPA|IPA|NPA|NVA|PKA|SCA|BIA|CCA)[A-Z0-9]{8,}(:.*)?$' THEN
        'deleted'
      WHEN x.grantee ~ '^\d{12}$' OR x.grantee ~ '^arn:[^:]+:iam::\d{12}:root$' THEN 'account'
      WHEN x.grantee ~ '^arn:[^:]+:iam::\d{12}:(user|role)/' OR x.grantee ~
        '^arn:[^:]+:sts::\d{12}:assumed-role/[^/]+/' THEN 'entity'
      ELSE 'other' END AS kind
    FROM (SELECT coalesce(g."granteePrincipal", g."granteeServicePrincipal") AS grantee) x
  ) p, LATERAL (
    SELECT g."issuerClass" = 'awsService' AS service, g.constraints IS NOT NULL AND g.constraints <>
      'null'::jsonb AND g.constraints <> '{}'::jsonb AS constrained,
      CASE WHEN g."granteeAccountId" IS NOT NULL THEN CASE WHEN g."granteeAccountId" = g."accountId"
        THEN 'no' ELSE 'yes' END
        WHEN p.kind = 'service' THEN 'notApplicable' ELSE 'unknown' END AS crossing,
      CASE WHEN p.kind <> 'entity' THEN NULL WHEN p.grantee LIKE '%:assumed-role/%' THEN
        g."granteeAccountId" || '/role/' || split_part(p.grantee, '/', 2) ELSE p.grantee END AS
        entity,
      CASE WHEN g.name ~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' THEN
        g.name::uuid END AS name_id
  ) f, LATERAL (
    SELECT coalesce(bool_or(x.made), false) AS made, coalesce(bool_or(NOT x.made), false) AS
      adopted, min(x.ends_at) AS ends_at
    FROM derived.causes_of_grant(g."keyArn", g."grantId", f.name_id) x
  ) c
$function$;

CREATE OR REPLACE FUNCTION derived.share_iam_of(accounts text[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(7210002, hashtext(account))
  FROM (SELECT DISTINCT a AS account FROM unnest(accounts) a WHERE a IS NOT NULL ORDER BY 1) a;
END $function$;

CREATE OR REPLACE FUNCTION derived.keep_twins(fingerprints uuid[])
 RETURNS void
 LANGUAGE plpgsql
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_seqscan TO 'off'
AS $function$
DECLARE
  twins bigint[];
  singles bigint[];
BEGIN
  SELECT array_agg(r.id) FILTER (WHERE t.n > 1), array_agg(r.id) FILTER (WHERE t.n < 2)
  INTO twins, singles FROM (SELECT DISTINCT unnest(fingerprints) AS fingerprint) f
  CROSS JOIN LATERAL (SELECT count(*) AS n FROM (SELECT FROM derived.grant_row o
    WHERE o.fingerprint = f.fingerprint AND NOT o.gone LIMIT 2) two) t
  CROSS JOIN LATERAL (SELECT o.id FROM derived.grant_row o
    WHERE o.fingerprint = f.fingerprint AND NOT o.gone AND o.twin = (t.n < 2) OFFSET 0) r;
  UPDATE derived.grant_row r SET twin = true WHERE r.id = ANY(twins) AND NOT r.twin;
  UPDATE derived.grant_row r SET twin = false WHERE r.id = ANY(singles) AND r.twin;
END $function$;

CREATE OR REPLACE FUNCTION derived.add_grant_rows()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
DECLARE
  fingerprints uuid[];
BEGIN
  PERFORM derived.share_iam_of((SELECT array_agg(DISTINCT "granteeAccountId") FROM added));
  WITH fresh AS (
    INSERT INTO derived.grant_row (key_arn, grant_id, account, region, gone, service, constrained,
      cross_account, created_at, grantee,
      grantee_account, grantee_kind, entity, broad, fingerprint, name_id, there, made, adopted,
        ends_at)
    SELECT f.* FROM added g CROSS JOIN LATERAL derived.grant_facts(g) f
    RETURNING fingerprint
  )
  SELECT array_agg(f.fingerprint) INTO fingerprints FROM fresh f;
  PERFORM derived.keep_twins(fingerprints);
  RETURN NULL;
END $function$;

CREATE TRIGGER add_grant_rows
  AFTER INSERT ON public."Grant"
  REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.add_grant_rows();

CREATE OR REPLACE FUNCTION derived.rewrite_grant_rows(keys text[], grants text[])
 RETURNS void
 LANGUAGE plpgsql
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_nestloop TO 'on'
 SET enable_seqscan TO 'off'
AS $function$
DECLARE
  ids bigint[];
  before uuid[];
  after uuid[];
BEGIN
  -- Each by the index, whatever the statistics say: as joins they were planned for the few rows that
  -- there once were, and each grant was compared with each.
  SELECT array_agg(r.id), array_agg(r.fingerprint) INTO ids, before
  FROM unnest(keys, grants) a(key_arn, grant_id)
  CROSS JOIN LATERAL (SELECT o.id, o.fingerprint FROM derived.grant_row o
    WHERE o.key_arn = a.key_arn AND o.grant_id = a.grant_id LIMIT 1) r;
  UPDATE derived.grant_row r SET (key_arn, grant_id, account, region, gone, service, constrained,
    cross_account, created_at, grantee, grantee_account, grantee_kind, entity, broad, fingerprint,
    name_id, there, made, adopted, ends_at)
    = (SELECT f.* FROM "Grant" g CROSS JOIN LATERAL derived.grant_facts(g) f
      WHERE g."keyArn" = r.key_arn COLLATE "default" AND g."grantId" = r.grant_id COLLATE "default")
  WHERE r.id = ANY(ids);
  SELECT array_agg(r.fingerprint) INTO after FROM derived.grant_row r WHERE r.id = ANY(ids);
  PERFORM derived.keep_twins(before || after);
END $function$;

CREATE OR REPLACE FUNCTION derived.keep_grant_rows()
 RETURNS trigger
 LANGUAGE plpgsql
 SET enable_nestloop TO 'off'
AS $function$
DECLARE
  keys text[];
  grants text[];
  accounts text[];
BEGIN
  SELECT array_agg(n."keyArn"), array_agg(n."grantId"),
    array_agg(DISTINCT n."granteeAccountId") || array_agg(DISTINCT o."granteeAccountId")
  INTO keys, grants, accounts
  FROM new_rows n JOIN old_rows o ON o."keyArn" = n."keyArn" AND o."grantId" = n."grantId"
  WHERE (o.name, o."createdAt", o."granteePrincipal", o."granteeServicePrincipal",
    o."granteeAccountId", o."retiringPrincipal", o."retiringServicePrincipal", o.operations,
    o.constraints, o."issuerClass", o."goneAt" IS NULL)
    IS DISTINCT FROM (n.name, n."createdAt", n."granteePrincipal", n."granteeServicePrincipal",
    n."granteeAccountId", n."retiringPrincipal", n."retiringServicePrincipal", n.operations,
    n.constraints, n."issuerClass", n."goneAt" IS NULL);
  IF keys IS NOT NULL THEN
    PERFORM derived.share_iam_of(accounts);
    PERFORM derived.rewrite_grant_rows(keys, grants);
  END IF;
  RETURN NULL;
END $function$;

CREATE TRIGGER keep_grant_rows_changed
  AFTER UPDATE ON public."Grant"
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.keep_grant_rows();

CREATE OR REPLACE FUNCTION derived.drop_grant_rows()
 RETURNS trigger
 LANGUAGE plpgsql
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_nestloop TO 'on'
 SET enable_seqscan TO 'off'
AS $function$
DECLARE
  fingerprints uuid[];
BEGIN
  PERFORM derived.share_iam_of((SELECT array_agg(DISTINCT "granteeAccountId") FROM removed));
  WITH dropped AS (
    DELETE FROM derived.grant_row r WHERE r.id = ANY(ARRAY(
      SELECT x.id FROM removed o CROSS JOIN LATERAL (SELECT w.id FROM derived.grant_row w
        WHERE w.key_arn = o."keyArn" AND w.grant_id = o."grantId" LIMIT 1) x))
    RETURNING r.fingerprint
  )
  SELECT array_agg(d.fingerprint) INTO fingerprints FROM dropped d;
  PERFORM derived.keep_twins(fingerprints);
  RETURN NULL;
END $function$;

CREATE TRIGGER drop_grant_rows_deleted
  AFTER DELETE ON public."Grant"
  REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.drop_grant_rows();

CREATE OR REPLACE FUNCTION derived.drop_all_grant_rows()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  DELETE FROM derived.grant_row;
  RETURN NULL;
END $function$;

CREATE TRIGGER drop_grant_rows_truncated
  AFTER TRUNCATE ON public."Grant"
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.drop_all_grant_rows();

CREATE OR REPLACE FUNCTION derived.keep_there(entities text[])
 RETURNS void
 LANGUAGE plpgsql
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_seqscan TO 'off'
AS $function$
BEGIN
  UPDATE derived.grant_row r SET there = NOT r.there
  FROM unnest(entities) e(entity) WHERE r.entity = e.entity AND r.there <>
    derived.is_in_iam(r.entity);
END $function$;

CREATE OR REPLACE FUNCTION derived.note_grantees()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
DECLARE
  accounts text[];
  entities text[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT array_agg(DISTINCT m."accountId"), array_agg(m.arn) || array_agg(m."accountId" ||
      '/role/' || m.name)
    INTO accounts, entities FROM new_rows m WHERE m.kind IN ('user', 'role');
  ELSIF TG_OP = 'DELETE' THEN
    SELECT array_agg(DISTINCT m."accountId"), array_agg(m.arn) || array_agg(m."accountId" ||
      '/role/' || m.name)
    INTO accounts, entities FROM old_rows m WHERE m.kind IN ('user', 'role');
  ELSE
    SELECT array_agg(DISTINCT m."accountId"), array_agg(m.arn) || array_agg(m."accountId" ||
      '/role/' || m.name)
      || array_agg(o."accountId" || '/role/' || o.name)
    INTO accounts, entities FROM new_rows m JOIN old_rows o ON o.arn = m.arn
    WHERE (o."accountId", o.kind, o.name, o."goneAt" IS NULL) IS DISTINCT FROM (m."accountId",
      m.kind, m.name, m."goneAt" IS NULL);
  END IF;
  IF entities IS NULL THEN
    RETURN NULL;
  END IF;
  PERFORM pg_advisory_xact_lock(7210002, hashtext(account)) FROM (SELECT unnest(accounts) AS account
    ORDER BY 1) a;
  PERFORM derived.keep_there(entities);
  RETURN NULL;
END $function$;

CREATE TRIGGER note_grantees_added
  AFTER INSERT ON public."IamEntity"
  REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_grantees();

CREATE TRIGGER note_grantees_changed
  AFTER UPDATE ON public."IamEntity"
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_grantees();

CREATE TRIGGER note_grantees_removed
  AFTER DELETE ON public."IamEntity"
  REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_grantees();

CREATE OR REPLACE FUNCTION derived.forget_grantees()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  UPDATE derived.grant_row SET there = false WHERE there;
  RETURN NULL;
END $function$;

CREATE TRIGGER forget_grantees_truncated
  AFTER TRUNCATE ON public."IamEntity"
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.forget_grantees();

CREATE OR REPLACE FUNCTION derived.keep_causes(changes uuid[], keys text[], grants text[])
 RETURNS void
 LANGUAGE plpgsql
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_seqscan TO 'off'
AS $function$
BEGIN
  PERFORM FROM "Key" WHERE arn = ANY(keys) ORDER BY arn FOR KEY SHARE;
  UPDATE derived.grant_row r SET (made, adopted, ends_at) = (
    SELECT coalesce(bool_or(x.made), false), coalesce(bool_or(NOT x.made), false), min(x.ends_at)
    FROM derived.causes_of_grant(r.key_arn, r.grant_id, r.name_id) x)
  WHERE r.id IN (
    SELECT g.id FROM unnest(keys, grants) a(key_arn, grant_id)
    JOIN derived.grant_row g ON g.key_arn = a.key_arn AND g.grant_id = a.grant_id
    UNION ALL
    SELECT g.id FROM unnest(changes) a(id) JOIN derived.grant_row g ON g.name_id = a.id);
END $function$;

CREATE OR REPLACE FUNCTION derived.note_causes()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
DECLARE
  changes uuid[];
  keys text[];
  grants text[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT array_agg(m.id), array_agg(m."keyArn"), array_agg(m.outcome->>'grantId') INTO changes,
      keys, grants
    FROM new_rows m WHERE derived.makes_grant(m.kind) OR derived.adopts_grant(m.kind);
  ELSIF TG_OP = 'DELETE' THEN
    SELECT array_agg(m.id), array_agg(m."keyArn"), array_agg(m.outcome->>'grantId') INTO changes,
      keys, grants
    FROM old_rows m WHERE derived.makes_grant(m.kind) OR derived.adopts_grant(m.kind);
  ELSE
    SELECT array_agg(m.id), array_agg(m."keyArn") || array_agg(o."keyArn"),
      array_agg(m.outcome->>'grantId') || array_agg(o.outcome->>'grantId') INTO changes, keys,
        grants
    FROM new_rows m JOIN old_rows o ON o.id = m.id
    WHERE (derived.makes_grant(m.kind) OR derived.adopts_grant(m.kind))
      AND (o.status, o.outcome->>'grantId', o."endsAt", o.sends > 0) IS DISTINCT FROM (m.status,
        m.outcome->>'grantId', m."endsAt", m.sends > 0);
  END IF;
  IF changes IS NOT NULL THEN
    PERFORM derived.keep_causes(changes, keys, grants);
  END IF;
  RETURN NULL;
END $function$;

CREATE TRIGGER note_causes_added
  AFTER INSERT ON public."Change"
  REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_causes();

CREATE TRIGGER note_causes_changed
  AFTER UPDATE ON public."Change"
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_causes();

CREATE TRIGGER note_causes_removed
  AFTER DELETE ON public."Change"
  REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_causes();

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
