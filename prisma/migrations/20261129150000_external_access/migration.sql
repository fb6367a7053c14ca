-- Who beyond its account reaches a key, kept as facts. What they guarantee is written down in lib/access/README.md.

-- Inputs that many keys share: 'organization', 'iam:ACCOUNT', and 'verdict' (the evaluator itself). `version` rises in the transaction
-- that changes the input; `spread` is the version whose keys have been marked.
CREATE TABLE derived.access_input (
  name       text COLLATE "C" PRIMARY KEY,
  version    bigint NOT NULL DEFAULT 0,
  spread     bigint NOT NULL DEFAULT 0,
  changed_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  -- Of the organization: what its rows said, so that reading the same again changes nothing.
  digest     text
);
INSERT INTO derived.access_input (name) VALUES ('organization'), ('verdict');

-- "This key needs evaluation". Only ever inserted by who changes an input, in their transaction: two of them never wait for each
-- other, and an evaluation deletes exactly the marks that its snapshot saw. So a second mark of one key is no mistake.
CREATE TABLE derived.access_mark (
  id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key_arn   text COLLATE "C" NOT NULL,
  account   text COLLATE "C" NOT NULL,
  marked_at timestamptz(3) NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX access_mark_key ON derived.access_mark (key_arn);

-- A key as it was last evaluated. `accounts`: other accounts whose IAM its verdict hangs on.
CREATE TABLE derived.access_key (
  key_arn      text COLLATE "C" PRIMARY KEY,
  account      text COLLATE "C" NOT NULL,
  accounts     text[] NOT NULL,
  policy_read  boolean NOT NULL,
  grants_read  boolean NOT NULL,
  -- Why it could not be evaluated; null: it was.
  problem      text,
  evaluated_at timestamptz(3) NOT NULL
) WITH (fillfactor = 85);
CREATE INDEX access_key_accounts ON derived.access_key USING gin (accounts) WHERE accounts <> '{}';
CREATE INDEX access_key_account ON derived.access_key (account);
CREATE INDEX access_key_unread ON derived.access_key (account) WHERE NOT policy_read OR NOT grants_read OR problem IS NOT NULL;

-- One row for each principal beyond a key's account that can or might use the key.
CREATE TABLE derived.external_reach (
  key_arn           text COLLATE "C" NOT NULL,
  principal         text COLLATE "C" NOT NULL,
  account           text COLLATE "C" NOT NULL,
  region            text COLLATE "C" NOT NULL,
  name              text NOT NULL,
  -- Of the key, as it was evaluated: new aliases mark it.
  aliases           text[] NOT NULL,
  principal_account text COLLATE "C",
  -- organization, outside, anyone
  nearness          text COLLATE "C" NOT NULL,
  -- Ids of abilities, in the order of the columns.
  abilities         text[] NOT NULL,
  -- statement, grant
  roads             text[] NOT NULL,
  -- sha-256 of the statements and grants that let it in; what a review was about.
  basis             text COLLATE "C" NOT NULL,
  -- ExternalReach of lib/access/external.ts
  reach             jsonb NOT NULL,
  search_text       text COLLATE "C" NOT NULL,
  -- Since when the principal reaches the key, as far as known. It outlives a change of the roads in, not a gap.
  since             timestamptz(3) NOT NULL,
  evaluated_at      timestamptz(3) NOT NULL,
  PRIMARY KEY (key_arn, principal)
) WITH (fillfactor = 85);
CREATE INDEX external_reach_account ON derived.external_reach (account);

-- ── Marks ────────────────────────────────────────────────────────────────────────────────────────────────────────────

CREATE FUNCTION derived.mark_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    INSERT INTO derived.access_mark (key_arn, account) VALUES (OLD.arn, OLD."accountId");
  ELSE
    INSERT INTO derived.access_mark (key_arn, account) VALUES (NEW.arn, NEW."accountId");
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER mark_key AFTER INSERT OR DELETE ON "Key" FOR EACH ROW EXECUTE FUNCTION derived.mark_key();
-- Most sweeps only move times: those rows never reach the function.
CREATE TRIGGER mark_key_changed AFTER UPDATE ON "Key" FOR EACH ROW
  WHEN ((OLD."accountId", OLD.region, OLD."keySpec", OLD."keyUsage", OLD.origin, OLD."keyManager", OLD.scope, OLD.tags, OLD.aliases,
      OLD."aliasesAt" IS NULL, OLD."policyHash", OLD."grantsAt" IS NULL, OLD."goneAt" IS NULL)
    IS DISTINCT FROM (NEW."accountId", NEW.region, NEW."keySpec", NEW."keyUsage", NEW.origin, NEW."keyManager", NEW.scope, NEW.tags,
      NEW.aliases, NEW."aliasesAt" IS NULL, NEW."policyHash", NEW."grantsAt" IS NULL, NEW."goneAt" IS NULL))
  EXECUTE FUNCTION derived.mark_key();

-- A grant lets in its grantee and nobody else: within the key's account it opens nothing to the outside.
CREATE FUNCTION derived.is_foreign_grantee(grantee text, account text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(grantee <> account AND grantee !~ ('^arn:[^:]+:(iam|sts)::' || account || ':'), false)
$$;

CREATE FUNCTION derived.mark_granted_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND derived.is_foreign_grantee(OLD."granteePrincipal", OLD."accountId") THEN
    INSERT INTO derived.access_mark (key_arn, account) VALUES (OLD."keyArn", OLD."accountId");
  ELSIF TG_OP <> 'DELETE' AND derived.is_foreign_grantee(NEW."granteePrincipal", NEW."accountId") THEN
    INSERT INTO derived.access_mark (key_arn, account) VALUES (NEW."keyArn", NEW."accountId");
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER mark_granted_key AFTER INSERT OR DELETE ON "Grant" FOR EACH ROW EXECUTE FUNCTION derived.mark_granted_key();
CREATE TRIGGER mark_granted_key_changed AFTER UPDATE ON "Grant" FOR EACH ROW
  WHEN ((OLD.name, OLD."createdAt", OLD."granteePrincipal", OLD."retiringPrincipal", OLD."retiringServicePrincipal", OLD."issuingAccount",
      OLD.operations, OLD.constraints, OLD."goneAt" IS NULL)
    IS DISTINCT FROM (NEW.name, NEW."createdAt", NEW."granteePrincipal", NEW."retiringPrincipal", NEW."retiringServicePrincipal",
      NEW."issuingAccount", NEW.operations, NEW.constraints, NEW."goneAt" IS NULL))
  EXECUTE FUNCTION derived.mark_granted_key();

CREATE FUNCTION derived.raise_access_inputs(names text[]) RETURNS void LANGUAGE sql AS $$
  INSERT INTO derived.access_input AS i (name, version) SELECT name, 1 FROM (SELECT DISTINCT unnest(names) AS name) n ORDER BY name
  ON CONFLICT (name) DO UPDATE SET version = i.version + 1, changed_at = clock_timestamp()
$$;

CREATE FUNCTION derived.note_iam() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM derived.raise_access_inputs(array_agg(DISTINCT 'iam:' || "accountId")) FROM new_rows HAVING count(*) > 0;
  ELSIF TG_OP = 'DELETE' THEN
    PERFORM derived.raise_access_inputs(array_agg(DISTINCT 'iam:' || "accountId")) FROM old_rows HAVING count(*) > 0;
  ELSE
    PERFORM derived.raise_access_inputs(array_agg(DISTINCT 'iam:' || n."accountId"))
    FROM new_rows n JOIN old_rows o ON o.arn = n.arn
    WHERE (o."accountId", o.kind, o.name, o.details, o."goneAt" IS NULL) IS DISTINCT FROM (n."accountId", n.kind, n.name, n.details, n."goneAt" IS NULL)
    HAVING count(*) > 0;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER note_iam_added AFTER INSERT ON "IamEntity" REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.note_iam();
CREATE TRIGGER note_iam_changed AFTER UPDATE ON "IamEntity" REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION derived.note_iam();
CREATE TRIGGER note_iam_removed AFTER DELETE ON "IamEntity" REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.note_iam();

-- A sweep deletes the tree and writes it anew. What it says is compared as it stands at the end of the transaction.
CREATE FUNCTION derived.organization_digest() RETURNS text LANGUAGE sql STABLE AS $$
  SELECT md5(concat_ws('|',
    (SELECT string_agg(concat_ws(' ', id, "managementAccountId"), '|' ORDER BY id) FROM "Organization"),
    (SELECT md5(string_agg(jsonb_build_array(id, "parentId", "scpIds", "rcpIds", problems)::text, '|' ORDER BY id)) FROM "OrganizationNode"),
    (SELECT md5(string_agg(jsonb_build_array(id, content)::text, '|' ORDER BY id)) FROM "OrganizationPolicy"),
    (SELECT md5(string_agg(jsonb_build_array(id, "organizationId", "noOrganizationAt" IS NULL, "noOrganizationStatedAt" IS NULL)::text,
      '|' ORDER BY id)) FROM "Account" WHERE "removedAt" IS NULL)))
$$;
-- Once a transaction, at its end: of the many rows of a tree only the first comes this far.
CREATE FUNCTION derived.note_organization() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  now_said text;
BEGIN
  IF current_setting('claviger.organization_noted', true) = pg_current_xact_id()::text THEN
    RETURN NULL;
  END IF;
  PERFORM set_config('claviger.organization_noted', pg_current_xact_id()::text, true);
  now_said := derived.organization_digest();
  UPDATE derived.access_input SET digest = now_said, version = version + 1, changed_at = clock_timestamp()
  WHERE name = 'organization' AND digest IS DISTINCT FROM now_said;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER note_organization AFTER INSERT OR UPDATE OR DELETE ON "Organization" DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION derived.note_organization();
CREATE CONSTRAINT TRIGGER note_organization AFTER INSERT OR UPDATE OR DELETE ON "OrganizationNode" DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION derived.note_organization();
CREATE CONSTRAINT TRIGGER note_organization AFTER INSERT OR UPDATE OR DELETE ON "OrganizationPolicy" DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION derived.note_organization();
-- How an account stands towards organizations: found in one, in none as AWS or a person says, or not known.
CREATE CONSTRAINT TRIGGER note_organization AFTER INSERT OR DELETE OR UPDATE OF "organizationId", "noOrganizationAt",
  "noOrganizationStatedAt", "removedAt" ON "Account" DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION derived.note_organization();

UPDATE derived.access_input SET digest = derived.organization_digest() WHERE name = 'organization';
INSERT INTO derived.access_mark (key_arn, account) SELECT arn, "accountId" FROM "Key" WHERE "goneAt" IS NULL;
