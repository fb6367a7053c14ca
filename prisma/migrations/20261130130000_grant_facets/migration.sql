-- What the table of grants is filtered, counted and sorted by is kept in its row and read from one index: whether the grantee is in
-- IAM, whether the grant has a twin, and what change of ours it came from or was adopted by. All three were asked of whole tables
-- for every grant when the page was read.

DROP TRIGGER add_grant_rows ON "Grant";
DROP TRIGGER drop_grant_row ON "Grant";
DROP TRIGGER keep_grant_row_changed ON "Grant";
DROP FUNCTION derived.keep_grant_row();
DROP FUNCTION derived.add_grant_rows();
DROP FUNCTION derived.grant_facts("Grant");
DROP TABLE derived.grant_row;

CREATE TABLE derived.grant_row (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key_arn         text COLLATE "C" NOT NULL,
  grant_id        text COLLATE "C" NOT NULL,
  account         text COLLATE "C" NOT NULL,
  region          text COLLATE "C" NOT NULL,
  gone            boolean NOT NULL,
  -- For an AWS service, as far as the grant itself shows it.
  service         boolean NOT NULL,
  constrained     boolean NOT NULL,
  -- yes, no, notApplicable (a service), unknown
  cross_account   text COLLATE "C" NOT NULL,
  created_at      timestamptz(3),
  grantee         text COLLATE "C",
  grantee_account text COLLATE "C",
  -- service, deleted (a unique id stands for a principal that is gone), account, entity (user, role, session of a role), other
  grantee_kind    text COLLATE "C" NOT NULL,
  -- What of IAM must exist: the ARN of a user or role, or ACCOUNT/role/NAME for a session, whose ARN lacks the path.
  entity          text COLLATE "C",
  -- Why it allows more than it should; words are in lib/grants/flags.ts.
  broad           text[] NOT NULL,
  -- Equal for grants of one key with the same grantee, operations and constraints.
  fingerprint     uuid NOT NULL,
  -- Its Name where that is a uuid: perhaps a change of ours.
  name_id         uuid,
  -- Kept by "IamEntity": the last reading of IAM listed the entity.
  there           boolean NOT NULL,
  -- Kept by "Change": a change of ours made it, or adopted it, and when one ends it.
  made            boolean NOT NULL,
  adopted         boolean NOT NULL,
  ends_at         timestamptz(3),
  -- Another grant of its key is the same.
  twin            boolean NOT NULL DEFAULT false,
  -- The account whose reading of IAM decides whether the grantee exists; null: nothing hangs on one.
  iam_of          text COLLATE "C" GENERATED ALWAYS AS (CASE WHEN grantee_kind = 'account'
    OR grantee_kind = 'entity' AND NOT there THEN grantee_account END) STORED,
  -- What is counted beside account and Region, as the digits of one number: lib/grants/digits.ts has them in the same order.
  facets          integer NOT NULL GENERATED ALWAYS AS (
    (((((((CASE WHEN made THEN 2 WHEN service THEN 0 ELSE 1 END)
    * 4 + CASE WHEN made THEN 0 WHEN adopted THEN 1 WHEN service THEN 2 ELSE 3 END)
    * 6 + CASE grantee_kind WHEN 'service' THEN 0 WHEN 'deleted' THEN 1 WHEN 'account' THEN 2
      WHEN 'entity' THEN CASE WHEN there THEN 3 ELSE 4 END ELSE 5 END)
    * 4 + CASE cross_account WHEN 'yes' THEN 0 WHEN 'no' THEN 1 WHEN 'notApplicable' THEN 2 ELSE 3 END)
    * 2 + CASE WHEN constrained THEN 0 ELSE 1 END)
    * 2 + CASE WHEN twin AND NOT gone THEN 0 ELSE 1 END)
    * 2 + CASE WHEN broad <> '{}' THEN 0 ELSE 1 END)
    * 2 + CASE WHEN NOT service AND NOT gone AND ends_at IS NULL THEN 0 ELSE 1 END) STORED,
  UNIQUE (key_arn, grant_id)
) WITH (fillfactor = 90);

CREATE INDEX "IamEntity_role_name" ON "IamEntity" ("accountId", name) WHERE kind = 'role' AND "goneAt" IS NULL;
CREATE INDEX "Change_of_grant" ON "Change" ("keyArn", (outcome->>'grantId')) WHERE outcome->>'grantId' IS NOT NULL;

