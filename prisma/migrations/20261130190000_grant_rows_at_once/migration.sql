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
