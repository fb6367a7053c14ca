-- What the table of grants filters, sorts and counts by, worked out once for each grant: 100,000 of them are then gone through in a
-- few tens of milliseconds. Derived only, as derived.key_row: triggers on "Grant" keep it, nothing else writes it. What depends on
-- other things than the grant itself (is its grantee still there, has it a twin, did a request make it) is asked when it is read.

CREATE TABLE derived.grant_row (
  key_arn         text COLLATE "C" NOT NULL,
  grant_id        text COLLATE "C" NOT NULL,
  account         text COLLATE "C" NOT NULL,
  region          text COLLATE "C" NOT NULL,
  gone            boolean NOT NULL,
  -- For an AWS service, as far as the grant itself shows it (aws-facts 5).
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
  PRIMARY KEY (key_arn, grant_id)
) WITH (fillfactor = 90);
CREATE INDEX grant_row_fingerprint ON derived.grant_row (fingerprint) WHERE NOT gone;
CREATE INDEX grant_row_name_id ON derived.grant_row (name_id) WHERE name_id IS NOT NULL;

CREATE FUNCTION derived.grant_facts(g "Grant") RETURNS SETOF derived.grant_row LANGUAGE sql STABLE AS $$
  SELECT g."keyArn", g."grantId", g."accountId", g.region, g."goneAt" IS NOT NULL, f.service, f.constrained, f.crossing, g."createdAt", p.grantee, g."granteeAccountId",
    p.kind,
    CASE WHEN p.kind <> 'entity' THEN NULL WHEN p.grantee LIKE '%:assumed-role/%' THEN g."granteeAccountId" || '/role/' || split_part(p.grantee, '/', 2) ELSE p.grantee END,
    CASE WHEN f.service THEN '{}'::text[] ELSE array_remove(ARRAY[
      CASE WHEN p.kind = 'account' THEN 'wholeAccount' END,
      CASE WHEN 'CreateGrant' = ANY(g.operations) THEN 'createGrant' END,
      CASE WHEN 'Decrypt' = ANY(g.operations) AND NOT f.constrained AND f.crossing = 'yes' THEN 'decryptAcross' END,
      CASE WHEN (SELECT count(DISTINCT o) FROM unnest(g.operations) o WHERE o NOT IN ('DescribeKey', 'RetireGrant', 'GetPublicKey')) > 7 THEN 'manyOperations' END
    ], NULL) END,
    md5(jsonb_build_array(g."keyArn", p.grantee, (SELECT jsonb_agg(DISTINCT o) FROM unnest(g.operations) o), CASE WHEN f.constrained THEN g.constraints END)::text)::uuid,
    CASE WHEN g.name ~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' THEN g.name::uuid END
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
        WHEN p.kind = 'service' THEN 'notApplicable' ELSE 'unknown' END AS crossing
  ) f
$$;

CREATE FUNCTION derived.keep_grant_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    DELETE FROM derived.grant_row WHERE key_arn = OLD."keyArn" AND grant_id = OLD."grantId";
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO derived.grant_row SELECT * FROM derived.grant_facts(NEW);
  END IF;
  RETURN NULL;
END $$;

-- Most sweeps only move observedAt: those rows never reach the function.
CREATE TRIGGER keep_grant_row AFTER INSERT OR DELETE ON "Grant" FOR EACH ROW EXECUTE FUNCTION derived.keep_grant_row();
CREATE TRIGGER keep_grant_row_changed AFTER UPDATE ON "Grant" FOR EACH ROW
  WHEN ((OLD.name, OLD."createdAt", OLD."granteePrincipal", OLD."granteeServicePrincipal", OLD."granteeAccountId", OLD.operations, OLD.constraints, OLD."issuerClass", OLD."goneAt" IS NULL)
    IS DISTINCT FROM (NEW.name, NEW."createdAt", NEW."granteePrincipal", NEW."granteeServicePrincipal", NEW."granteeAccountId", NEW.operations, NEW.constraints, NEW."issuerClass", NEW."goneAt" IS NULL))
  EXECUTE FUNCTION derived.keep_grant_row();

CREATE FUNCTION derived.drop_all_grant_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM derived.grant_row;
  RETURN NULL;
END $$;
CREATE TRIGGER drop_grant_rows_truncated AFTER TRUNCATE ON "Grant" FOR EACH STATEMENT EXECUTE FUNCTION derived.drop_all_grant_rows();

INSERT INTO derived.grant_row SELECT f.* FROM "Grant" g CROSS JOIN LATERAL derived.grant_facts(g) f;
