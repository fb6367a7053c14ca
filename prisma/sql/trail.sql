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
