-- The read model of the table of keys, kept by statement.
-- As the migrations leave it: a test compares these definitions with a migrated database.

CREATE OR REPLACE FUNCTION public.claviger_key_search_text()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  NEW."searchText" := lower(concat_ws(' ', NEW."keyId", array_to_string(NEW."aliases", ' '),
    NEW."description",
    (SELECT string_agg(key || ' ' || value, ' ' ORDER BY key)
      FROM jsonb_each_text(coalesce(NEW."tags", '{}'::jsonb))),
    NEW."accountId", (SELECT "name" FROM "Account" WHERE "id" = NEW."accountId")));
  RETURN NEW;
END $function$;

CREATE TRIGGER "Key_search_text"
  BEFORE INSERT OR UPDATE OF aliases, description, tags, "accountId" ON public."Key"
  FOR EACH ROW
  EXECUTE FUNCTION claviger_key_search_text();

CREATE OR REPLACE FUNCTION public.claviger_account_renamed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  UPDATE "Key" SET "accountId" = "accountId" WHERE "accountId" = NEW."id";
  RETURN NULL;
END $function$;

CREATE TRIGGER "Account_renamed"
  AFTER INSERT OR UPDATE OF name ON public."Account"
  FOR EACH ROW
  EXECUTE FUNCTION claviger_account_renamed();

CREATE OR REPLACE FUNCTION derived.alias_text(aliases text[])
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$ SELECT lower(E'\n' || string_agg(regexp_replace(a, '^alias/', ''), E'\n') || E'\n')
  FROM unnest(aliases) a $function$;

