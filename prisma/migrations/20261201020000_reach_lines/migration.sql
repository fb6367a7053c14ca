-- What is filled below is what is there: nobody writes between the filling and the triggers.
LOCK TABLE "Key", derived.key_row IN SHARE ROW EXCLUSIVE MODE;

-- What one principal can do is asked of every key. Keys that have all in common that decides get one answer, which is worked out
-- once: a key is a line of numbers here, a twentieth as wide as its row.

-- Texts of key policies, by number. Never removed.
CREATE TABLE derived.reach_policy (
  id    integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  hash  text COLLATE "C" NOT NULL UNIQUE,
  -- Whom the text speaks of: accounts, services, '*' for anyone or where that cannot be said.
  -- NULL: not looked at yet. Kept by lib/access/policy-names.ts alone, since it parses policies.
  names text[] COLLATE "C",
  -- The version of the parser that looked; 0: none did.
  looked integer NOT NULL DEFAULT 0
);
CREATE INDEX reach_policy_looked ON derived.reach_policy (looked);

-- What else of a key decides; '' is unknown. Never changed.
CREATE TABLE derived.reach_kind (
  id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  usage       text COLLATE "C" NOT NULL,
  manager     text COLLATE "C" NOT NULL,
  state       text COLLATE "C" NOT NULL,
  spec        text COLLATE "C" NOT NULL,
  origin      text COLLATE "C" NOT NULL,
  scope       text COLLATE "C" NOT NULL,
  UNIQUE (usage, manager, state, spec, origin, scope)
);

-- A key that is not gone. Of policy and tags NULL is unknown.
CREATE TABLE derived.reach_line (
  arn         text COLLATE "C" NOT NULL,
  account     text COLLATE "C" NOT NULL,
  policy      integer,
  kind        integer NOT NULL,
  grants_read boolean NOT NULL,
  -- Of derived.key_tags.
  tags        integer,
  PRIMARY KEY (arn) INCLUDE (account)
) WITH (fillfactor = 95, autovacuum_vacuum_scale_factor = 0.02);
-- It is vacuumed early, so that questions are answered from its indexes alone.

INSERT INTO derived.reach_policy (hash)
SELECT DISTINCT "policyHash" FROM "Key" WHERE "policyHash" IS NOT NULL ORDER BY 1;
INSERT INTO derived.reach_kind (usage, manager, state, spec, origin, scope)
SELECT DISTINCT coalesce("keyUsage", ''), coalesce("keyManager", ''), coalesce("keyState", ''), coalesce("keySpec", ''),
  coalesce(origin, ''), coalesce(scope, '') FROM "Key";
INSERT INTO derived.reach_line (arn, account, policy, kind, grants_read, tags)
SELECT k.arn, k."accountId", p.id, i.id, k."grantsAt" IS NOT NULL, r.tags
FROM "Key" k
JOIN derived.reach_kind i ON (i.usage, i.manager, i.state, i.spec, i.origin, i.scope)
  = (coalesce(k."keyUsage", ''), coalesce(k."keyManager", ''), coalesce(k."keyState", ''), coalesce(k."keySpec", ''),
    coalesce(k.origin, ''), coalesce(k.scope, ''))
LEFT JOIN derived.reach_policy p ON p.hash = k."policyHash"
LEFT JOIN derived.key_text t ON t.arn = k.arn
LEFT JOIN derived.key_row r ON r.id = t.id
WHERE k."goneAt" IS NULL
ORDER BY k.arn COLLATE "C";
-- A question looks at the lines of a few policies, and needs nothing but what stands in these.
CREATE INDEX reach_line_policy ON derived.reach_line (policy, arn)
  INCLUDE (account, kind, grants_read, tags);
CREATE INDEX reach_line_unread ON derived.reach_line (arn)
  INCLUDE (account, policy, kind, grants_read, tags) WHERE NOT grants_read;
ANALYZE derived.reach_policy, derived.reach_kind, derived.reach_line;

-- Keys by policy are found in the lines.
DROP INDEX "Key_policy";
DROP INDEX "Key_grants_unread";

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
