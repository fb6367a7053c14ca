-- Which keys' access has to be evaluated again, and the newest review beside each fact.
-- As the migrations leave it: a test compares these definitions with a migrated database.

CREATE OR REPLACE FUNCTION derived.is_foreign_grantee(grantee text, account text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$
  SELECT coalesce(grantee <> account AND grantee !~ ('^arn:[^:]+:(iam|sts)::' || account || ':'),
    false)
$function$;

CREATE OR REPLACE FUNCTION derived.mark_key()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF TG_OP = 'DELETE' THEN
    INSERT INTO derived.access_mark (key_arn, account) VALUES (OLD.arn, OLD."accountId");
  ELSE
    INSERT INTO derived.access_mark (key_arn, account) VALUES (NEW.arn, NEW."accountId");
  END IF;
  RETURN NULL;
END $function$;

CREATE TRIGGER mark_key
  AFTER INSERT OR DELETE ON public."Key"
  FOR EACH ROW
  EXECUTE FUNCTION derived.mark_key();

CREATE TRIGGER mark_key_changed
  AFTER UPDATE ON public."Key"
  FOR EACH ROW
  WHEN ((((((((((((((old."accountId" IS DISTINCT FROM new."accountId")
    OR (old.region IS DISTINCT FROM new.region))
    OR (old."keySpec" IS DISTINCT FROM new."keySpec"))
    OR (old."keyUsage" IS DISTINCT FROM new."keyUsage"))
    OR (old.origin IS DISTINCT FROM new.origin))
    OR (old."keyManager" IS DISTINCT FROM new."keyManager"))
    OR (old.scope IS DISTINCT FROM new.scope)) OR (old.tags IS DISTINCT FROM new.tags))
    OR (old.aliases IS DISTINCT FROM new.aliases))
    OR ((old."aliasesAt" IS NULL) IS DISTINCT FROM (new."aliasesAt" IS NULL)))
    OR (old."policyHash" IS DISTINCT FROM new."policyHash"))
    OR ((old."grantsAt" IS NULL) IS DISTINCT FROM (new."grantsAt" IS NULL)))
    OR ((old."goneAt" IS NULL) IS DISTINCT FROM (new."goneAt" IS NULL))))
  EXECUTE FUNCTION derived.mark_key();

CREATE OR REPLACE FUNCTION derived.mark_granted_key()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF TG_OP <> 'INSERT' AND derived.is_foreign_grantee(OLD."granteePrincipal", OLD."accountId") THEN
    INSERT INTO derived.access_mark (key_arn, account) VALUES (OLD."keyArn", OLD."accountId");
  ELSIF TG_OP <> 'DELETE' AND derived.is_foreign_grantee(NEW."granteePrincipal", NEW."accountId")
    THEN
    INSERT INTO derived.access_mark (key_arn, account) VALUES (NEW."keyArn", NEW."accountId");
  END IF;
  RETURN NULL;
END $function$;

CREATE TRIGGER mark_granted_key
  AFTER INSERT OR DELETE ON public."Grant"
  FOR EACH ROW
  EXECUTE FUNCTION derived.mark_granted_key();

CREATE TRIGGER mark_granted_key_changed
  AFTER UPDATE ON public."Grant"
  FOR EACH ROW
  WHEN ((((((((((old.name IS DISTINCT FROM new.name)
    OR (old."createdAt" IS DISTINCT FROM new."createdAt"))
    OR (old."granteePrincipal" IS DISTINCT FROM new."granteePrincipal"))
    OR (old."retiringPrincipal" IS DISTINCT FROM new."retiringPrincipal"))
    OR (old."retiringServicePrincipal" IS DISTINCT FROM new."retiringServicePrincipal"))
    OR (old."issuingAccount" IS DISTINCT FROM new."issuingAccount"))
    OR (old.operations IS DISTINCT FROM new.operations))
    OR (old.constraints IS DISTINCT FROM new.constraints))
    OR ((old."goneAt" IS NULL) IS DISTINCT FROM (new."goneAt" IS NULL))))
  EXECUTE FUNCTION derived.mark_granted_key();

CREATE OR REPLACE FUNCTION derived.raise_access_inputs(names text[])
 RETURNS void
 LANGUAGE sql
AS $function$
  INSERT INTO derived.access_input AS i (name, version) SELECT name, 1 FROM (
    SELECT DISTINCT unnest(names) AS name) n ORDER BY name
  ON CONFLICT (name) DO UPDATE SET version = i.version + 1, changed_at = clock_timestamp()
$function$;

CREATE OR REPLACE FUNCTION derived.note_iam()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
DECLARE
  unread CONSTANT text[] := '{lastUsedAt,attachmentCount,versionId}';
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM derived.raise_access_inputs(array_agg(DISTINCT 'iam:' || "accountId"))
    FROM new_rows HAVING count(*) > 0;
  ELSIF TG_OP = 'DELETE' THEN
    PERFORM derived.raise_access_inputs(array_agg(DISTINCT 'iam:' || "accountId"))
    FROM old_rows HAVING count(*) > 0;
  ELSE
    PERFORM derived.raise_access_inputs(array_agg(DISTINCT 'iam:' || n."accountId"))
    FROM new_rows n JOIN old_rows o ON o.arn = n.arn
    WHERE (o."accountId", o.kind, o.name, o.details - unread, o."goneAt" IS NULL)
      IS DISTINCT FROM (n."accountId", n.kind, n.name, n.details - unread, n."goneAt" IS NULL)
    HAVING count(*) > 0;
  END IF;
  RETURN NULL;
END $function$;

CREATE TRIGGER note_iam_added
  AFTER INSERT ON public."IamEntity"
  REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_iam();

CREATE TRIGGER note_iam_changed
  AFTER UPDATE ON public."IamEntity"
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_iam();

CREATE TRIGGER note_iam_removed
  AFTER DELETE ON public."IamEntity"
  REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_iam();

CREATE OR REPLACE FUNCTION derived.organization_digest()
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
  SELECT md5(concat_ws('|',
    (SELECT string_agg(concat_ws(' ', id, "managementAccountId"), '|' ORDER BY id)
      FROM "Organization"),
    (SELECT md5(string_agg(jsonb_build_array(id, "parentId", "scpIds", "rcpIds",
      problems)::text, '|' ORDER BY id)) FROM "OrganizationNode"),
    (SELECT md5(string_agg(jsonb_build_array(id, content)::text, '|' ORDER BY id))
      FROM "OrganizationPolicy"),
    (SELECT md5(string_agg(jsonb_build_array(id, "organizationId", "noOrganizationAt" IS NULL,
      "noOrganizationStatedAt" IS NULL)::text,
      '|' ORDER BY id)) FROM "Account" WHERE "removedAt" IS NULL)))
$function$;

CREATE OR REPLACE FUNCTION derived.note_organization()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
DECLARE
  now_said text;
BEGIN
  IF current_setting('claviger.organization_noted', true) = pg_current_xact_id()::text THEN
    RETURN NULL;
  END IF;
  PERFORM set_config('claviger.organization_noted', pg_current_xact_id()::text, true);
  PERFORM 1 FROM derived.access_input WHERE name = 'organization' FOR UPDATE;
  now_said := derived.organization_digest();
  UPDATE derived.access_input SET digest = now_said, version = version + 1,
    changed_at = clock_timestamp()
  WHERE name = 'organization' AND digest IS DISTINCT FROM now_said;
  RETURN NULL;
END $function$;

CREATE CONSTRAINT TRIGGER note_organization
  AFTER INSERT OR DELETE OR UPDATE OF "organizationId", "noOrganizationAt",
    "noOrganizationStatedAt", "removedAt" ON public."Account"
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW
  EXECUTE FUNCTION derived.note_organization();

CREATE CONSTRAINT TRIGGER note_organization
  AFTER INSERT OR DELETE OR UPDATE ON public."Organization"
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW
  EXECUTE FUNCTION derived.note_organization();

CREATE CONSTRAINT TRIGGER note_organization
  AFTER INSERT OR DELETE OR UPDATE ON public."OrganizationNode"
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW
  EXECUTE FUNCTION derived.note_organization();

CREATE CONSTRAINT TRIGGER note_organization
  AFTER INSERT OR DELETE OR UPDATE ON public."OrganizationPolicy"
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW
  EXECUTE FUNCTION derived.note_organization();

CREATE OR REPLACE FUNCTION derived.note_review()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
DECLARE
  review "ExternalReview" := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
BEGIN
  UPDATE derived.external_reach SET review_id = NULL
  WHERE key_arn = review."keyArn" COLLATE "C" AND principal = review."principal" COLLATE "C";
  IF NOT FOUND THEN
    INSERT INTO derived.access_mark (key_arn, account) VALUES (review."keyArn", review."accountId");
  END IF;
  RETURN NULL;
END $function$;

CREATE TRIGGER note_review
  AFTER INSERT OR DELETE OR UPDATE ON public."ExternalReview"
  FOR EACH ROW
  EXECUTE FUNCTION derived.note_review();

CREATE OR REPLACE FUNCTION derived.take_newest_review()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  SELECT e."id", e."decision", e."until", e."basis"
  INTO NEW.review_id, NEW.review_decision, NEW.review_until, NEW.review_basis
  FROM "ExternalReview" e
  WHERE e."keyArn" = NEW.key_arn COLLATE "default"
    AND e."principal" = NEW.principal COLLATE "default"
  ORDER BY e."reviewedAt" DESC, e."id" LIMIT 1;
  RETURN NEW;
END $function$;

CREATE TRIGGER take_newest_review
  BEFORE INSERT OR UPDATE ON derived.external_reach
  FOR EACH ROW
  EXECUTE FUNCTION derived.take_newest_review();

CREATE OR REPLACE FUNCTION derived.keep_access_totals()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  INSERT INTO derived.access_total AS t (account, keys)
  SELECT m.account, CASE TG_OP WHEN 'INSERT' THEN count(*) ELSE -count(*) END FROM moved m GROUP BY
    m.account ORDER BY m.account
  ON CONFLICT (account) DO UPDATE SET keys = t.keys + excluded.keys;
  RETURN NULL;
END $function$;

CREATE TRIGGER keep_access_totals_added
  AFTER INSERT ON derived.access_key
  REFERENCING NEW TABLE AS moved
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.keep_access_totals();

CREATE TRIGGER keep_access_totals_removed
  AFTER DELETE ON derived.access_key
  REFERENCING OLD TABLE AS moved
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.keep_access_totals();

CREATE OR REPLACE FUNCTION derived.drop_access_totals()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  DELETE FROM derived.access_total;
  RETURN NULL;
END $function$;

CREATE TRIGGER drop_access_totals_truncated
  AFTER TRUNCATE ON derived.access_key
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.drop_access_totals();
