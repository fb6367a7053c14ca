-- What the table of keys filters, sorts and counts by, narrow enough to go through 100,000 keys in a few milliseconds: "Key" itself
-- carries KeyMetadata and problems and is ten times as wide. Derived only: triggers on "Key" keep it, nothing else writes it. It
-- stands in a schema of its own because Prisma does not know it (drift looks at public).

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE SCHEMA derived;

-- The nine things that are counted, once per combination: counting 100,000 keys is then one GROUP BY over one integer.
-- Rows are never changed or removed, so a process may remember them. 'unknown' stands for what is not known.
CREATE TABLE derived.key_facets (
  id         integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account    text COLLATE "C" NOT NULL,
  region     text COLLATE "C" NOT NULL,
  state      text COLLATE "C" NOT NULL,
  spec       text COLLATE "C" NOT NULL,
  usage      text COLLATE "C" NOT NULL,
  origin     text COLLATE "C" NOT NULL,
  manager    text COLLATE "C" NOT NULL,
  scope      text COLLATE "C" NOT NULL,
  rotation   text COLLATE "C" NOT NULL,
  UNIQUE (account, region, state, spec, usage, origin, manager, scope, rotation)
);

-- Sorted and filtered by. Fixed widths first: they are cheap to reach. Of alias and owner NULL is unknown, '' is known to be none.
CREATE TABLE derived.key_row (
  id                   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  facets               integer NOT NULL,
  gone                 boolean NOT NULL,
  -- GetKeyLastUsage answered: no last_used_at then means none since unused_since.
  use_known            boolean NOT NULL,
  created_at           timestamptz(3),
  deletion_at          timestamptz(3),
  valid_to             timestamptz(3),
  next_rotation_at     timestamptz(3),
  last_rotated_at      timestamptz(3),
  last_used_at         timestamptz(3),
  -- No use is recorded since then: the last use, else since when AWS tracks; NULL is unknown.
  unused_since         timestamptz(3),
  monthly_cost_usd     double precision,
  grant_count          integer,
  grants_by_people     integer,
  grants_cross_account integer,
  rotation_period_days integer,
  on_demand_used       integer,
  -- The first alias, without "alias/".
  alias                text COLLATE "C",
  owner                text COLLATE "C"
) WITH (fillfactor = 85);
CREATE INDEX key_row_facets ON derived.key_row (facets) WHERE NOT gone;

-- Looked through only when a filter asks for it, and by quick search.
CREATE TABLE derived.key_text (
  id          bigint PRIMARY KEY,
  arn         text COLLATE "C" NOT NULL UNIQUE,
  key_id      text COLLATE "C" NOT NULL,
  description text COLLATE "C",
  -- Every alias without "alias/", lower case, each between line breaks; NULL is unknown.
  alias_text  text COLLATE "C",
  tags        jsonb,
  search_text text COLLATE "C" NOT NULL
) WITH (fillfactor = 85);
CREATE INDEX key_text_key_id ON derived.key_text (key_id);
CREATE INDEX key_text_search ON derived.key_text USING gin (search_text gin_trgm_ops);
CREATE INDEX key_text_alias ON derived.key_text USING gin (alias_text gin_trgm_ops);
CREATE INDEX key_text_tags ON derived.key_text USING gin (tags jsonb_path_ops);
CREATE INDEX key_row_alias ON derived.key_row (lower(alias)) WHERE alias <> '';

CREATE FUNCTION derived.alias_text(aliases text[]) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT lower(E'\n' || string_agg(regexp_replace(a, '^alias/', ''), E'\n') || E'\n') FROM unnest(aliases) a $$;

