-- The audit log: one order, hash-chained, append-only.
-- As the migrations leave it: a test compares these definitions with a migrated database.

CREATE OR REPLACE FUNCTION public.audit_append(entry jsonb)
 RETURNS bigint
 LANGUAGE plpgsql
AS $function$
DECLARE
  head "AuditHead"%ROWTYPE;
  next_seq bigint;
  moment timestamptz := date_trunc('milliseconds', claviger_now());
  text_body text;
  new_hash bytea;
BEGIN
  SELECT * INTO STRICT head FROM "AuditHead" WHERE "id" = 1 FOR UPDATE;
  next_seq := head."seq" + 1;
  text_body := (entry || jsonb_build_object('seq', next_seq, 'at',
    to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))::text;
  new_hash := sha256(head."hash" || convert_to(text_body, 'UTF8'));
  INSERT INTO "AuditEntry" ("seq", "at", "event", "actorId", "actor", "accountId", "keyArn",
    "requestId", "body", "prevHash", "hash")
  VALUES (next_seq, moment, entry->>'event', entry->>'actorId', entry->>'actor',
    entry->>'accountId', entry->>'keyArn',
          entry->>'requestId', text_body, head."hash", new_hash);
  UPDATE "AuditHead" SET "seq" = next_seq, "hash" = new_hash WHERE "id" = 1;
  RETURN next_seq;
END $function$;

CREATE OR REPLACE FUNCTION public.audit_refuse()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  RAISE EXCEPTION 'the audit log is append-only'
    USING ERRCODE = 'insufficient_privilege', TABLE = TG_TABLE_NAME,
      CONSTRAINT = 'audit_append_only';
END $function$;

CREATE TRIGGER audit_append_only
  BEFORE DELETE OR UPDATE ON public."AuditEntry"
  FOR EACH ROW
  EXECUTE FUNCTION audit_refuse();

CREATE TRIGGER audit_no_truncate
  BEFORE TRUNCATE ON public."AuditEntry"
  FOR EACH STATEMENT
  EXECUTE FUNCTION audit_refuse();

CREATE TRIGGER audit_head_no_truncate
  BEFORE TRUNCATE ON public."AuditHead"
  FOR EACH STATEMENT
  EXECUTE FUNCTION audit_refuse();

CREATE TRIGGER audit_head_stays
  BEFORE DELETE ON public."AuditHead"
  FOR EACH ROW
  EXECUTE FUNCTION audit_refuse();

CREATE OR REPLACE FUNCTION public.audit_checkpoint_refuse()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  RAISE EXCEPTION 'checkpoints of the audit log are append-only'
    USING ERRCODE = 'insufficient_privilege', TABLE = TG_TABLE_NAME,
      CONSTRAINT = 'audit_checkpoint_append_only';
END $function$;

CREATE TRIGGER audit_checkpoint_append_only
  BEFORE DELETE OR UPDATE OF seq, hash, at, "keyId", signature ON public."AuditCheckpoint"
  FOR EACH ROW
  EXECUTE FUNCTION audit_checkpoint_refuse();

CREATE TRIGGER audit_checkpoint_no_truncate
  BEFORE TRUNCATE ON public."AuditCheckpoint"
  FOR EACH STATEMENT
  EXECUTE FUNCTION audit_checkpoint_refuse();
