-- What the quick search finds beside keys and accounts.
-- As the migrations leave it: a test compares these definitions with a migrated database.

CREATE OR REPLACE FUNCTION derived.keep_found_principal()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF TG_OP = 'DELETE' OR NEW."goneAt" IS NOT NULL OR NEW.kind NOT IN ('user', 'role', 'group') THEN
    DELETE FROM derived.found WHERE kind = 'principal' AND id = OLD.arn;
    RETURN NULL;
  END IF;
  INSERT INTO derived.found VALUES ('principal', NEW.arn, NEW."accountId", NEW.name, NEW.kind,
    lower(concat_ws(' ', NEW.name, NEW.arn, NEW."uniqueId")))
  ON CONFLICT (kind, id) DO UPDATE SET account = excluded.account, label = excluded.label,
    detail = excluded.detail, search_text = excluded.search_text
  WHERE found.search_text <> excluded.search_text OR found.detail <> excluded.detail;
  RETURN NULL;
END $function$;

CREATE TRIGGER keep_found_principal
  AFTER INSERT OR DELETE ON public."IamEntity"
  FOR EACH ROW
  EXECUTE FUNCTION derived.keep_found_principal();

CREATE TRIGGER keep_found_principal_changed
  AFTER UPDATE ON public."IamEntity"
  FOR EACH ROW
  WHEN (((((old.name IS DISTINCT FROM new.name) OR (old.kind IS DISTINCT FROM new.kind))
    OR (old."uniqueId" IS DISTINCT FROM new."uniqueId"))
    OR (old."goneAt" IS DISTINCT FROM new."goneAt")))
  EXECUTE FUNCTION derived.keep_found_principal();

-- What the constraints of a grant name: the values of its encryption context, and its source.
CREATE OR REPLACE FUNCTION derived.constraint_texts(constraints jsonb)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  SELECT string_agg(CASE jsonb_typeof(c.value)
      WHEN 'object' THEN (SELECT string_agg(v.value, ' ') FROM jsonb_each_text(c.value) v)
      WHEN 'string' THEN c.value #>> '{}' END, ' ')
  FROM jsonb_each(CASE jsonb_typeof(constraints) WHEN 'object' THEN constraints END) c
$function$;

CREATE OR REPLACE FUNCTION derived.keep_found_grant()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF TG_OP = 'DELETE' OR NEW."goneAt" IS NOT NULL THEN
    DELETE FROM derived.found WHERE kind = 'grant' AND id = OLD."keyArn" || '#' || OLD."grantId";
    RETURN NULL;
  END IF;
  INSERT INTO derived.found VALUES ('grant', NEW."keyArn" || '#' || NEW."grantId", NEW."accountId",
    coalesce(nullif(NEW.name, ''), NEW."grantId"), coalesce(NEW."granteePrincipal",
      NEW."granteeServicePrincipal", ''),
    lower(concat_ws(' ', NEW."grantId", NEW.name, NEW."granteePrincipal",
      NEW."granteeServicePrincipal", NEW."retiringPrincipal", NEW."retiringServicePrincipal",
      derived.constraint_texts(NEW.constraints))))
  ON CONFLICT (kind, id) DO UPDATE SET account = excluded.account, label = excluded.label,
    detail = excluded.detail, search_text = excluded.search_text
  WHERE found.search_text <> excluded.search_text;
  RETURN NULL;
END $function$;

CREATE TRIGGER keep_found_grant
  AFTER INSERT OR DELETE ON public."Grant"
  FOR EACH ROW
  EXECUTE FUNCTION derived.keep_found_grant();

CREATE TRIGGER keep_found_grant_changed
  AFTER UPDATE ON public."Grant"
  FOR EACH ROW
  WHEN (((((((old.name IS DISTINCT FROM new.name)
    OR (old."granteePrincipal" IS DISTINCT FROM new."granteePrincipal"))
    OR (old."granteeServicePrincipal" IS DISTINCT FROM new."granteeServicePrincipal"))
    OR (old."retiringPrincipal" IS DISTINCT FROM new."retiringPrincipal"))
    OR (old."retiringServicePrincipal" IS DISTINCT FROM new."retiringServicePrincipal"))
    OR (old."goneAt" IS DISTINCT FROM new."goneAt")))
  EXECUTE FUNCTION derived.keep_found_grant();

CREATE OR REPLACE FUNCTION derived.drop_found()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  DELETE FROM derived.found WHERE kind = TG_ARGV[0];
  RETURN NULL;
END $function$;

CREATE TRIGGER drop_found_truncated
  AFTER TRUNCATE ON public."Grant"
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.drop_found('grant');

CREATE TRIGGER drop_found_truncated
  AFTER TRUNCATE ON public."IamEntity"
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.drop_found('principal');