-- The kinds of change that make and adopt grants: a test holds them against lib/changes/kinds.
CREATE FUNCTION derived.makes_grant(kind text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT kind = 'grant-create' $$;
CREATE FUNCTION derived.adopts_grant(kind text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT kind = 'grant-adopt' $$;

-- The changes of ours that a grant came from or was adopted by. By the id that AWS answered, else by the grant's Name: not by the
-- Name where another id was answered, since anybody who may make grants can give theirs that name. Failed ones too: an answer that
-- came too late leaves a grant behind. An end counts while it is still to come about.
CREATE FUNCTION derived.causes_of_grant(of_key text, of_grant text, of_name uuid)
  RETURNS TABLE (change_id uuid, made boolean, ends_at timestamptz) LANGUAGE sql STABLE AS $$
  SELECT c.id, derived.makes_grant(c.kind), CASE WHEN c.status IN ('executing', 'applied', 'reverting', 'revertFailed')
    THEN c."endsAt" END
  FROM "Change" c WHERE c."keyArn" = of_key COLLATE "default" AND c.outcome->>'grantId' = of_grant COLLATE "default"
    AND (derived.makes_grant(c.kind) AND c.status IN ('executing', 'applied', 'reverting', 'revertFailed', 'reverted', 'failed', 'drifted')
      OR derived.adopts_grant(c.kind) AND c.status IN ('applied', 'reverting', 'revertFailed', 'reverted'))
  UNION ALL
  SELECT c.id, true, CASE WHEN c.status IN ('executing', 'applied', 'reverting', 'revertFailed') THEN c."endsAt" END
  FROM "Change" c WHERE c.id = of_name AND c."keyArn" = of_key COLLATE "default" AND derived.makes_grant(c.kind)
    AND c.status IN ('executing', 'applied', 'reverting', 'revertFailed', 'reverted', 'failed', 'drifted')
    AND c.sends > 0 AND c.outcome->>'grantId' IS NULL
$$;

-- IAM has the entity, as grant_row names it.
CREATE FUNCTION derived.is_in_iam(entity text) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN entity LIKE 'arn:%'
    THEN EXISTS (SELECT FROM "IamEntity" e WHERE e.arn = entity COLLATE "default" AND e."goneAt" IS NULL AND e.kind IN ('user', 'role'))
    ELSE EXISTS (SELECT FROM "IamEntity" e WHERE e."accountId" = split_part(entity, '/role/', 1) COLLATE "default"
      AND e.name = split_part(entity, '/role/', 2) COLLATE "default" AND e.kind = 'role' AND e."goneAt" IS NULL) END
$$;

CREATE FUNCTION derived.grant_facts(g "Grant") RETURNS TABLE (key_arn text, grant_id text, account text, region text, gone boolean,
  service boolean, constrained boolean, cross_account text, created_at timestamptz, grantee text, grantee_account text,
  grantee_kind text, entity text, broad text[], fingerprint uuid, name_id uuid, there boolean, made boolean, adopted boolean,
  ends_at timestamptz) LANGUAGE sql STABLE AS $$
  SELECT g."keyArn", g."grantId", g."accountId", g.region, g."goneAt" IS NOT NULL, f.service, f.constrained, f.crossing, g."createdAt",
    p.grantee, g."granteeAccountId", p.kind, f.entity,
    CASE WHEN f.service THEN '{}'::text[] ELSE array_remove(ARRAY[
      CASE WHEN p.kind = 'account' THEN 'wholeAccount' END,
      CASE WHEN 'CreateGrant' = ANY(g.operations) THEN 'createGrant' END,
      CASE WHEN 'Decrypt' = ANY(g.operations) AND NOT f.constrained AND f.crossing = 'yes' THEN 'decryptAcross' END,
      CASE WHEN (SELECT count(DISTINCT o) FROM unnest(g.operations) o WHERE o NOT IN ('DescribeKey', 'RetireGrant', 'GetPublicKey')) > 7 THEN 'manyOperations' END
    ], NULL) END,
    md5(jsonb_build_array(g."keyArn", p.grantee, (SELECT jsonb_agg(DISTINCT o) FROM unnest(g.operations) o), CASE WHEN f.constrained THEN g.constraints END)::text)::uuid,
    f.name_id, f.entity IS NOT NULL AND derived.is_in_iam(f.entity), c.made, c.adopted, c.ends_at
  FROM (
    SELECT x.grantee, CASE
      WHEN g."granteeServicePrincipal" IS NOT NULL OR x.grantee ~ '^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$' OR x.grantee ~ '^arn:[^:]+:sts::\d{12}:assumed-role/aws:' THEN 'service'
      WHEN x.grantee ~ '^A(IDA|ROA|GPA|IPA|NPA|NVA|PKA|SCA|BIA|CCA)[A-Z0-9]{8,}(:.*)?$' THEN 'deleted'
      WHEN x.grantee ~ '^\d{12}$' OR x.grantee ~ '^arn:[^:]+:iam::\d{12}:root$' THEN 'account'
      WHEN x.grantee ~ '^arn:[^:]+:iam::\d{12}:(user|role)/' OR x.grantee ~ '^arn:[^:]+:sts::\d{12}:assumed-role/[^/]+/' THEN 'entity'
      ELSE 'other' END AS kind
    FROM (SELECT coalesce(g."granteePrincipal", g."granteeServicePrincipal") AS grantee) x
  ) p, LATERAL (
    SELECT g."issuerClass" = 'awsService' AS service, g.constraints IS NOT NULL AND g.constraints <> 'null'::jsonb AND g.constraints <> '{}'::jsonb AS constrained,
      CASE WHEN g."granteeAccountId" IS NOT NULL THEN CASE WHEN g."granteeAccountId" = g."accountId" THEN 'no' ELSE 'yes' END
        WHEN p.kind = 'service' THEN 'notApplicable' ELSE 'unknown' END AS crossing,
      CASE WHEN p.kind <> 'entity' THEN NULL WHEN p.grantee LIKE '%:assumed-role/%' THEN g."granteeAccountId" || '/role/' || split_part(p.grantee, '/', 2) ELSE p.grantee END AS entity,
      CASE WHEN g.name ~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' THEN g.name::uuid END AS name_id
  ) f, LATERAL (
    SELECT coalesce(bool_or(x.made), false) AS made, coalesce(bool_or(NOT x.made), false) AS adopted, min(x.ends_at) AS ends_at
    FROM derived.causes_of_grant(g."keyArn", g."grantId", f.name_id) x
  ) c
$$;

-- Who writes grants and who writes IAM of an account take turns, since each decides by what the other has written whether a grantee
-- exists. Those who write grants hold up nobody but IAM: they share, and take the accounts in order.
CREATE FUNCTION derived.share_iam_of(accounts text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(7210002, hashtext(account))
  FROM (SELECT DISTINCT a AS account FROM unnest(accounts) a WHERE a IS NOT NULL ORDER BY 1) a;
END $$;

CREATE FUNCTION derived.keep_twins(fingerprints uuid[]) RETURNS void LANGUAGE plpgsql
  SET enable_hashjoin TO off SET enable_mergejoin TO off SET enable_seqscan TO off AS $$
BEGIN
  UPDATE derived.grant_row r SET twin = t.n > 1
  FROM (SELECT f.fingerprint, (SELECT count(*) FROM (SELECT FROM derived.grant_row o
      WHERE o.fingerprint = f.fingerprint AND NOT o.gone LIMIT 2) two) AS n
    FROM (SELECT DISTINCT unnest(fingerprints) AS fingerprint) f) t
  WHERE r.fingerprint = t.fingerprint AND NOT r.gone AND r.twin <> (t.n > 1);
END $$;

CREATE FUNCTION derived.add_grant_rows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  fingerprints uuid[];
BEGIN
  PERFORM derived.share_iam_of((SELECT array_agg(DISTINCT "granteeAccountId") FROM added));
  WITH fresh AS (
    INSERT INTO derived.grant_row (key_arn, grant_id, account, region, gone, service, constrained, cross_account, created_at, grantee,
      grantee_account, grantee_kind, entity, broad, fingerprint, name_id, there, made, adopted, ends_at)
    SELECT f.* FROM added g CROSS JOIN LATERAL derived.grant_facts(g) f
    RETURNING fingerprint
  )
  SELECT array_agg(f.fingerprint) INTO fingerprints FROM fresh f;
  PERFORM derived.keep_twins(fingerprints);
  RETURN NULL;
END $$;

CREATE FUNCTION derived.keep_grant_row() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  before uuid;
BEGIN
  SELECT fingerprint INTO before FROM derived.grant_row WHERE key_arn = OLD."keyArn" AND grant_id = OLD."grantId";
  IF TG_OP = 'DELETE' THEN
    DELETE FROM derived.grant_row WHERE key_arn = OLD."keyArn" AND grant_id = OLD."grantId";
  ELSE
    PERFORM derived.share_iam_of(ARRAY[NEW."granteeAccountId"]);
    UPDATE derived.grant_row r SET (key_arn, grant_id, account, region, gone, service, constrained, cross_account, created_at, grantee,
      grantee_account, grantee_kind, entity, broad, fingerprint, name_id, there, made, adopted, ends_at)
      = (SELECT f.* FROM derived.grant_facts(NEW) f), twin = false
    WHERE r.key_arn = OLD."keyArn" AND r.grant_id = OLD."grantId";
  END IF;
  PERFORM derived.keep_twins((SELECT array_agg(fingerprint) || before FROM derived.grant_row
    WHERE key_arn = NEW."keyArn" AND grant_id = NEW."grantId"));
  RETURN NULL;
END $$;

-- Of a session the role counts, so that a role is known by two names.
CREATE FUNCTION derived.keep_there(entities text[]) RETURNS void LANGUAGE plpgsql
  SET enable_hashjoin TO off SET enable_mergejoin TO off SET enable_seqscan TO off AS $$
BEGIN
  UPDATE derived.grant_row r SET there = NOT r.there
  FROM unnest(entities) e(entity) WHERE r.entity = e.entity AND r.there <> derived.is_in_iam(r.entity);
END $$;

CREATE FUNCTION derived.note_grantees() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  accounts text[];
  entities text[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT array_agg(DISTINCT m."accountId"), array_agg(m.arn) || array_agg(m."accountId" || '/role/' || m.name)
    INTO accounts, entities FROM new_rows m WHERE m.kind IN ('user', 'role');
  ELSIF TG_OP = 'DELETE' THEN
    SELECT array_agg(DISTINCT m."accountId"), array_agg(m.arn) || array_agg(m."accountId" || '/role/' || m.name)
    INTO accounts, entities FROM old_rows m WHERE m.kind IN ('user', 'role');
  ELSE
    SELECT array_agg(DISTINCT m."accountId"), array_agg(m.arn) || array_agg(m."accountId" || '/role/' || m.name)
      || array_agg(o."accountId" || '/role/' || o.name)
    INTO accounts, entities FROM new_rows m JOIN old_rows o ON o.arn = m.arn
    WHERE (o."accountId", o.kind, o.name, o."goneAt" IS NULL) IS DISTINCT FROM (m."accountId", m.kind, m.name, m."goneAt" IS NULL);
  END IF;
  IF entities IS NULL THEN
    RETURN NULL;
  END IF;
  PERFORM pg_advisory_xact_lock(7210002, hashtext(account)) FROM (SELECT unnest(accounts) AS account ORDER BY 1) a;
  PERFORM derived.keep_there(entities);
  RETURN NULL;
END $$;

CREATE FUNCTION derived.forget_grantees() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE derived.grant_row SET there = false WHERE there;
  RETURN NULL;
END $$;

-- Who writes the grants of a key holds its row: whichever of the two comes second sees what the first has written.
CREATE FUNCTION derived.keep_causes(changes uuid[], keys text[], grants text[]) RETURNS void LANGUAGE plpgsql
  SET enable_hashjoin TO off SET enable_mergejoin TO off SET enable_seqscan TO off AS $$
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
END $$;

CREATE FUNCTION derived.note_causes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  changes uuid[];
  keys text[];
  grants text[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT array_agg(m.id), array_agg(m."keyArn"), array_agg(m.outcome->>'grantId') INTO changes, keys, grants
    FROM new_rows m WHERE derived.makes_grant(m.kind) OR derived.adopts_grant(m.kind);
  ELSIF TG_OP = 'DELETE' THEN
    SELECT array_agg(m.id), array_agg(m."keyArn"), array_agg(m.outcome->>'grantId') INTO changes, keys, grants
    FROM old_rows m WHERE derived.makes_grant(m.kind) OR derived.adopts_grant(m.kind);
  ELSE
    SELECT array_agg(m.id), array_agg(m."keyArn") || array_agg(o."keyArn"),
      array_agg(m.outcome->>'grantId') || array_agg(o.outcome->>'grantId') INTO changes, keys, grants
    FROM new_rows m JOIN old_rows o ON o.id = m.id
    WHERE (derived.makes_grant(m.kind) OR derived.adopts_grant(m.kind))
      AND (o.status, o.outcome->>'grantId', o."endsAt", o.sends > 0) IS DISTINCT FROM (m.status, m.outcome->>'grantId', m."endsAt", m.sends > 0);
  END IF;
  IF changes IS NOT NULL THEN
    PERFORM derived.keep_causes(changes, keys, grants);
  END IF;
  RETURN NULL;
END $$;

INSERT INTO derived.grant_row (key_arn, grant_id, account, region, gone, service, constrained, cross_account, created_at, grantee,
  grantee_account, grantee_kind, entity, broad, fingerprint, name_id, there, made, adopted, ends_at, twin)
SELECT f.*, NOT f.gone AND count(*) FILTER (WHERE NOT f.gone) OVER (PARTITION BY f.fingerprint) > 1
FROM "Grant" g CROSS JOIN LATERAL derived.grant_facts(g) f;

-- All that is filtered, counted and sorted by but texts: read alone, without the rows.
CREATE INDEX grant_row_facets ON derived.grant_row (gone, account, region, facets, iam_of, created_at, ends_at, id);
-- The table of grants begins with the youngest.
CREATE INDEX grant_row_age ON derived.grant_row (created_at DESC NULLS LAST, id) INCLUDE (account, region, facets, iam_of, ends_at)
  WHERE NOT gone;
CREATE INDEX grant_row_fingerprint ON derived.grant_row (fingerprint) WHERE NOT gone;
CREATE INDEX grant_row_name_id ON derived.grant_row (name_id) WHERE name_id IS NOT NULL;
CREATE INDEX grant_row_entity ON derived.grant_row (entity) WHERE entity IS NOT NULL;

-- How many grants each digit finds: without it PostgreSQL expects a handful, and sorts 300,000 rows to group them.
CREATE STATISTICS derived.grant_row_issuer_class ON ((ARRAY['awsService', 'human', 'claviger'])[1 + facets / 1536 % 3]) FROM derived.grant_row;
CREATE STATISTICS derived.grant_row_known ON ((ARRAY['request', 'adopted', 'awsService', 'nobody'])[1 + facets / 384 % 4]) FROM derived.grant_row;
CREATE STATISTICS derived.grant_row_cross_account ON ((ARRAY['yes', 'no', 'notApplicable', 'unknown'])[1 + facets / 16 % 4]) FROM derived.grant_row;
CREATE STATISTICS derived.grant_row_constrained ON ((ARRAY['yes', 'no'])[1 + facets / 8 % 2]) FROM derived.grant_row;
CREATE STATISTICS derived.grant_row_duplicate ON (facets / 4 % 2) FROM derived.grant_row;
CREATE STATISTICS derived.grant_row_over_broad ON (facets / 2 % 2) FROM derived.grant_row;
CREATE STATISTICS derived.grant_row_without_end ON (facets / 1 % 2) FROM derived.grant_row;
CREATE STATISTICS derived.grant_row_across ON (facets / 16 % 4) FROM derived.grant_row;
CREATE STATISTICS derived.grant_row_grantee ON (facets / 64 % 6) FROM derived.grant_row;

CREATE TRIGGER add_grant_rows AFTER INSERT ON "Grant" REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION derived.add_grant_rows();
CREATE TRIGGER drop_grant_row AFTER DELETE ON "Grant" FOR EACH ROW EXECUTE FUNCTION derived.keep_grant_row();
CREATE TRIGGER keep_grant_row_changed AFTER UPDATE ON "Grant" FOR EACH ROW
  WHEN (OLD.name IS DISTINCT FROM NEW.name OR OLD."createdAt" IS DISTINCT FROM NEW."createdAt"
    OR OLD."granteePrincipal" IS DISTINCT FROM NEW."granteePrincipal" OR OLD."granteeServicePrincipal" IS DISTINCT FROM NEW."granteeServicePrincipal"
    OR OLD."granteeAccountId" IS DISTINCT FROM NEW."granteeAccountId" OR OLD.operations IS DISTINCT FROM NEW.operations
    OR OLD.constraints IS DISTINCT FROM NEW.constraints OR OLD."issuerClass" IS DISTINCT FROM NEW."issuerClass"
    OR (OLD."goneAt" IS NULL) IS DISTINCT FROM (NEW."goneAt" IS NULL))
  EXECUTE FUNCTION derived.keep_grant_row();

CREATE TRIGGER note_grantees_added AFTER INSERT ON "IamEntity" REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.note_grantees();
CREATE TRIGGER note_grantees_changed AFTER UPDATE ON "IamEntity" REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.note_grantees();
CREATE TRIGGER note_grantees_removed AFTER DELETE ON "IamEntity" REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.note_grantees();
CREATE TRIGGER forget_grantees_truncated AFTER TRUNCATE ON "IamEntity" FOR EACH STATEMENT EXECUTE FUNCTION derived.forget_grantees();

CREATE TRIGGER note_causes_added AFTER INSERT ON "Change" REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.note_causes();
CREATE TRIGGER note_causes_changed AFTER UPDATE ON "Change" REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.note_causes();
CREATE TRIGGER note_causes_removed AFTER DELETE ON "Change" REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION derived.note_causes();

ANALYZE derived.grant_row;
