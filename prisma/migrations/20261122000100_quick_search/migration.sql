-- What quick search finds beside keys, in one narrow place: IAM entities carry their documents and are slow to walk through.
-- Derived only, as derived.key_row: triggers keep it.

CREATE TABLE derived.found (
  kind        text COLLATE "C" NOT NULL,
  id          text COLLATE "C" NOT NULL,
  account     text COLLATE "C" NOT NULL,
  label       text COLLATE "C" NOT NULL,
  detail      text COLLATE "C" NOT NULL,
  search_text text COLLATE "C" NOT NULL,
  PRIMARY KEY (kind, id)
) WITH (fillfactor = 90);
CREATE INDEX found_search ON derived.found USING gin (search_text gin_trgm_ops);

CREATE FUNCTION derived.keep_found_principal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR NEW."goneAt" IS NOT NULL OR NEW.kind NOT IN ('user', 'role', 'group') THEN
    DELETE FROM derived.found WHERE kind = 'principal' AND id = OLD.arn;
    RETURN NULL;
  END IF;
  INSERT INTO derived.found VALUES ('principal', NEW.arn, NEW."accountId", NEW.name, NEW.kind, lower(concat_ws(' ', NEW.name, NEW.arn, NEW."uniqueId")))
  ON CONFLICT (kind, id) DO UPDATE SET account = excluded.account, label = excluded.label, detail = excluded.detail, search_text = excluded.search_text
  WHERE found.search_text <> excluded.search_text OR found.detail <> excluded.detail;
  RETURN NULL;
END $$;

CREATE FUNCTION derived.keep_found_grant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR NEW."goneAt" IS NOT NULL THEN
    DELETE FROM derived.found WHERE kind = 'grant' AND id = OLD."keyArn" || '#' || OLD."grantId";
    RETURN NULL;
  END IF;
  INSERT INTO derived.found VALUES ('grant', NEW."keyArn" || '#' || NEW."grantId", NEW."accountId",
    coalesce(nullif(NEW.name, ''), NEW."grantId"), coalesce(NEW."granteePrincipal", NEW."granteeServicePrincipal", ''),
    lower(concat_ws(' ', NEW."grantId", NEW.name, NEW."granteePrincipal", NEW."granteeServicePrincipal", NEW."retiringPrincipal", NEW."retiringServicePrincipal")))
  ON CONFLICT (kind, id) DO UPDATE SET account = excluded.account, label = excluded.label, detail = excluded.detail, search_text = excluded.search_text
  WHERE found.search_text <> excluded.search_text;
  RETURN NULL;
END $$;

-- Most sweeps only move observedAt: those rows never reach the functions.
CREATE TRIGGER keep_found_principal AFTER INSERT OR DELETE ON "IamEntity" FOR EACH ROW EXECUTE FUNCTION derived.keep_found_principal();
CREATE TRIGGER keep_found_principal_changed AFTER UPDATE ON "IamEntity" FOR EACH ROW
  WHEN ((OLD.name, OLD.kind, OLD."uniqueId", OLD."goneAt") IS DISTINCT FROM (NEW.name, NEW.kind, NEW."uniqueId", NEW."goneAt"))
  EXECUTE FUNCTION derived.keep_found_principal();
CREATE TRIGGER keep_found_grant AFTER INSERT OR DELETE ON "Grant" FOR EACH ROW EXECUTE FUNCTION derived.keep_found_grant();
CREATE TRIGGER keep_found_grant_changed AFTER UPDATE ON "Grant" FOR EACH ROW
  WHEN ((OLD.name, OLD."granteePrincipal", OLD."granteeServicePrincipal", OLD."retiringPrincipal", OLD."retiringServicePrincipal", OLD."goneAt")
    IS DISTINCT FROM (NEW.name, NEW."granteePrincipal", NEW."granteeServicePrincipal", NEW."retiringPrincipal", NEW."retiringServicePrincipal", NEW."goneAt"))
  EXECUTE FUNCTION derived.keep_found_grant();

CREATE FUNCTION derived.drop_found() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM derived.found WHERE kind = TG_ARGV[0];
  RETURN NULL;
END $$;
CREATE TRIGGER drop_found_truncated AFTER TRUNCATE ON "IamEntity" FOR EACH STATEMENT EXECUTE FUNCTION derived.drop_found('principal');
CREATE TRIGGER drop_found_truncated AFTER TRUNCATE ON "Grant" FOR EACH STATEMENT EXECUTE FUNCTION derived.drop_found('grant');

INSERT INTO derived.found
SELECT 'principal', arn, "accountId", name, kind, lower(concat_ws(' ', name, arn, "uniqueId")) FROM "IamEntity" WHERE "goneAt" IS NULL AND kind IN ('user', 'role', 'group')
UNION ALL
SELECT 'grant', "keyArn" || '#' || "grantId", "accountId", coalesce(nullif(name, ''), "grantId"), coalesce("granteePrincipal", "granteeServicePrincipal", ''),
  lower(concat_ws(' ', "grantId", name, "granteePrincipal", "granteeServicePrincipal", "retiringPrincipal", "retiringServicePrincipal")) FROM "Grant" WHERE "goneAt" IS NULL;
