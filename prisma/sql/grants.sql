-- The read model of the table of grants.
-- As the migrations leave it: a test compares these definitions with a migrated database.

CREATE OR REPLACE FUNCTION derived.grant_facts(g "Grant")
 RETURNS SETOF derived.grant_row
 LANGUAGE sql
 STABLE
AS $function$
  SELECT g."keyArn", g."grantId", g."accountId", g.region, g."goneAt" IS NOT NULL, f.service,
    f.constrained, f.crossing, g."createdAt", p.grantee, g."granteeAccountId",
    p.kind,
    CASE WHEN p.kind <> 'entity' THEN NULL WHEN p.grantee LIKE '%:assumed-role/%'
      THEN g."granteeAccountId" || '/role/' || split_part(p.grantee, '/', 2) ELSE p.grantee END,
    CASE WHEN f.service THEN '{}'::text[] ELSE array_remove(ARRAY[
      CASE WHEN p.kind = 'account' THEN 'wholeAccount' END,
      CASE WHEN 'CreateGrant' = ANY(g.operations) THEN 'createGrant' END,
      CASE WHEN 'Decrypt' = ANY(g.operations) AND NOT f.constrained AND f.crossing = 'yes'
        THEN 'decryptAcross' END,
      CASE WHEN (SELECT count(DISTINCT o) FROM unnest(g.operations) o
        WHERE o NOT IN ('DescribeKey', 'RetireGrant', 'GetPublicKey')) > 7 THEN 'manyOperations' END
    ], NULL) END,
    md5(jsonb_build_array(g."keyArn", p.grantee, (SELECT jsonb_agg(DISTINCT o)
      FROM unnest(g.operations) o), CASE WHEN f.constrained THEN g.constraints END)::text)::uuid,
    CASE WHEN g.name ~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'
      THEN g.name::uuid END
  FROM (
    SELECT x.grantee, CASE
      WHEN g."granteeServicePrincipal" IS NOT NULL
        OR x.grantee ~ '^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$'
        OR x.grantee ~ '^arn:[^:]+:sts::\d{12}:assumed-role/aws:' THEN 'service'
      WHEN x.grantee ~ '^A(IDA|ROA|GPA|IPA|NPA|NVA|PKA|SCA|BIA|CCA)[A-Z0-9]{8,}(:.*)?$'
        THEN 'deleted'
      WHEN x.grantee ~ '^\d{12}$' OR x.grantee ~ '^arn:[^:]+:iam::\d{12}:root$' THEN 'account'
      WHEN x.grantee ~ '^arn:[^:]+:iam::\d{12}:(user|role)/'
        OR x.grantee ~ '^arn:[^:]+:sts::\d{12}:assumed-role/[^/]+/' THEN 'entity'
      ELSE 'other' END AS kind
    FROM (SELECT coalesce(g."granteePrincipal", g."granteeServicePrincipal") AS grantee) x
  ) p, LATERAL (
    SELECT g."issuerClass" = 'awsService' AS service, g.constraints IS NOT NULL
      AND g.constraints <> 'null'::jsonb AND g.constraints <> '{}'::jsonb AS constrained,
      CASE WHEN g."granteeAccountId" IS NOT NULL THEN CASE WHEN g."granteeAccountId" = g."accountId"
        THEN 'no' ELSE 'yes' END
        WHEN p.kind = 'service' THEN 'notApplicable' ELSE 'unknown' END AS crossing
  ) f
$function$;

CREATE OR REPLACE FUNCTION derived.add_grant_rows()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  INSERT INTO derived.grant_row SELECT f.* FROM added g CROSS JOIN LATERAL derived.grant_facts(g) f;
  RETURN NULL;
END $function$;

CREATE TRIGGER add_grant_rows
  AFTER INSERT ON public."Grant"
  REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.add_grant_rows();

CREATE OR REPLACE FUNCTION derived.keep_grant_row()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    DELETE FROM derived.grant_row WHERE key_arn = OLD."keyArn" AND grant_id = OLD."grantId";
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO derived.grant_row SELECT * FROM derived.grant_facts(NEW);
  END IF;
  RETURN NULL;
END $function$;

CREATE TRIGGER drop_grant_row
  AFTER DELETE ON public."Grant"
  FOR EACH ROW
  EXECUTE FUNCTION derived.keep_grant_row();

CREATE TRIGGER keep_grant_row_changed
  AFTER UPDATE ON public."Grant"
  FOR EACH ROW
  WHEN ((((((((((old.name IS DISTINCT FROM new.name)
    OR (old."createdAt" IS DISTINCT FROM new."createdAt"))
    OR (old."granteePrincipal" IS DISTINCT FROM new."granteePrincipal"))
    OR (old."granteeServicePrincipal" IS DISTINCT FROM new."granteeServicePrincipal"))
    OR (old."granteeAccountId" IS DISTINCT FROM new."granteeAccountId"))
    OR (old.operations IS DISTINCT FROM new.operations))
    OR (old.constraints IS DISTINCT FROM new.constraints))
    OR (old."issuerClass" IS DISTINCT FROM new."issuerClass"))
    OR ((old."goneAt" IS NULL) IS DISTINCT FROM (new."goneAt" IS NULL))))
  EXECUTE FUNCTION derived.keep_grant_row();

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
