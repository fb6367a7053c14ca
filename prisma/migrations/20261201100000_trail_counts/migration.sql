-- How many events there are of each combination of what the facets and the chart of the trail divide
-- by, for each day and month: where keys are many, there are hardly fewer rollups than events.
-- Guarantees: lib/trail/README.md.
CREATE TABLE trail.combination (
  id             int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_id     text COLLATE "C" NOT NULL,
  region         text COLLATE "C" NOT NULL,
  operation      text COLLATE "C" NOT NULL,
  outcome        text COLLATE "C" NOT NULL,
  read_only      boolean NOT NULL,
  is_use         boolean NOT NULL,
  principal_kind text COLLATE "C" NOT NULL,
  -- As the table says them: direct and none where there is none.
  via            text COLLATE "C" NOT NULL,
  resource_kind  text COLLATE "C" NOT NULL
);
-- By hashes: what a damaged record holds can be longer than an index takes.
CREATE UNIQUE INDEX combination_once ON trail.combination (
  (md5(account_id) || md5(region) || md5(operation) || md5(via) || md5(resource_kind)), outcome,
  read_only, is_use, principal_kind);

-- The sums of the rollups of first keys. A row of zero stays: it can come back.
CREATE TABLE trail.day_count (
  events      bigint NOT NULL,
  combination int NOT NULL,
  begins      date NOT NULL,
  -- As its combination has it, so that what is behind the horizon is left out without a join.
  is_use      boolean NOT NULL,
  PRIMARY KEY (combination, begins)
);
CREATE INDEX day_count_begins ON trail.day_count (begins);
CREATE TABLE trail.month_count (LIKE trail.day_count INCLUDING ALL);

-- Counts by day and month follow the rollups that a statement made or took away, in its transaction.
-- Who counts rollups holds the lock of their account and Region (lib/trail/recount.ts), so that no
-- two transactions count one combination at once.
CREATE OR REPLACE FUNCTION trail.count_rollups()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  WITH moved AS MATERIALIZED (
    SELECT (hour AT TIME ZONE 'UTC')::date AS day, account_id, region, operation, outcome, read_only,
      is_use, principal_kind, coalesce(via, 'direct') AS via,
      coalesce(resource_kind, 'none') AS resource_kind,
      CASE TG_OP WHEN 'INSERT' THEN sum(events) ELSE -sum(events) END AS n
    FROM touched WHERE is_first_key GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
  added AS (
    INSERT INTO trail.combination (account_id, region, operation, outcome, read_only, is_use,
      principal_kind, via, resource_kind)
    SELECT DISTINCT m.account_id, m.region, m.operation, m.outcome, m.read_only, m.is_use,
      m.principal_kind, m.via, m.resource_kind
    FROM moved m WHERE NOT EXISTS (SELECT FROM trail.combination c
      WHERE (c.account_id, c.region, c.operation, c.outcome, c.read_only, c.is_use, c.principal_kind,
        c.via, c.resource_kind) = (m.account_id, m.region, m.operation, m.outcome, m.read_only,
        m.is_use, m.principal_kind, m.via, m.resource_kind))
    RETURNING *),
  known AS (SELECT * FROM trail.combination UNION ALL SELECT * FROM added),
  named AS MATERIALIZED (
    SELECT k.id, k.is_use, m.day, m.n FROM moved m JOIN known k
      ON (k.account_id, k.region, k.operation, k.outcome, k.read_only, k.is_use, k.principal_kind,
        k.via, k.resource_kind) = (m.account_id, m.region, m.operation, m.outcome, m.read_only,
        m.is_use, m.principal_kind, m.via, m.resource_kind)),
  days AS (
    INSERT INTO trail.day_count AS d (combination, begins, is_use, events)
    SELECT id, day, is_use, n FROM named
    ON CONFLICT (combination, begins) DO UPDATE SET events = d.events + excluded.events)
  INSERT INTO trail.month_count AS c (combination, begins, is_use, events)
  SELECT id, date_trunc('month', day::timestamp)::date, is_use, sum(n) FROM named GROUP BY 1, 2, 3
  ON CONFLICT (combination, begins) DO UPDATE SET events = c.events + excluded.events;
  RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION trail.empty_counts()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  TRUNCATE trail.day_count, trail.month_count;
  RETURN NULL;
END $function$;

-- One name for the rows of either statement. Rollups are made and deleted, and never updated.
CREATE TRIGGER count_made
  AFTER INSERT ON trail.use
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION trail.count_rollups();

CREATE TRIGGER count_gone
  AFTER DELETE ON trail.use
  REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION trail.count_rollups();

CREATE TRIGGER count_none
  AFTER TRUNCATE ON trail.use
  FOR EACH STATEMENT
  EXECUTE FUNCTION trail.empty_counts();

-- What was counted before.
INSERT INTO trail.combination (account_id, region, operation, outcome, read_only, is_use,
  principal_kind, via, resource_kind)
SELECT DISTINCT account_id, region, operation, outcome, read_only, is_use, principal_kind,
  coalesce(via, 'direct'), coalesce(resource_kind, 'none')
FROM trail.use WHERE is_first_key;

INSERT INTO trail.day_count (events, combination, begins, is_use)
SELECT sum(u.events), c.id, (u.hour AT TIME ZONE 'UTC')::date, c.is_use
FROM trail.use u JOIN trail.combination c
  ON (c.account_id, c.region, c.operation, c.outcome, c.read_only, c.is_use, c.principal_kind, c.via,
    c.resource_kind) = (u.account_id, u.region, u.operation, u.outcome, u.read_only, u.is_use,
    u.principal_kind, coalesce(u.via, 'direct'), coalesce(u.resource_kind, 'none'))
WHERE u.is_first_key GROUP BY 2, 3, 4;

INSERT INTO trail.month_count (events, combination, begins, is_use)
SELECT sum(events), combination, date_trunc('month', begins::timestamp)::date, is_use
FROM trail.day_count GROUP BY 2, 3, 4;
