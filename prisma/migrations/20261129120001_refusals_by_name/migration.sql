-- Each refusal of a decision carries a name of its own: the console knows it by that, never by its sentence.
CREATE OR REPLACE FUNCTION approval_check() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  asked record;
  moment timestamptz;
BEGIN
  SELECT c."status", c."requestHash", c."baselineHash", c."endsAt", r."requesterId", r."answerBy" INTO asked
    FROM "Change" c JOIN "Request" r ON r."id" = c."requestId" WHERE c."id" = NEW."changeId" FOR UPDATE OF c;
  -- The lock may have been waited for, and claviger_now() is when the transaction began.
  moment := claviger_now() + (clock_timestamp() - now());
  IF asked."requesterId" IN (SELECT same_people(NEW."personId") UNION ALL SELECT same_people(coalesce(NEW."forPersonId", NEW."personId"))) THEN
    RAISE EXCEPTION 'nobody decides on their own request'
      USING ERRCODE = 'insufficient_privilege', TABLE = 'Approval', CONSTRAINT = 'approval_not_of_own_request';
  END IF;
  IF EXISTS (SELECT 1 FROM "Approval" a WHERE a."changeId" = NEW."changeId"
    AND (a."personId" IN (SELECT same_people(NEW."personId"))
      OR coalesce(a."forPersonId", a."personId") IN (SELECT same_people(coalesce(NEW."forPersonId", NEW."personId"))))) THEN
    RAISE EXCEPTION 'this person has decided already'
      USING ERRCODE = 'unique_violation', TABLE = 'Approval', CONSTRAINT = 'approval_once';
  END IF;
  IF EXISTS (SELECT 1 FROM "Person" p WHERE p."id" = NEW."personId" AND p."disabledAt" IS NOT NULL) THEN
    RAISE EXCEPTION 'who has left decides nothing'
      USING ERRCODE = 'insufficient_privilege', TABLE = 'Approval', CONSTRAINT = 'approval_with_access';
  END IF;
  IF asked."status" <> 'open' THEN
    RAISE EXCEPTION 'the change is not open'
      USING ERRCODE = 'check_violation', TABLE = 'Approval', CONSTRAINT = 'approval_of_open_change';
  END IF;
  IF coalesce(asked."answerBy" <= moment, true) OR coalesce(asked."endsAt" <= moment, false) THEN
    RAISE EXCEPTION 'the time to answer is over'
      USING ERRCODE = 'check_violation', TABLE = 'Approval', CONSTRAINT = 'approval_in_time';
  END IF;
  IF NEW."requestHash" IS DISTINCT FROM asked."requestHash" OR NEW."baselineHash" IS DISTINCT FROM asked."baselineHash" THEN
    RAISE EXCEPTION 'the decision is about something else than the change'
      USING ERRCODE = 'check_violation', TABLE = 'Approval', CONSTRAINT = 'approval_of_what_was_shown';
  END IF;
  NEW."at" := moment;
  RETURN NEW;
END $$;