CREATE OR REPLACE FUNCTION derived.keep_key_rows()
 RETURNS trigger
 LANGUAGE plpgsql
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_seqscan TO 'off'
AS $function$
BEGIN
  INSERT INTO derived.key_facets (account, region, state, spec, usage, origin, manager, scope,
    rotation)
  SELECT DISTINCT c."accountId", c.region, COALESCE(c."keyState", 'unknown'),
    COALESCE(c."keySpec", 'unknown'), COALESCE(c."keyUsage", 'unknown'),
      COALESCE(c.origin, 'unknown'), COALESCE(c."keyManager", 'unknown'),
        COALESCE(c.scope, 'unknown'), c.rotation
  FROM changed c
  WHERE NOT EXISTS (SELECT FROM derived.key_facets f
    WHERE (f.account, f.region, f.state, f.spec, f.usage, f.origin, f.manager, f.scope, f.rotation)
      = (c."accountId", c.region, COALESCE(c."keyState", 'unknown'),
      COALESCE(c."keySpec", 'unknown'), COALESCE(c."keyUsage", 'unknown'),
      COALESCE(c.origin, 'unknown'), COALESCE(c."keyManager", 'unknown'),
        COALESCE(c.scope, 'unknown'), c.rotation))
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
  SELECT c.tags, (SELECT lower(coalesce(string_agg(key || ' ' || value, ' '), ''))
    FROM jsonb_each_text(c.tags))
  FROM changed c
  WHERE c.tags IS NOT NULL AND NOT EXISTS (SELECT FROM derived.key_tags w WHERE w.tags = c.tags)
  GROUP BY c.tags;

  WITH s AS MATERIALIZED (
    SELECT t.id, k.arn, k."keyId" AS key_id, d.id AS description, w.id AS tags, f.id AS facets,
      k."goneAt" IS NOT NULL AS gone, k."lastUseAt" IS NOT NULL AS use_known,
      k."createdAt" AS created_at, k."deletionAt" AS deletion_at, k."validTo" AS valid_to,
      k."nextRotationAt" AS next_rotation_at, k."lastRotatedAt" AS last_rotated_at,
        k."lastUsedAt" AS last_used_at,
      COALESCE(k."lastUsedAt", CASE WHEN k."lastUseAt" IS NOT NULL
        THEN k."usageTrackedSince" END) AS unused_since,
      k."monthlyCostUsd" AS monthly_cost_usd, k."grantCount" AS grant_count,
        k."grantsByPeople" AS grants_by_people,
      k."grantsCrossAccount" AS grants_cross_account,
        k."rotationPeriodDays" AS rotation_period_days, k."onDemandUsed" AS on_demand_used,
      CASE WHEN a.known THEN COALESCE(regexp_replace(k.aliases[1], '^alias/', ''), '') END AS alias,
      COALESCE(k.owner, CASE WHEN k.tags IS NOT NULL THEN '' END) AS owner,
      CASE WHEN a.known THEN COALESCE(derived.alias_text(k.aliases), '') END AS alias_text,
        k."searchText" AS search_text
    FROM changed k
    CROSS JOIN LATERAL (SELECT k."aliasesAt" IS NOT NULL OR cardinality(k.aliases) > 0 AS known) a
    JOIN derived.key_facets f ON (f.account, f.region, f.state, f.spec, f.usage, f.origin,
      f.manager, f.scope, f.rotation)
      = (k."accountId", k.region, COALESCE(k."keyState", 'unknown'),
        COALESCE(k."keySpec", 'unknown'), COALESCE(k."keyUsage", 'unknown'),
      COALESCE(k.origin, 'unknown'), COALESCE(k."keyManager", 'unknown'),
        COALESCE(k.scope, 'unknown'), k.rotation)
    LEFT JOIN derived.key_text t ON t.arn = k.arn
    -- Two sweeps might have written the same words at the same moment: the first counts.
    LEFT JOIN LATERAL (SELECT d.id FROM derived.key_description d WHERE d.text = k.description
      ORDER BY d.id LIMIT 1) d ON true
    LEFT JOIN LATERAL (SELECT w.id FROM derived.key_tags w WHERE w.tags = k.tags
      ORDER BY w.id LIMIT 1) w ON true
  ), rewritten_rows AS (
    UPDATE derived.key_row r SET
      facets = s.facets, gone = s.gone, use_known = s.use_known, created_at = s.created_at,
        deletion_at = s.deletion_at,
      valid_to = s.valid_to, next_rotation_at = s.next_rotation_at,
        last_rotated_at = s.last_rotated_at,
      last_used_at = s.last_used_at, unused_since = s.unused_since,
        monthly_cost_usd = s.monthly_cost_usd,
      grant_count = s.grant_count, grants_by_people = s.grants_by_people,
        grants_cross_account = s.grants_cross_account,
      rotation_period_days = s.rotation_period_days, on_demand_used = s.on_demand_used,
        description = s.description, tags = s.tags,
      alias = s.alias, owner = s.owner, key_id = s.key_id, alias_text = s.alias_text
    FROM s
    WHERE r.id = s.id AND (r.facets, r.gone, r.use_known, r.created_at, r.deletion_at, r.valid_to,
      r.next_rotation_at, r.last_rotated_at,
      r.last_used_at, r.unused_since, r.monthly_cost_usd, r.grant_count, r.grants_by_people,
        r.grants_cross_account,
      r.rotation_period_days, r.on_demand_used, r.description, r.tags, r.alias, r.owner, r.key_id,
        r.alias_text)
      IS DISTINCT FROM (s.facets, s.gone, s.use_known, s.created_at, s.deletion_at, s.valid_to,
        s.next_rotation_at, s.last_rotated_at,
      s.last_used_at, s.unused_since, s.monthly_cost_usd, s.grant_count, s.grants_by_people,
        s.grants_cross_account,
      s.rotation_period_days, s.on_demand_used, s.description, s.tags, s.alias, s.owner, s.key_id,
        s.alias_text)
  ), rewritten_texts AS (
    UPDATE derived.key_text t SET search_text = s.search_text FROM s
    WHERE t.id = s.id AND t.search_text <> s.search_text
  ), fresh AS MATERIALIZED (
    SELECT nextval(pg_get_serial_sequence('derived.key_row', 'id')) AS fresh_id, s.* FROM s
      WHERE s.id IS NULL
  ), new_texts AS (
    INSERT INTO derived.key_text (id, arn, search_text) SELECT fresh_id, arn, search_text FROM fresh
  )
  INSERT INTO derived.key_row (id, facets, gone, use_known, created_at, deletion_at, valid_to,
    next_rotation_at, last_rotated_at, last_used_at, unused_since,
    monthly_cost_usd, grant_count, grants_by_people, grants_cross_account, rotation_period_days,
      on_demand_used, description, tags, alias, owner, key_id, alias_text)
  OVERRIDING SYSTEM VALUE SELECT fresh_id, facets, gone, use_known, created_at, deletion_at,
    valid_to, next_rotation_at, last_rotated_at, last_used_at, unused_since,
    monthly_cost_usd, grant_count, grants_by_people, grants_cross_account, rotation_period_days,
      on_demand_used, description, tags, alias, owner, key_id, alias_text
  FROM fresh;
  RETURN NULL;
END $function$;

CREATE TRIGGER keep_key_rows_inserted
  AFTER INSERT ON public."Key"
  REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.keep_key_rows();

CREATE TRIGGER keep_key_rows_updated
  AFTER UPDATE ON public."Key"
  REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.keep_key_rows();

CREATE OR REPLACE FUNCTION derived.drop_key_rows()
 RETURNS trigger
 LANGUAGE plpgsql
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_seqscan TO 'off'
AS $function$
BEGIN
  WITH dropped AS (DELETE FROM derived.key_text t USING changed c
    WHERE t.arn = c.arn RETURNING t.id)
  DELETE FROM derived.key_row r USING dropped d WHERE r.id = d.id;
  RETURN NULL;
