-- The lines of keys that By principal groups, kept by statement.
-- As the migrations leave it: a test compares these definitions with a migrated database.

CREATE OR REPLACE FUNCTION derived.keep_reach_lines()
 RETURNS trigger
 LANGUAGE plpgsql
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_seqscan TO 'off'
AS $function$
BEGIN
  INSERT INTO derived.reach_policy (hash)
  SELECT DISTINCT k."policyHash" FROM touched k
  WHERE k."policyHash" IS NOT NULL AND NOT EXISTS (SELECT FROM derived.reach_policy p
    WHERE p.hash = k."policyHash")
  ORDER BY 1 ON CONFLICT DO NOTHING;
  INSERT INTO derived.reach_kind (usage, manager, state, spec, origin, scope)
  SELECT DISTINCT coalesce(k."keyUsage", ''), coalesce(k."keyManager", ''),
    coalesce(k."keyState", ''), coalesce(k."keySpec", ''), coalesce(k.origin, ''),
    coalesce(k.scope, '')
  FROM touched k
  WHERE NOT EXISTS (SELECT FROM derived.reach_kind i
    WHERE (i.usage, i.manager, i.state, i.spec, i.origin, i.scope)
      = (coalesce(k."keyUsage", ''), coalesce(k."keyManager", ''), coalesce(k."keyState", ''),
        coalesce(k."keySpec", ''), coalesce(k.origin, ''), coalesce(k.scope, '')))
  ORDER BY 1, 2, 3, 4, 5, 6 ON CONFLICT DO NOTHING;
  DELETE FROM derived.reach_line l
  WHERE l.arn = ANY(ARRAY(SELECT k.arn FROM touched k WHERE k."goneAt" IS NOT NULL));
  -- The number of the tags is that of derived.key_row, whose triggers ran before by their names.
  INSERT INTO derived.reach_line AS l (arn, account, policy, kind, grants_read, tags)
  SELECT k.arn, k."accountId",
    (SELECT p.id FROM derived.reach_policy p WHERE p.hash = k."policyHash"), i.id,
    k."grantsAt" IS NOT NULL,
    (SELECT r.tags FROM derived.key_text t JOIN derived.key_row r ON r.id = t.id
      WHERE t.arn = k.arn)
  FROM touched k
  CROSS JOIN LATERAL (SELECT o.id FROM derived.reach_kind o
    WHERE (o.usage, o.manager, o.state, o.spec, o.origin, o.scope)
      = (coalesce(k."keyUsage", ''), coalesce(k."keyManager", ''), coalesce(k."keyState", ''),
        coalesce(k."keySpec", ''), coalesce(k.origin, ''), coalesce(k.scope, '')) LIMIT 1) i
  WHERE k."goneAt" IS NULL
  ON CONFLICT (arn) DO UPDATE SET account = excluded.account, policy = excluded.policy,
    kind = excluded.kind, grants_read = excluded.grants_read, tags = excluded.tags
  WHERE (l.account, l.policy, l.kind, l.grants_read, l.tags) IS DISTINCT FROM
    (excluded.account, excluded.policy, excluded.kind, excluded.grants_read, excluded.tags);
  RETURN NULL;
END $function$;

CREATE TRIGGER keep_reach_lines_added
  AFTER INSERT ON public."Key"
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.keep_reach_lines();

CREATE TRIGGER keep_reach_lines_changed
  AFTER UPDATE ON public."Key"
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.keep_reach_lines();

CREATE OR REPLACE FUNCTION derived.drop_reach_lines()
 RETURNS trigger
 LANGUAGE plpgsql
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_seqscan TO 'off'
AS $function$
BEGIN
  DELETE FROM derived.reach_line l WHERE l.arn = ANY(ARRAY(SELECT k.arn FROM touched k));
  RETURN NULL;
END $function$;

CREATE TRIGGER drop_reach_lines
  AFTER DELETE ON public."Key"
  REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.drop_reach_lines();

CREATE OR REPLACE FUNCTION derived.drop_all_reach_lines()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  DELETE FROM derived.reach_line;
  RETURN NULL;
END $function$;

CREATE TRIGGER drop_reach_lines_truncated
  AFTER TRUNCATE ON public."Key"
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.drop_all_reach_lines();
