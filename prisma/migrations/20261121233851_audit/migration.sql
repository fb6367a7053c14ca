-- CreateTable
CREATE TABLE "AuditEntry" (
    "seq" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "event" TEXT NOT NULL,
    "actorId" TEXT,
    "actor" TEXT NOT NULL,
    "accountId" TEXT,
    "keyArn" TEXT,
    "requestId" TEXT,
    "body" TEXT NOT NULL,
    "prevHash" BYTEA NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "AuditEntry_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "AuditHead" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "seq" BIGINT NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "AuditHead_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "AuditEntry_at_idx" ON "AuditEntry"("at");

-- CreateIndex
CREATE INDEX "AuditEntry_event_idx" ON "AuditEntry"("event");

-- CreateIndex
CREATE INDEX "AuditEntry_actorId_idx" ON "AuditEntry"("actorId");

-- CreateIndex
CREATE INDEX "AuditEntry_keyArn_idx" ON "AuditEntry"("keyArn");

-- CreateIndex
CREATE INDEX "AuditEntry_requestId_idx" ON "AuditEntry"("requestId");

-- The one clock of everything that ends. Only the tests' database redefines it, so that a test can let time pass.
CREATE FUNCTION claviger_now() RETURNS timestamptz LANGUAGE sql STABLE AS $$ SELECT now() $$;

INSERT INTO "AuditHead" ("id", "seq", "hash") VALUES (1, 0, sha256('claviger'::bytea));

CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON "AuditEntry" FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON "AuditEntry" FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_head_stays BEFORE DELETE ON "AuditHead" FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_head_no_truncate BEFORE TRUNCATE ON "AuditHead" FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();

-- Appends one entry and answers its number. The head row is locked until the caller's transaction ends: one order, no gaps.
-- jsonb's text form is canonical (keys sorted, one spacing), so the body can be hashed and compared byte for byte.
CREATE FUNCTION audit_append(entry jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  head "AuditHead"%ROWTYPE;
  next_seq bigint;
  moment timestamptz := date_trunc('milliseconds', claviger_now());
  text_body text;
  new_hash bytea;
BEGIN
  SELECT * INTO STRICT head FROM "AuditHead" WHERE "id" = 1 FOR UPDATE;
  next_seq := head."seq" + 1;
  text_body := (entry || jsonb_build_object('seq', next_seq, 'at', to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))::text;
  new_hash := sha256(head."hash" || convert_to(text_body, 'UTF8'));
  INSERT INTO "AuditEntry" ("seq", "at", "event", "actorId", "actor", "accountId", "keyArn", "requestId", "body", "prevHash", "hash")
  VALUES (next_seq, moment, entry->>'event', entry->>'actorId', entry->>'actor', entry->>'accountId', entry->>'keyArn',
          entry->>'requestId', text_body, head."hash", new_hash);
  UPDATE "AuditHead" SET "seq" = next_seq, "hash" = new_hash WHERE "id" = 1;
  RETURN next_seq;
END $$;