END $function$;

CREATE TRIGGER drop_key_rows_deleted
  AFTER DELETE ON public."Key"
  REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.drop_key_rows();

CREATE OR REPLACE FUNCTION derived.drop_all_key_rows()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  DELETE FROM derived.key_text;
  DELETE FROM derived.key_row;
  RETURN NULL;
END $function$;

CREATE TRIGGER drop_key_rows_truncated
  AFTER TRUNCATE ON public."Key"
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.drop_all_key_rows();

CREATE OR REPLACE FUNCTION derived.drop_unused_key_words()
 RETURNS void
 LANGUAGE plpgsql
 SET lock_timeout TO '2s'
AS $function$
BEGIN
  -- Mostly there is none, and no reason to make anyone wait.
  IF NOT EXISTS (SELECT FROM derived.key_description d WHERE NOT EXISTS (SELECT
    FROM derived.key_row r WHERE r.description = d.id))
    AND NOT EXISTS (SELECT FROM derived.key_tags w WHERE NOT EXISTS (SELECT FROM derived.key_row r
      WHERE r.tags = w.id)) THEN
    RETURN;
  END IF;
  -- Readers go on; whoever writes keys has either written what it looked up or waits here.
  LOCK TABLE derived.key_row IN SHARE ROW EXCLUSIVE MODE;
  DELETE FROM derived.key_description d WHERE NOT EXISTS (SELECT FROM derived.key_row r
    WHERE r.description = d.id);
  DELETE FROM derived.key_tags w WHERE NOT EXISTS (SELECT FROM derived.key_row r
    WHERE r.tags = w.id);
EXCEPTION WHEN lock_not_available THEN
  -- Keys are being written for longer than that: the next run comes soon.
  RETURN;
END $function$;

CREATE OR REPLACE FUNCTION derived.count_key_rows()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO derived.key_count (facets, gone, n)
    SELECT facets, gone, count(*) FROM added GROUP BY facets, gone;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO derived.key_count (facets, gone, n)
    SELECT facets, gone, -count(*) FROM removed GROUP BY facets, gone;
  ELSE
    INSERT INTO derived.key_count (facets, gone, n)
    SELECT facets, gone, sum(n) FROM (
      SELECT facets, gone, 1 AS n FROM added UNION ALL SELECT facets, gone, -1 FROM removed) moved
    GROUP BY facets, gone HAVING sum(n) <> 0;
  END IF;
  RETURN NULL;
END $function$;

CREATE TRIGGER count_key_rows_inserted
  AFTER INSERT ON derived.key_row
  REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.count_key_rows();

CREATE TRIGGER count_key_rows_updated
  AFTER UPDATE ON derived.key_row
  REFERENCING OLD TABLE AS removed NEW TABLE AS added
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.count_key_rows();

CREATE TRIGGER count_key_rows_deleted
  AFTER DELETE ON derived.key_row
  REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.count_key_rows();

CREATE OR REPLACE FUNCTION derived.fold_key_counts()
 RETURNS void
 LANGUAGE plpgsql
AS $function$
BEGIN
  WITH apart AS (SELECT facets, gone FROM derived.key_count GROUP BY facets, gone
    HAVING count(*) > 1 OR sum(n) = 0),
  taken AS (DELETE FROM derived.key_count c USING apart
    WHERE (c.facets, c.gone) = (apart.facets, apart.gone) RETURNING c.facets, c.gone, c.n)
  INSERT INTO derived.key_count (facets, gone, n)
  SELECT facets, gone, sum(n) FROM taken GROUP BY facets, gone HAVING sum(n) <> 0;
END $function$;

CREATE OR REPLACE FUNCTION derived.read_at(own timestamp with time zone,
  swept timestamp with time zone, apart boolean)
 RETURNS timestamp with time zone
 LANGUAGE sql
 IMMUTABLE
AS $function$
  SELECT CASE WHEN apart OR own IS NULL THEN own ELSE greatest(own, swept) END
$function$;

CREATE OR REPLACE FUNCTION derived.merge_problems(stored jsonb, fresh jsonb)
 RETURNS jsonb
 LANGUAGE sql
 IMMUTABLE
AS $function$
  SELECT jsonb_strip_nulls(stored || coalesce((
    SELECT jsonb_object_agg(f.key, CASE WHEN jsonb_typeof(f.value) = 'object'
      AND stored->f.key @> (f.value - 'at') THEN stored->f.key ELSE f.value END)
    FROM jsonb_each(fresh) f), '{}'))
$function$;
