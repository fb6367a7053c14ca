-- Partitions of what CloudTrail saw. The tables stand in the schema `trail`, which Prisma does not
-- know: it has no word for partitions.
-- As the migrations leave it: a test compares these definitions with a migrated database.

-- Makes the partitions of a month, of events or of rollups, where they are missing. A partition is
-- made beside its table and then attached, which locks out neither readers nor writers; creating it
-- as a partition would.
CREATE OR REPLACE FUNCTION trail.make_partition(parent text, month date)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
DECLARE
  first_day CONSTANT date := date_trunc('month', month)::date;
  part CONSTANT text := parent || to_char(first_day, '_YYYY_MM');
BEGIN
  IF to_regclass('trail.' || part) IS NOT NULL THEN
    RETURN;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('trail.' || part, 0));
  -- By a query, which sees what was committed while the lock was waited for: a name that was looked
  -- up in vain before is remembered.
  IF EXISTS (SELECT FROM pg_class c WHERE c.relname = part AND c.relnamespace = 'trail'::regnamespace) THEN
    RETURN;
  END IF;
  EXECUTE format('CREATE TABLE trail.%I (LIKE trail.%I INCLUDING ALL) WITH (toast_tuple_target = 256)', part, parent);
  EXECUTE format('ALTER TABLE trail.%I ATTACH PARTITION trail.%I FOR VALUES FROM (%L) TO (%L)', parent, part,
    first_day::text || ' 00:00:00+00', (first_day + interval '1 month')::date::text || ' 00:00:00+00');
END $function$;

CREATE TRIGGER call_worker_trail
  AFTER INSERT ON trail.dirty_hour
  FOR EACH STATEMENT
  EXECUTE FUNCTION call_worker('trail');

CREATE OR REPLACE FUNCTION trail.mark_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  INSERT INTO trail.unmatched (change_id) VALUES (new.id);
  RETURN NULL;
END $function$;

-- How many calls left, and what AWS answered: the events of the change are judged by it.
CREATE TRIGGER mark_sent
  AFTER UPDATE OF sends, "undoSends", outcome, "undoOutcome" ON public."Change"
  FOR EACH ROW
  WHEN (((new.sends > 0) OR (new."undoSends" > 0)))
  EXECUTE FUNCTION trail.mark_change();

CREATE TRIGGER call_worker_matching
  AFTER INSERT ON trail.unmatched
  FOR EACH STATEMENT
  EXECUTE FUNCTION call_worker('matching');

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
