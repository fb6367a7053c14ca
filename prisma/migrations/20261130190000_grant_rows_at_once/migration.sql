-- What is kept of grants follows an UPDATE or a DELETE by the statement instead of by the row: for
-- each of many equal grants that went at once, all others of them were looked through again. The
-- accounts of old and new grantees are shared in order before any row is written, so that no reading
-- of IAM waits for a row of a writer that waits for it in turn.
DROP TRIGGER drop_grant_row ON "Grant";
DROP TRIGGER keep_grant_row_changed ON "Grant";
DROP FUNCTION derived.keep_grant_row();

CREATE OR REPLACE FUNCTION derived.rewrite_grant_rows(keys text[], grants text[])
 RETURNS void
 LANGUAGE plpgsql
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_nestloop TO 'on'
 SET enable_seqscan TO 'off'
AS $function$
DECLARE
  before uuid[];
  after uuid[];
BEGIN
  SELECT array_agg(r.fingerprint) INTO before FROM unnest(keys, grants) a(key_arn, grant_id)
  JOIN derived.grant_row r ON r.key_arn = a.key_arn AND r.grant_id = a.grant_id;
  WITH fresh AS (
    UPDATE derived.grant_row r SET key_arn = f.key_arn, grant_id = f.grant_id,
      account = f.account, region = f.region, gone = f.gone, service = f.service,
      constrained = f.constrained, cross_account = f.cross_account, created_at = f.created_at,
      grantee = f.grantee, grantee_account = f.grantee_account, grantee_kind = f.grantee_kind,
      entity = f.entity, broad = f.broad, fingerprint = f.fingerprint, name_id = f.name_id,
      there = f.there, made = f.made, adopted = f.adopted, ends_at = f.ends_at,
      twin = r.twin AND NOT f.gone
    FROM unnest(keys, grants) a(key_arn, grant_id)
    JOIN "Grant" g ON g."keyArn" = a.key_arn AND g."grantId" = a.grant_id
    CROSS JOIN LATERAL derived.grant_facts(g) f
    WHERE r.key_arn = a.key_arn AND r.grant_id = a.grant_id
    RETURNING r.fingerprint
  )
  SELECT array_agg(f.fingerprint) INTO after FROM fresh f;
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
    o."granteeAccountId", o.operations, o.constraints, o."issuerClass", o."goneAt" IS NULL)
    IS DISTINCT FROM (n.name, n."createdAt", n."granteePrincipal", n."granteeServicePrincipal",
    n."granteeAccountId", n.operations, n.constraints, n."issuerClass", n."goneAt" IS NULL);
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
    DELETE FROM derived.grant_row r USING removed o
    WHERE r.key_arn = o."keyArn" AND r.grant_id = o."grantId"
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

-- Of the grants equal to one that came or went, only those are looked up that have another answer
-- now: mostly none, however many there are.
DROP INDEX derived.grant_row_fingerprint;
CREATE INDEX grant_row_fingerprint ON derived.grant_row (fingerprint, twin) WHERE NOT gone;
CREATE OR REPLACE FUNCTION derived.keep_twins(fingerprints uuid[])
 RETURNS void
 LANGUAGE plpgsql
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_seqscan TO 'off'
AS $function$
BEGIN
  UPDATE derived.grant_row r SET twin = t.n > 1
  FROM (SELECT f.fingerprint, (SELECT count(*) FROM (SELECT FROM derived.grant_row o
      WHERE o.fingerprint = f.fingerprint AND NOT o.gone LIMIT 2) two) AS n
    FROM (SELECT DISTINCT unnest(fingerprints) AS fingerprint) f) t
  WHERE r.fingerprint = t.fingerprint AND NOT r.gone AND r.twin = (t.n < 2);
END $function$;
