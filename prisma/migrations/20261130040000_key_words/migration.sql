-- The table of keys looks through texts in every row of a filter: a join of 100,000 rows with texts six times as wide. Descriptions
-- and sets of tags repeat from key to key, so each stands once and a key names it by number; alias and key ID stand in the narrow row
-- itself. A condition on any of them is then one pass over narrow rows, and a sort by one of them a sort of integers.

-- Each description once. Never changed; those that no key has are removed by derived.drop_unused_key_words.
CREATE TABLE derived.key_description (
  id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  text        text COLLATE "C" NOT NULL,
  -- Lower case, for a filter on any text.
  search_text text COLLATE "C" NOT NULL
);
-- By hash: a description might be longer than a B-tree holds.
CREATE INDEX key_description_text ON derived.key_description USING hash (text);

-- Each set of tags once, likewise.
CREATE TABLE derived.key_tags (
  id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tags        jsonb NOT NULL,
  -- Names and values, lower case.
  search_text text COLLATE "C" NOT NULL
);
CREATE INDEX key_tags_tags ON derived.key_tags USING hash (tags);

INSERT INTO derived.key_description (text, search_text)
SELECT description, lower(description COLLATE "default") FROM derived.key_text WHERE description IS NOT NULL GROUP BY description;
INSERT INTO derived.key_tags (tags, search_text)
SELECT tags, (SELECT lower(coalesce(string_agg(key || ' ' || value, ' '), '')) FROM jsonb_each_text(tags))
FROM derived.key_text WHERE tags IS NOT NULL GROUP BY tags;

-- Made anew rather than altered, for the order of its columns.
ALTER TABLE derived.key_row RENAME TO key_row_before;
ALTER INDEX derived.key_row_pkey RENAME TO key_row_before_pkey;
ALTER SEQUENCE derived.key_row_id_seq RENAME TO key_row_before_id_seq;
DROP INDEX derived.key_row_facets, derived.key_row_alias;
CREATE TABLE derived.key_row (
  id                   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  facets               integer NOT NULL,
  gone                 boolean NOT NULL,
  -- GetKeyLastUsage answered: no last_used_at then means none since unused_since.
  use_known            boolean NOT NULL,
  -- What is looked through stands as far in front as it can: to reach a value costs more than to compare it.
  key_id               text COLLATE "C" NOT NULL,
  -- Every alias without "alias/", lower case, each between line breaks; NULL is unknown.
  alias_text           text COLLATE "C",
  -- Of derived.key_description and derived.key_tags; NULL is unknown.
  description          integer,
  tags                 integer,
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
  -- The first alias, without "alias/". Of alias and owner NULL is unknown, '' is known to be none.
  alias                text COLLATE "C",
  owner                text COLLATE "C"
) WITH (fillfactor = 85);

INSERT INTO derived.key_row (id, facets, gone, use_known, description, tags, created_at, deletion_at, valid_to, next_rotation_at,
  last_rotated_at, last_used_at, unused_since, monthly_cost_usd, grant_count, grants_by_people, grants_cross_account,
  rotation_period_days, on_demand_used, alias, owner, key_id, alias_text)
OVERRIDING SYSTEM VALUE
SELECT r.id, r.facets, r.gone, r.use_known, d.id, w.id, r.created_at, r.deletion_at, r.valid_to, r.next_rotation_at,
  r.last_rotated_at, r.last_used_at, r.unused_since, r.monthly_cost_usd, r.grant_count, r.grants_by_people, r.grants_cross_account,
  r.rotation_period_days, r.on_demand_used, r.alias, r.owner, t.key_id, t.alias_text
FROM derived.key_row_before r JOIN derived.key_text t ON t.id = r.id
LEFT JOIN derived.key_description d ON d.text = t.description
LEFT JOIN derived.key_tags w ON w.tags = t.tags
ORDER BY r.id;
SELECT setval(pg_get_serial_sequence('derived.key_row', 'id'), coalesce((SELECT max(id) FROM derived.key_row), 0) + 1, false);
DROP TABLE derived.key_row_before;

-- Nothing that a sweep changes often is in an index, so that its updates stay in their page.
CREATE INDEX key_row_facets ON derived.key_row (facets) WHERE NOT gone;
CREATE INDEX key_row_alias ON derived.key_row (lower(alias)) WHERE alias <> '';
CREATE INDEX key_row_key_id ON derived.key_row (key_id, id);
-- The order a table opens with.
CREATE INDEX key_row_by_alias ON derived.key_row (NULLIF(alias, ''), id) WHERE NOT gone;