-- Statement by statement, not row by row: a sweep writes thousands of keys at once. Only what differs is written. plpgsql keeps
-- the plan of the first call, which may have been about one key or about all: loops over indexes are right for every later one.
CREATE FUNCTION derived.keep_key_rows() RETURNS trigger LANGUAGE plpgsql
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
BEGIN
  INSERT INTO derived.key_facets (account, region, state, spec, usage, origin, manager, scope, rotation)
  SELECT DISTINCT c."accountId", c.region, COALESCE(c."keyState", 'unknown'), COALESCE(c."keySpec", 'unknown'), COALESCE(c."keyUsage", 'unknown'),
      COALESCE(c.origin, 'unknown'), COALESCE(c."keyManager", 'unknown'), COALESCE(c.scope, 'unknown'), c.rotation
  FROM changed c
  WHERE NOT EXISTS (SELECT FROM derived.key_facets f
    WHERE (f.account, f.region, f.state, f.spec, f.usage, f.origin, f.manager, f.scope, f.rotation) = (c."accountId", c.region, COALESCE(c."keyState", 'unknown'), COALESCE(c."keySpec", 'unknown'), COALESCE(c."keyUsage", 'unknown'),
      COALESCE(c.origin, 'unknown'), COALESCE(c."keyManager", 'unknown'), COALESCE(c.scope, 'unknown'), c.rotation))
  ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9
  ON CONFLICT DO NOTHING;

  WITH s AS MATERIALIZED (
    SELECT t.id, k.arn, k."keyId" AS key_id, f.id AS facets, k."goneAt" IS NOT NULL AS gone, k."lastUseAt" IS NOT NULL AS use_known,
      k."createdAt" AS created_at, k."deletionAt" AS deletion_at, k."validTo" AS valid_to,
      k."nextRotationAt" AS next_rotation_at, k."lastRotatedAt" AS last_rotated_at, k."lastUsedAt" AS last_used_at,
      COALESCE(k."lastUsedAt", CASE WHEN k."lastUseAt" IS NOT NULL THEN k."usageTrackedSince" END) AS unused_since,
      k."monthlyCostUsd" AS monthly_cost_usd, k."grantCount" AS grant_count, k."grantsByPeople" AS grants_by_people,
      k."grantsCrossAccount" AS grants_cross_account, k."rotationPeriodDays" AS rotation_period_days, k."onDemandUsed" AS on_demand_used,
      CASE WHEN a.known THEN COALESCE(regexp_replace(k.aliases[1], '^alias/', ''), '') END AS alias,
      COALESCE(k.owner, CASE WHEN k.tags IS NOT NULL THEN '' END) AS owner,
      k.description, CASE WHEN a.known THEN COALESCE(derived.alias_text(k.aliases), '') END AS alias_text, k.tags, k."searchText" AS search_text
    FROM changed k
    CROSS JOIN LATERAL (SELECT k."aliasesAt" IS NOT NULL OR cardinality(k.aliases) > 0 AS known) a
    JOIN derived.key_facets f ON (f.account, f.region, f.state, f.spec, f.usage, f.origin, f.manager, f.scope, f.rotation)
      = (k."accountId", k.region, COALESCE(k."keyState", 'unknown'), COALESCE(k."keySpec", 'unknown'), COALESCE(k."keyUsage", 'unknown'),
      COALESCE(k.origin, 'unknown'), COALESCE(k."keyManager", 'unknown'), COALESCE(k.scope, 'unknown'), k.rotation)
    LEFT JOIN derived.key_text t ON t.arn = k.arn
  ), rewritten_rows AS (
    UPDATE derived.key_row r SET
      facets = s.facets, gone = s.gone, use_known = s.use_known, created_at = s.created_at, deletion_at = s.deletion_at,
      valid_to = s.valid_to, next_rotation_at = s.next_rotation_at, last_rotated_at = s.last_rotated_at,
      last_used_at = s.last_used_at, unused_since = s.unused_since, monthly_cost_usd = s.monthly_cost_usd,
      grant_count = s.grant_count, grants_by_people = s.grants_by_people, grants_cross_account = s.grants_cross_account,
      rotation_period_days = s.rotation_period_days, on_demand_used = s.on_demand_used, alias = s.alias, owner = s.owner
    FROM s
    WHERE r.id = s.id AND (r.facets, r.gone, r.use_known, r.created_at, r.deletion_at, r.valid_to, r.next_rotation_at, r.last_rotated_at,
      r.last_used_at, r.unused_since, r.monthly_cost_usd, r.grant_count, r.grants_by_people, r.grants_cross_account,
      r.rotation_period_days, r.on_demand_used, r.alias, r.owner)
      IS DISTINCT FROM (s.facets, s.gone, s.use_known, s.created_at, s.deletion_at, s.valid_to, s.next_rotation_at, s.last_rotated_at,
      s.last_used_at, s.unused_since, s.monthly_cost_usd, s.grant_count, s.grants_by_people, s.grants_cross_account,
      s.rotation_period_days, s.on_demand_used, s.alias, s.owner)
  ), rewritten_texts AS (
    UPDATE derived.key_text t SET key_id = s.key_id, description = s.description, alias_text = s.alias_text, tags = s.tags, search_text = s.search_text
    FROM s
    WHERE t.id = s.id AND (t.key_id, t.description, t.alias_text, t.tags, t.search_text) IS DISTINCT FROM (s.key_id, s.description, s.alias_text, s.tags, s.search_text)
  ), fresh AS MATERIALIZED (
    SELECT nextval(pg_get_serial_sequence('derived.key_row', 'id')) AS fresh_id, s.* FROM s WHERE s.id IS NULL
  ), new_texts AS (
    INSERT INTO derived.key_text (id, arn, key_id, description, alias_text, tags, search_text)
    SELECT fresh_id, arn, key_id, description, alias_text, tags, search_text FROM fresh
  )
  INSERT INTO derived.key_row (id, facets, gone, use_known, created_at, deletion_at, valid_to, next_rotation_at, last_rotated_at, last_used_at, unused_since,
    monthly_cost_usd, grant_count, grants_by_people, grants_cross_account, rotation_period_days, on_demand_used, alias, owner)
  OVERRIDING SYSTEM VALUE SELECT fresh_id, facets, gone, use_known, created_at, deletion_at, valid_to, next_rotation_at, last_rotated_at, last_used_at, unused_since,
    monthly_cost_usd, grant_count, grants_by_people, grants_cross_account, rotation_period_days, on_demand_used, alias, owner
  FROM fresh;
  RETURN NULL;
END $$;

CREATE FUNCTION derived.drop_key_rows() RETURNS trigger LANGUAGE plpgsql
SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
BEGIN
  WITH dropped AS (DELETE FROM derived.key_text t USING changed c WHERE t.arn = c.arn RETURNING t.id)
  DELETE FROM derived.key_row r USING dropped d WHERE r.id = d.id;
  RETURN NULL;
END $$;

CREATE FUNCTION derived.drop_all_key_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM derived.key_text;
  DELETE FROM derived.key_row;
  RETURN NULL;
END $$;

CREATE TRIGGER keep_key_rows_inserted AFTER INSERT ON "Key" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION derived.keep_key_rows();
CREATE TRIGGER keep_key_rows_updated AFTER UPDATE ON "Key" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION derived.keep_key_rows();
CREATE TRIGGER drop_key_rows_deleted AFTER DELETE ON "Key" REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION derived.drop_key_rows();
CREATE TRIGGER drop_key_rows_truncated AFTER TRUNCATE ON "Key" FOR EACH STATEMENT EXECUTE FUNCTION derived.drop_all_key_rows();

-- Keys that were here before: as if they had just been written.
UPDATE "Key" SET arn = arn;
