-- Every refusal of a trigger names its constraint: code knows it by that, never by its words.

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
    ('draft', 'open'), ('open', 'approved'), ('open', 'rejected'), ('open', 'cancelled'), ('open', 'expired'),
    ('approved', 'executing'), ('approved', 'cancelled'), ('approved', 'expired'), ('approved', 'drifted'),
    ('executing', 'applied'), ('executing', 'failed'), ('executing', 'drifted'),
    ('applied', 'reverting'), ('reverting', 'reverted'), ('reverting', 'revertFailed'), ('revertFailed', 'reverting')) THEN
    RAISE EXCEPTION 'a change does not go from % to %', OLD."status", NEW."status"
      USING ERRCODE = 'check_violation', TABLE = 'Change', CONSTRAINT = 'change_step';
  END IF;
  IF NEW."status" = 'open' AND (NEW."requestHash" IS NULL OR NEW."rule" IS NULL) THEN
    RAISE EXCEPTION 'a change is sent with its hash and its rule'
      USING ERRCODE = 'check_violation', TABLE = 'Change', CONSTRAINT = 'change_sent_with_rule';
  END IF;
  IF NEW."status" = 'approved' THEN
    SELECT r."breakGlass" INTO glass FROM "Request" r WHERE r."id" = NEW."requestId";
    SELECT count(*) INTO given FROM "Approval" a WHERE a."changeId" = NEW."id" AND a."decision" = 'approve'
      AND a."requestHash" = NEW."requestHash" AND a."baselineHash" = NEW."baselineHash";
    IF NOT glass AND given < greatest(1, (NEW."rule"->>'approvals')::int) THEN
      RAISE EXCEPTION 'the change has % of the approvals it needs', given
        USING ERRCODE = 'check_violation', TABLE = 'Change', CONSTRAINT = 'change_has_approvals';
    END IF;
  END IF;
  RETURN NEW;
END $function$;

CREATE OR REPLACE FUNCTION public.approval_refuse()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  RAISE EXCEPTION 'a decision stays as it was made'
    USING ERRCODE = 'insufficient_privilege', TABLE = 'Approval', CONSTRAINT = 'approval_append_only';
END $function$;

CREATE OR REPLACE FUNCTION public.audit_refuse()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  RAISE EXCEPTION 'the audit log is append-only'
    USING ERRCODE = 'insufficient_privilege', TABLE = TG_TABLE_NAME, CONSTRAINT = 'audit_append_only';
END $function$;

CREATE OR REPLACE FUNCTION public.audit_checkpoint_refuse()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  RAISE EXCEPTION 'checkpoints of the audit log are append-only'
    USING ERRCODE = 'insufficient_privilege', TABLE = TG_TABLE_NAME, CONSTRAINT = 'audit_checkpoint_append_only';
END $function$;

CREATE OR REPLACE FUNCTION public.session_check()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF OLD."endedAt" IS NOT NULL OR NEW."personId" <> OLD."personId" OR NEW."startedAt" <> OLD."startedAt" THEN
    RAISE EXCEPTION 'a session that has ended does not come back'
      USING ERRCODE = 'check_violation', TABLE = 'Session', CONSTRAINT = 'session_only_ends';
  END IF;
  RETURN NEW;
END $function$;
