-- A decision is also refused when it came too late behind a lock, and when it uses the say of the requester, or one that was used.
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
    RAISE EXCEPTION 'nobody decides on their own request' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF EXISTS (SELECT 1 FROM "Approval" a WHERE a."changeId" = NEW."changeId" AND a."personId" IN (SELECT same_people(NEW."personId"))) THEN
    RAISE EXCEPTION 'this person has decided already' USING ERRCODE = 'unique_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM "Approval" a WHERE a."changeId" = NEW."changeId"
    AND coalesce(a."forPersonId", a."personId") IN (SELECT same_people(coalesce(NEW."forPersonId", NEW."personId")))) THEN
    RAISE EXCEPTION 'this person has decided already' USING ERRCODE = 'unique_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM "Person" p WHERE p."id" = NEW."personId" AND p."disabledAt" IS NOT NULL) THEN
    RAISE EXCEPTION 'who has left decides nothing' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF asked."status" <> 'open' THEN
    RAISE EXCEPTION 'the change is not open' USING ERRCODE = 'check_violation';
  END IF;
  IF coalesce(asked."answerBy" <= moment, true) OR coalesce(asked."endsAt" <= moment, false) THEN
    RAISE EXCEPTION 'the time to answer is over' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW."requestHash" IS DISTINCT FROM asked."requestHash" OR NEW."baselineHash" IS DISTINCT FROM asked."baselineHash" THEN
    RAISE EXCEPTION 'the decision is about something else than the change' USING ERRCODE = 'check_violation';
  END IF;
  NEW."at" := moment;
  RETURN NEW;
END $$;

-- What was noted of the audit log outside is noted for good.
CREATE FUNCTION audit_checkpoint_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'checkpoints of the audit log are append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_checkpoint_append_only BEFORE DELETE OR UPDATE OF "seq", "hash", "at", "keyId", "signature" ON "AuditCheckpoint" FOR EACH ROW EXECUTE FUNCTION audit_checkpoint_refuse();
CREATE TRIGGER audit_checkpoint_no_truncate BEFORE TRUNCATE ON "AuditCheckpoint" FOR EACH STATEMENT EXECUTE FUNCTION audit_checkpoint_refuse();
