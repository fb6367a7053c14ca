-- Steps of a change, and who decides about it: what holds whoever writes.
-- As the migrations leave it: a test compares these definitions with a migrated database.

CREATE OR REPLACE FUNCTION public.change_step()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
DECLARE
  glass boolean;
  given int;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW."status" <> 'draft' THEN
      RAISE EXCEPTION 'a change begins as a draft'
        USING ERRCODE = 'check_violation', TABLE = 'Change', CONSTRAINT = 'change_begins_as_draft';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW."status" = OLD."status" THEN RETURN NEW; END IF;
  IF NOT (OLD."status", NEW."status") IN (
    ('draft', 'open'), ('open', 'approved'), ('open', 'rejected'), ('open', 'cancelled'),
      ('open', 'expired'),
    ('approved', 'executing'), ('approved', 'cancelled'), ('approved', 'expired'),
      ('approved', 'drifted'),
    ('executing', 'applied'), ('executing', 'failed'), ('executing', 'drifted'),
    ('applied', 'reverting'), ('reverting', 'reverted'), ('reverting', 'revertFailed'),
      ('revertFailed', 'reverting')) THEN
    RAISE EXCEPTION 'a change does not go from % to %', OLD."status", NEW."status"
      USING ERRCODE = 'check_violation', TABLE = 'Change', CONSTRAINT = 'change_step';
  END IF;
  IF NEW."status" = 'open' AND (NEW."requestHash" IS NULL OR NEW."rule" IS NULL) THEN
    RAISE EXCEPTION 'a change is sent with its hash and its rule'
      USING ERRCODE = 'check_violation', TABLE = 'Change', CONSTRAINT = 'change_sent_with_rule';
  END IF;
  IF NEW."status" = 'approved' THEN
    SELECT r."breakGlass" INTO glass FROM "Request" r WHERE r."id" = NEW."requestId";
    SELECT count(*) INTO given FROM "Approval" a WHERE a."changeId" = NEW."id"
      AND a."decision" = 'approve'
      AND a."requestHash" = NEW."requestHash" AND a."baselineHash" = NEW."baselineHash";
    IF NOT glass AND given < greatest(1, (NEW."rule"->>'approvals')::int) THEN
      RAISE EXCEPTION 'the change has % of the approvals it needs', given
        USING ERRCODE = 'check_violation', TABLE = 'Change', CONSTRAINT = 'change_has_approvals';
    END IF;
  END IF;
  RETURN NEW;
END $function$;

CREATE TRIGGER change_step
  BEFORE INSERT OR UPDATE ON public."Change"
  FOR EACH ROW
  EXECUTE FUNCTION change_step();

CREATE OR REPLACE FUNCTION public.change_gainers(change uuid)
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE
AS $function$
  SELECT s FROM "Change" c
    JOIN "Person" p ON p."id"::text = lower(c."input"->'to'->>'personId')
      OR c."input"->'to'->>'group' = ANY(p."groups"),
    LATERAL same_people(p."id") s
  WHERE c."id" = change AND c."kind" = 'role-give' AND NOT (
    c."input"->'to' ? 'group' AND c."input"->>'role' <> 'admin'
    AND EXISTS (SELECT 1 FROM "Assignment" a WHERE a."personId" = p."id" AND a."role" = 'admin'
      AND a."accountId" IS NULL));
$function$;

CREATE OR REPLACE FUNCTION public.approval_check()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
DECLARE
  asked record;
  moment timestamptz;