ALTER TABLE derived.key_text DROP COLUMN key_id, DROP COLUMN description, DROP COLUMN alias_text, DROP COLUMN tags;
-- Written anew without them, in the order of the narrow rows.
CLUSTER derived.key_text USING key_text_pkey;

CREATE OR REPLACE FUNCTION derived.keep_key_rows()
 RETURNS trigger
 LANGUAGE plpgsql
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_seqscan TO 'off'
AS $function$
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

  -- Before words are looked up: while this is held, derived.drop_unused_key_words waits.
  LOCK TABLE derived.key_row IN ROW EXCLUSIVE MODE;
  INSERT INTO derived.key_description (text, search_text)
  SELECT c.description, lower(c.description) FROM changed c
  WHERE c.description IS NOT NULL
    AND NOT EXISTS (SELECT FROM derived.key_description d WHERE d.text = c.description)
  GROUP BY c.description;
  INSERT INTO derived.key_tags (tags, search_text)
  SELECT c.tags, (SELECT lower(coalesce(string_agg(key || ' ' || value, ' '), '')) FROM jsonb_each_text(c.tags))
  FROM changed c
  WHERE c.tags IS NOT NULL AND NOT EXISTS (SELECT FROM derived.key_tags w WHERE w.tags = c.tags)
  GROUP BY c.tags;

  WITH s AS MATERIALIZED (
    SELECT t.id, k.arn, k."keyId" AS key_id, d.id AS description, w.id AS tags, f.id AS facets, k."goneAt" IS NOT NULL AS gone, k."lastUseAt" IS NOT NULL AS use_known,
      k."createdAt" AS created_at, k."deletionAt" AS deletion_at, k."validTo" AS valid_to,
      k."nextRotationAt" AS next_rotation_at, k."lastRotatedAt" AS last_rotated_at, k."lastUsedAt" AS last_used_at,
      COALESCE(k."lastUsedAt", CASE WHEN k."lastUseAt" IS NOT NULL THEN k."usageTrackedSince" END) AS unused_since,
      k."monthlyCostUsd" AS monthly_cost_usd, k."grantCount" AS grant_count, k."grantsByPeople" AS grants_by_people,
      k."grantsCrossAccount" AS grants_cross_account, k."rotationPeriodDays" AS rotation_period_days, k."onDemandUsed" AS on_demand_used,
      CASE WHEN a.known THEN COALESCE(regexp_replace(k.aliases[1], '^alias/', ''), '') END AS alias,
      COALESCE(k.owner, CASE WHEN k.tags IS NOT NULL THEN '' END) AS owner,
      CASE WHEN a.known THEN COALESCE(derived.alias_text(k.aliases), '') END AS alias_text, k."searchText" AS search_text
    FROM changed k
    CROSS JOIN LATERAL (SELECT k."aliasesAt" IS NOT NULL OR cardinality(k.aliases) > 0 AS known) a
    JOIN derived.key_facets f ON (f.account, f.region, f.state, f.spec, f.usage, f.origin, f.manager, f.scope, f.rotation)
      = (k."accountId", k.region, COALESCE(k."keyState", 'unknown'), COALESCE(k."keySpec", 'unknown'), COALESCE(k."keyUsage", 'unknown'),
      COALESCE(k.origin, 'unknown'), COALESCE(k."keyManager", 'unknown'), COALESCE(k.scope, 'unknown'), k.rotation)
    LEFT JOIN derived.key_text t ON t.arn = k.arn
    -- Two sweeps might have written the same words at the same moment: the first counts.
    LEFT JOIN LATERAL (SELECT d.id FROM derived.key_description d WHERE d.text = k.description ORDER BY d.id LIMIT 1) d ON true
    LEFT JOIN LATERAL (SELECT w.id FROM derived.key_tags w WHERE w.tags = k.tags ORDER BY w.id LIMIT 1) w ON true
  ), rewritten_rows AS (
    UPDATE derived.key_row r SET
      facets = s.facets, gone = s.gone, use_known = s.use_known, created_at = s.created_at, deletion_at = s.deletion_at,
      valid_to = s.valid_to, next_rotation_at = s.next_rotation_at, last_rotated_at = s.last_rotated_at,
      last_used_at = s.last_used_at, unused_since = s.unused_since, monthly_cost_usd = s.monthly_cost_usd,
      grant_count = s.grant_count, grants_by_people = s.grants_by_people, grants_cross_account = s.grants_cross_account,
      rotation_period_days = s.rotation_period_days, on_demand_used = s.on_demand_used, description = s.description, tags = s.tags,
      alias = s.alias, owner = s.owner, key_id = s.key_id, alias_text = s.alias_text
    FROM s
    WHERE r.id = s.id AND (r.facets, r.gone, r.use_known, r.created_at, r.deletion_at, r.valid_to, r.next_rotation_at, r.last_rotated_at,
      r.last_used_at, r.unused_since, r.monthly_cost_usd, r.grant_count, r.grants_by_people, r.grants_cross_account,
      r.rotation_period_days, r.on_demand_used, r.description, r.tags, r.alias, r.owner, r.key_id, r.alias_text)
      IS DISTINCT FROM (s.facets, s.gone, s.use_known, s.created_at, s.deletion_at, s.valid_to, s.next_rotation_at, s.last_rotated_at,
      s.last_used_at, s.unused_since, s.monthly_cost_usd, s.grant_count, s.grants_by_people, s.grants_cross_account,
      s.rotation_period_days, s.on_demand_used, s.description, s.tags, s.alias, s.owner, s.key_id, s.alias_text)
  ), rewritten_texts AS (
    UPDATE derived.key_text t SET search_text = s.search_text FROM s
    WHERE t.id = s.id AND t.search_text <> s.search_text
  ), fresh AS MATERIALIZED (
    SELECT nextval(pg_get_serial_sequence('derived.key_row', 'id')) AS fresh_id, s.* FROM s WHERE s.id IS NULL
  ), new_texts AS (
    INSERT INTO derived.key_text (id, arn, search_text) SELECT fresh_id, arn, search_text FROM fresh
  )
  INSERT INTO derived.key_row (id, facets, gone, use_known, created_at, deletion_at, valid_to, next_rotation_at, last_rotated_at, last_used_at, unused_since,
    monthly_cost_usd, grant_count, grants_by_people, grants_cross_account, rotation_period_days, on_demand_used, description, tags, alias, owner, key_id, alias_text)
  OVERRIDING SYSTEM VALUE SELECT fresh_id, facets, gone, use_known, created_at, deletion_at, valid_to, next_rotation_at, last_rotated_at, last_used_at, unused_since,
    monthly_cost_usd, grant_count, grants_by_people, grants_cross_account, rotation_period_days, on_demand_used, description, tags, alias, owner, key_id, alias_text
  FROM fresh;
  RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION derived.drop_unused_key_words()
 RETURNS void
 LANGUAGE plpgsql
 SET lock_timeout TO '2s'
