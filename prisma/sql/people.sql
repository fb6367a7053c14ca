-- Who is the same person, sessions that only end earlier, and never fewer than two administrators.
-- As the migrations leave it: a test compares these definitions with a migrated database.

CREATE OR REPLACE FUNCTION public.same_people(person uuid)
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE ROWS 2
AS $function$
  WITH RECURSIVE same(id) AS (
    SELECT person
    UNION
    SELECT tied."id" FROM same s,
    LATERAL (SELECT * FROM "Person" p WHERE p."id" = s.id OFFSET 0) me, LATERAL (
      SELECT o."id" FROM "Person" o WHERE me."emailVerified" AND o."emailVerified"
        AND lower(o."email") = lower(me."email")
      UNION ALL SELECT o."id" FROM "Person" o WHERE o."personClaim" = me."personClaim"
      UNION ALL SELECT l."bId" FROM "PersonLink" l WHERE l."aId" = me."id"
      UNION ALL SELECT l."aId" FROM "PersonLink" l WHERE l."bId" = me."id"
    ) tied
  )
  SELECT id FROM same
$function$;

CREATE OR REPLACE FUNCTION public.session_check()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF OLD."endedAt" IS NOT NULL OR NEW."personId" <> OLD."personId"
    OR NEW."startedAt" <> OLD."startedAt" THEN
    RAISE EXCEPTION 'a session that has ended does not come back'
      USING ERRCODE = 'check_violation', TABLE = 'Session', CONSTRAINT = 'session_only_ends';
  END IF;
  RETURN NEW;
END $function$;

CREATE TRIGGER session_check
  BEFORE UPDATE ON public."Session"
  FOR EACH ROW
  EXECUTE FUNCTION session_check();

CREATE OR REPLACE FUNCTION public.note_two_administrators()
 RETURNS void
 LANGUAGE sql
AS $function$
  INSERT INTO "Setting" ("name", "value")
    SELECT 'fourEyes.since', to_jsonb(claviger_now()) FROM (
      SELECT DISTINCT (SELECT min(s::text) FROM same_people(a."personId") s) AS "human"
      FROM "Assignment" a JOIN "Person" p ON p."id" = a."personId"
      WHERE a."role" = 'admin' AND a."accountId" IS NULL AND p."disabledAt" IS NULL) administrators
    HAVING count(*) > 1
    ON CONFLICT DO NOTHING;
$function$;

CREATE OR REPLACE FUNCTION public.two_administrators()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  PERFORM note_two_administrators();
  RETURN NULL;
END $function$;

CREATE TRIGGER two_administrators
  AFTER INSERT OR UPDATE ON public."Assignment"
  FOR EACH ROW
  WHEN (((new.role = 'admin'::"Role") AND (new."accountId" IS NULL)))
  EXECUTE FUNCTION two_administrators();

CREATE TRIGGER two_administrators
  AFTER UPDATE OF "disabledAt" ON public."Person"
  FOR EACH ROW
  WHEN (((old."disabledAt" IS NOT NULL) AND (new."disabledAt" IS NULL)))
  EXECUTE FUNCTION two_administrators();

CREATE OR REPLACE FUNCTION public.two_administrators_until_now()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  PERFORM note_two_administrators();
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $function$;

CREATE TRIGGER two_administrators_until_now
  BEFORE DELETE ON public."Assignment"
  FOR EACH ROW
  WHEN (((old.role = 'admin'::"Role") AND (old."accountId" IS NULL)))
  EXECUTE FUNCTION two_administrators_until_now();

CREATE TRIGGER two_administrators_until_now
  BEFORE UPDATE OF "disabledAt" ON public."Person"
  FOR EACH ROW
  WHEN (((old."disabledAt" IS NULL) AND (new."disabledAt" IS NOT NULL)))
  EXECUTE FUNCTION two_administrators_until_now();
