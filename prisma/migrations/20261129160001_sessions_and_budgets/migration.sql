-- A session is a row: whoever holds its cookie is in for as long as the row says so. Cookies from before name no row and are refused.
ALTER TABLE "Person" DROP COLUMN "sessionVersion";

-- CreateTable
CREATE TABLE "Session" (
    "id" UUID NOT NULL,
    "personId" UUID NOT NULL,
    "device" TEXT NOT NULL,
    "startedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastSeenAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "endedAt" TIMESTAMPTZ(3),
    "endedWhy" TEXT,

    CONSTRAINT "Session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "PersonBudget" (
    "personId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "used" DOUBLE PRECISION NOT NULL,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "PersonBudget_pkey" PRIMARY KEY ("personId","name")
);

-- CreateIndex
CREATE INDEX "Session_personId_idx" ON "Session"("personId");

-- CreateIndex
CREATE INDEX "Session_startedAt_idx" ON "Session"("startedAt");

-- AddForeignKey
ALTER TABLE "Session" ADD CONSTRAINT "Session_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PersonBudget" ADD CONSTRAINT "PersonBudget_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What has ended stays ended.
CREATE FUNCTION session_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD."endedAt" IS NOT NULL OR NEW."personId" <> OLD."personId" OR NEW."startedAt" <> OLD."startedAt" THEN
    RAISE EXCEPTION 'a session that has ended does not come back' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER session_check BEFORE UPDATE ON "Session" FOR EACH ROW EXECUTE FUNCTION session_check();

-- Since when two different people administered this installation: from then on one alone gives nobody a role that decides.
CREATE FUNCTION note_two_administrators() RETURNS void LANGUAGE sql AS $$
  INSERT INTO "Setting" ("name", "value")
    SELECT 'fourEyes.since', to_jsonb(claviger_now()) FROM (
      SELECT DISTINCT (SELECT min(s::text) FROM same_people(a."personId") s) AS "human"
      FROM "Assignment" a JOIN "Person" p ON p."id" = a."personId"
      WHERE a."role" = 'admin' AND a."accountId" IS NULL AND p."disabledAt" IS NULL) administrators
    HAVING count(*) > 1
    ON CONFLICT DO NOTHING;
$$;
CREATE FUNCTION two_administrators() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM note_two_administrators();
  RETURN NULL;
END $$;
CREATE TRIGGER two_administrators AFTER INSERT OR UPDATE ON "Assignment" FOR EACH ROW
  WHEN (NEW."role" = 'admin' AND NEW."accountId" IS NULL) EXECUTE FUNCTION two_administrators();
CREATE TRIGGER two_administrators AFTER UPDATE OF "disabledAt" ON "Person" FOR EACH ROW
  WHEN (OLD."disabledAt" IS NOT NULL AND NEW."disabledAt" IS NULL) EXECUTE FUNCTION two_administrators();
-- Also right before one of two goes: both may have come at the same moment, when neither transaction saw the other.
CREATE FUNCTION two_administrators_until_now() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM note_two_administrators();
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER two_administrators_until_now BEFORE DELETE ON "Assignment" FOR EACH ROW
  WHEN (OLD."role" = 'admin' AND OLD."accountId" IS NULL) EXECUTE FUNCTION two_administrators_until_now();
CREATE TRIGGER two_administrators_until_now BEFORE UPDATE OF "disabledAt" ON "Person" FOR EACH ROW
  WHEN (OLD."disabledAt" IS NULL AND NEW."disabledAt" IS NOT NULL) EXECUTE FUNCTION two_administrators_until_now();
SELECT note_two_administrators();