AS $function$
BEGIN
  -- Mostly there is none, and no reason to make anyone wait.
  IF NOT EXISTS (SELECT FROM derived.key_description d WHERE NOT EXISTS (SELECT FROM derived.key_row r WHERE r.description = d.id))
    AND NOT EXISTS (SELECT FROM derived.key_tags w WHERE NOT EXISTS (SELECT FROM derived.key_row r WHERE r.tags = w.id)) THEN
    RETURN;
  END IF;
  -- Readers go on; whoever writes keys has either written what it looked up or waits here.
  LOCK TABLE derived.key_row IN SHARE ROW EXCLUSIVE MODE;
  DELETE FROM derived.key_description d WHERE NOT EXISTS (SELECT FROM derived.key_row r WHERE r.description = d.id);
  DELETE FROM derived.key_tags w WHERE NOT EXISTS (SELECT FROM derived.key_row r WHERE r.tags = w.id);
EXCEPTION WHEN lock_not_available THEN
  -- Keys are being written for longer than that: the next run comes soon.
  RETURN;
END $function$;

-- The last sweep of a place is one look-up.
CREATE INDEX "Sweep_last_end" ON "Sweep" ("accountId", region, kind, "endedAt")
  WHERE status IN ('complete', 'partial') AND "keyArn" IS NULL;

ANALYZE derived.key_description, derived.key_tags, derived.key_row, derived.key_text;