BEGIN
  SELECT c."status", c."requestHash", c."baselineHash", c."endsAt", r."requesterId",
    r."answerBy" INTO asked
    FROM "Change" c JOIN "Request" r ON r."id" = c."requestId"
      WHERE c."id" = NEW."changeId" FOR UPDATE OF c;
  -- The lock may have been waited for, and claviger_now() is when the transaction began.
  moment := claviger_now() + (clock_timestamp() - now());
  IF asked."requesterId" IN (SELECT same_people(NEW."personId") UNION ALL
    SELECT same_people(coalesce(NEW."forPersonId", NEW."personId"))) THEN
    RAISE EXCEPTION 'nobody decides on their own request'
      USING ERRCODE = 'insufficient_privilege', TABLE = 'Approval',
        CONSTRAINT = 'approval_not_of_own_request';
  END IF;
  IF EXISTS (SELECT 1 FROM "Approval" a WHERE a."changeId" = NEW."changeId"
    AND (a."personId" IN (SELECT same_people(NEW."personId"))
      OR coalesce(a."forPersonId", a."personId") IN (SELECT same_people(coalesce(NEW."forPersonId",
        NEW."personId"))))) THEN
    RAISE EXCEPTION 'this person has decided already'
      USING ERRCODE = 'unique_violation', TABLE = 'Approval', CONSTRAINT = 'approval_once';
  END IF;
  IF EXISTS (SELECT 1 FROM "Person" p WHERE p."id" = NEW."personId" AND p."disabledAt" IS NOT NULL)
    THEN
    RAISE EXCEPTION 'who has left decides nothing'
      USING ERRCODE = 'insufficient_privilege', TABLE = 'Approval',
        CONSTRAINT = 'approval_with_access';
  END IF;
  IF asked."status" <> 'open' THEN
    RAISE EXCEPTION 'the change is not open'
      USING ERRCODE = 'check_violation', TABLE = 'Approval', CONSTRAINT = 'approval_of_open_change';
  END IF;
  IF coalesce(asked."answerBy" <= moment, true) OR coalesce(asked."endsAt" <= moment, false) THEN
    RAISE EXCEPTION 'the time to answer is over'
      USING ERRCODE = 'check_violation', TABLE = 'Approval', CONSTRAINT = 'approval_in_time';
  END IF;
  IF NEW."requestHash" IS DISTINCT FROM asked."requestHash" OR NEW."baselineHash" IS DISTINCT
    FROM asked."baselineHash" THEN
    RAISE EXCEPTION 'the decision is about something else than the change'
      USING ERRCODE = 'check_violation', TABLE = 'Approval',
        CONSTRAINT = 'approval_of_what_was_shown';
  END IF;
  NEW."at" := moment;
  RETURN NEW;
END $function$;

CREATE TRIGGER approval_check
  BEFORE INSERT ON public."Approval"
  FOR EACH ROW
  EXECUTE FUNCTION approval_check();

CREATE OR REPLACE FUNCTION public.approval_gainer()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF EXISTS (SELECT 1 FROM change_gainers(NEW."changeId") g WHERE g IN (NEW."personId",
    coalesce(NEW."forPersonId", NEW."personId"))) THEN
    RAISE EXCEPTION 'nobody decides about a role of their own'
      USING ERRCODE = 'insufficient_privilege', TABLE = 'Approval',
        CONSTRAINT = 'approval_not_of_own_role';
  END IF;
  RETURN NEW;
END $function$;

CREATE TRIGGER approval_gainer
  BEFORE INSERT ON public."Approval"
  FOR EACH ROW
  EXECUTE FUNCTION approval_gainer();

CREATE OR REPLACE FUNCTION public.approval_refuse()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  RAISE EXCEPTION 'a decision stays as it was made'
    USING ERRCODE = 'insufficient_privilege', TABLE = 'Approval',
      CONSTRAINT = 'approval_append_only';
END $function$;

CREATE TRIGGER approval_append_only
  BEFORE DELETE OR UPDATE ON public."Approval"
  FOR EACH ROW
  EXECUTE FUNCTION approval_refuse();

CREATE TRIGGER approval_no_truncate
  BEFORE TRUNCATE ON public."Approval"
  FOR EACH STATEMENT
  EXECUTE FUNCTION approval_refuse();

CREATE OR REPLACE FUNCTION derived.keep_open_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF TG_OP = 'DELETE' OR NEW.status <> 'open' THEN
    DELETE FROM derived.open_change o WHERE o.id = OLD.id;
    RETURN NULL;
  END IF;
  INSERT INTO derived.open_change (id, request_id, account, roles, gives)
  VALUES (NEW.id, NEW."requestId", NEW."accountId", NEW.rule->'roles', NEW.input ? 'to')
  ON CONFLICT (id) DO UPDATE SET account = excluded.account, roles = excluded.roles,
    gives = excluded.gives;
  RETURN NULL;
END $function$;

CREATE TRIGGER keep_open_change
  AFTER UPDATE ON public."Change"
  FOR EACH ROW
  WHEN (((old.status = 'open'::"ChangeStatus") OR (new.status = 'open'::"ChangeStatus")))
  EXECUTE FUNCTION derived.keep_open_change();

CREATE TRIGGER drop_open_change
  AFTER DELETE ON public."Change"
  FOR EACH ROW
  WHEN ((old.status = 'open'::"ChangeStatus"))
  EXECUTE FUNCTION derived.keep_open_change();
