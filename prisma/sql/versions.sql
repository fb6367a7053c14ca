-- A version for each table that answers are made of, raised by whoever writes to it.
-- As the migrations leave it: a test compares these definitions with a migrated database.

CREATE OR REPLACE FUNCTION derived.raise_version(about text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
DECLARE
  noted CONSTANT text := 'claviger_raised.' || replace(about, ' ', '_');
  me CONSTANT text := pg_current_xact_id()::text;
  own bigint;
BEGIN
  -- Once a transaction: what else it writes is seen together with this, or not at all.
  IF current_setting(noted, true) = me THEN
    RETURN;
  END IF;
  PERFORM set_config(noted, me, true);
  -- A row that another transaction holds is left to it, so that no writer ever waits for another.
  -- Beyond read committed, a row that changed since the snapshot would end the transaction.
  IF current_setting('transaction_isolation') = 'read committed' THEN
    SELECT v.stripe INTO own FROM derived.table_version v WHERE v.name = about
    ORDER BY v.stripe LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;
  END IF;
  IF own IS NULL THEN
    INSERT INTO derived.table_version (name) VALUES (about);
  ELSE
    UPDATE derived.table_version SET n = n + 1 WHERE name = about AND stripe = own;
  END IF;
END $function$;

CREATE OR REPLACE FUNCTION derived.note_rows()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF EXISTS (SELECT FROM touched) THEN
    PERFORM derived.raise_version(TG_TABLE_NAME::text);
  END IF;
  RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION derived.note_facts()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  -- What the trigger names is no fact that anyone is shown, and is written all the time.
  IF EXISTS (SELECT to_jsonb(t) - TG_ARGV FROM touched t
    EXCEPT ALL SELECT to_jsonb(b) - TG_ARGV FROM before b) THEN
    PERFORM derived.raise_version(TG_TABLE_NAME::text);
  END IF;
  RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION derived.note_request_audit()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF EXISTS (SELECT FROM touched WHERE "requestId" IS NOT NULL) THEN
    PERFORM derived.raise_version('AuditEntry of requests');
  END IF;
  RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION derived.note_key_names()
 RETURNS trigger
 LANGUAGE plpgsql
 SET enable_nestloop TO 'off'
AS $function$
BEGIN
  -- A sweep writes when a key was read again; its names and its owner mostly stay.
  IF EXISTS (
    SELECT FROM renamed n JOIN named o ON o.arn = n.arn
    WHERE (o.aliases, o.tags, o."tagsAt" IS NULL)
      IS DISTINCT FROM (n.aliases, n.tags, n."tagsAt" IS NULL)) THEN
    PERFORM derived.raise_version('Key names');
  END IF;
  RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION derived.note_key_list()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF EXISTS (SELECT FROM touched) THEN
    PERFORM derived.raise_version('Key names');
  END IF;
  RETURN NULL;
END $function$;

CREATE TRIGGER note_rows_added
  AFTER INSERT ON public."Account"
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_rows_changed
  AFTER UPDATE ON public."Account"
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_rows_removed
  AFTER DELETE ON public."Account"
  REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_rows_added
  AFTER INSERT ON public."AccountRegion"
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_rows_changed
  AFTER UPDATE ON public."AccountRegion"
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_rows_removed
  AFTER DELETE ON public."AccountRegion"
  REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_rows_added
  AFTER INSERT ON public."Approval"
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_rows_changed
  AFTER UPDATE ON public."Approval"
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_rows_removed
  AFTER DELETE ON public."Approval"
  REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_rows_added
  AFTER INSERT ON public."Assignment"
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_rows_changed
  AFTER UPDATE ON public."Assignment"
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_rows_removed
  AFTER DELETE ON public."Assignment"
  REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_rows_added
  AFTER INSERT ON public."Change"
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_rows_changed
  AFTER UPDATE ON public."Change"
  REFERENCING OLD TABLE AS before NEW TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_facts('leaseUntil');

CREATE TRIGGER note_rows_removed
  AFTER DELETE ON public."Change"
  REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_rows_added
  AFTER INSERT ON public."Coverage"
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_rows_changed
  AFTER UPDATE ON public."Coverage"
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_rows_removed
  AFTER DELETE ON public."Coverage"
  REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_rows_added
  AFTER INSERT ON public."Delegate"
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_rows_changed
  AFTER UPDATE ON public."Delegate"
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_rows_removed
  AFTER DELETE ON public."Delegate"
  REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_rows_added
  AFTER INSERT ON public."Key"
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_rows_changed
  AFTER UPDATE ON public."Key"
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_rows_removed
  AFTER DELETE ON public."Key"
  REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_rows_added
  AFTER INSERT ON public."Notification"
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_rows_changed
  AFTER UPDATE ON public."Notification"
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_rows_removed
  AFTER DELETE ON public."Notification"
  REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_rows_added
  AFTER INSERT ON public."Person"
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_rows_changed
  AFTER UPDATE ON public."Person"
  REFERENCING OLD TABLE AS before NEW TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_facts('lastSignInAt');

CREATE TRIGGER note_rows_removed
  AFTER DELETE ON public."Person"
  REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_rows_added
  AFTER INSERT ON public."PersonLink"
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_rows_changed
  AFTER UPDATE ON public."PersonLink"
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_rows_removed
  AFTER DELETE ON public."PersonLink"
  REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_rows_added
  AFTER INSERT ON public."Request"
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_rows_changed
  AFTER UPDATE ON public."Request"
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_rows_removed
  AFTER DELETE ON public."Request"
  REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_rows_added
  AFTER INSERT ON public."RequestComment"
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_rows_changed
  AFTER UPDATE ON public."RequestComment"
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_rows_removed
  AFTER DELETE ON public."RequestComment"
  REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_rows_added
  AFTER INSERT ON public."Setting"
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_rows_changed
  AFTER UPDATE ON public."Setting"
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_rows_removed
  AFTER DELETE ON public."Setting"
  REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_rows_added
  AFTER INSERT ON public."Sweep"
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_rows_changed
  AFTER UPDATE ON public."Sweep"
  REFERENCING OLD TABLE AS before NEW TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_facts('leaseUntil');

CREATE TRIGGER note_rows_removed
  AFTER DELETE ON public."Sweep"
  REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_request_audit
  AFTER INSERT ON public."AuditEntry"
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_request_audit();

CREATE TRIGGER note_key_names_added
  AFTER INSERT ON public."Key"
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_key_list();

CREATE TRIGGER note_key_names_removed
  AFTER DELETE ON public."Key"
  REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_key_list();

CREATE TRIGGER note_key_names_changed
  AFTER UPDATE ON public."Key"
  REFERENCING OLD TABLE AS named NEW TABLE AS renamed
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_key_names();

CREATE TRIGGER note_rows_added
  AFTER INSERT ON public."LastRead"
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_rows_changed
  AFTER UPDATE ON public."LastRead"
  REFERENCING NEW TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();

CREATE TRIGGER note_rows_removed
  AFTER DELETE ON public."LastRead"
  REFERENCING OLD TABLE AS touched
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.note_rows();
