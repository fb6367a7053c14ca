-- CreateEnum
CREATE TYPE "ChangeStatus" AS ENUM ('draft', 'open', 'approved', 'executing', 'applied', 'failed', 'drifted', 'rejected', 'cancelled', 'expired', 'reverting', 'reverted', 'revertFailed');

-- CreateTable
CREATE TABLE "PersonLink" (
    "id" UUID NOT NULL,
    "aId" UUID NOT NULL,
    "bId" UUID NOT NULL,
    "reason" TEXT NOT NULL,
    "createdById" UUID NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "PersonLink_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "StandIn" (
    "id" UUID NOT NULL,
    "awayId" UUID NOT NULL,
    "standInId" UUID NOT NULL,
    "startsAt" TIMESTAMPTZ(3) NOT NULL,
    "endsAt" TIMESTAMPTZ(3) NOT NULL,
    "reason" TEXT NOT NULL DEFAULT '',
    "createdById" UUID NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "endedAt" TIMESTAMPTZ(3),

    CONSTRAINT "StandIn_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Request" (
    "id" UUID NOT NULL,
    "number" SERIAL NOT NULL,
    "title" TEXT NOT NULL,
    "requesterId" UUID NOT NULL,
    "requesterName" TEXT NOT NULL,
    "justification" TEXT NOT NULL,
    "ticket" TEXT,
    "template" TEXT,
    "breakGlass" BOOLEAN NOT NULL DEFAULT false,
    "reviewedAt" TIMESTAMPTZ(3),
    "reviewedById" UUID,
    "reviewedBy" TEXT,
    "reviewNote" TEXT,
    "continuesId" UUID,
    "rulesVersion" INTEGER,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sentAt" TIMESTAMPTZ(3),
    "answerBy" TIMESTAMPTZ(3),

    CONSTRAINT "Request_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Change" (
    "id" UUID NOT NULL,
    "requestId" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "accountId" TEXT,
    "region" TEXT,
    "keyArn" TEXT,
    "input" JSONB NOT NULL,
    "startsAt" TIMESTAMPTZ(3),
    "endsAt" TIMESTAMPTZ(3),
    "title" TEXT NOT NULL,
    "risk" TEXT NOT NULL,
    "exclusive" BOOLEAN NOT NULL DEFAULT true,
    "baseline" JSONB NOT NULL,
    "baselineHash" TEXT NOT NULL,
    "baselineAt" TIMESTAMPTZ(3) NOT NULL,
    "preflight" JSONB NOT NULL,
    "rule" JSONB,
    "requestHash" TEXT,
    "status" "ChangeStatus" NOT NULL DEFAULT 'draft',
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "leaseOwner" TEXT,
    "leaseUntil" TIMESTAMPTZ(3),
    "nextTryAt" TIMESTAMPTZ(3),
    "sends" INTEGER NOT NULL DEFAULT 0,
    "lastSentAt" TIMESTAMPTZ(3),
    "undoSends" INTEGER NOT NULL DEFAULT 0,
    "undoLastSentAt" TIMESTAMPTZ(3),
    "approvedAt" TIMESTAMPTZ(3),
    "startedAt" TIMESTAMPTZ(3),
    "appliedAt" TIMESTAMPTZ(3),
    "endedAt" TIMESTAMPTZ(3),
    "outcome" JSONB,
    "undoOutcome" JSONB,
    "problem" TEXT,
    "endAskedAt" TIMESTAMPTZ(3),
    "endAskedById" UUID,
    "endAskedBy" TEXT,
    "trailEventId" TEXT,
    "trailSeenAt" TIMESTAMPTZ(3),
    "reconciled" JSONB,

    CONSTRAINT "Change_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Approval" (
    "id" UUID NOT NULL,
    "changeId" UUID NOT NULL,
    "personId" UUID NOT NULL,
    "personName" TEXT NOT NULL,
    "decision" TEXT NOT NULL,
    "comment" TEXT NOT NULL DEFAULT '',
    "requestHash" TEXT NOT NULL,
    "baselineHash" TEXT NOT NULL,
    "roles" TEXT[],
    "asOwner" BOOLEAN NOT NULL DEFAULT false,
    "forPersonId" UUID,
    "forPersonName" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Approval_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RequestComment" (
    "id" UUID NOT NULL,
    "requestId" UUID NOT NULL,
    "personId" UUID,
    "personName" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "RequestComment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Notification" (
    "id" UUID NOT NULL,
    "personId" UUID NOT NULL,
    "event" TEXT NOT NULL,
    "requestId" UUID,
    "title" TEXT NOT NULL,
    "body" TEXT NOT NULL DEFAULT '',
    "href" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "readAt" TIMESTAMPTZ(3),

    CONSTRAINT "Notification_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Delivery" (
    "id" UUID NOT NULL,
    "channel" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "event" TEXT NOT NULL,
    "requestId" UUID,
    "payload" JSONB NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'queued',
    "tries" INTEGER NOT NULL DEFAULT 0,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "leaseUntil" TIMESTAMPTZ(3),
    "nextTryAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "problem" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sentAt" TIMESTAMPTZ(3),

    CONSTRAINT "Delivery_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "AuditCheckpoint" (
    "seq" BIGINT NOT NULL,
    "hash" BYTEA NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "keyId" TEXT NOT NULL,
    "signature" BYTEA NOT NULL,
    "leftTo" TEXT[],
    "leftAt" TIMESTAMPTZ(3),

    CONSTRAINT "AuditCheckpoint_pkey" PRIMARY KEY ("seq")
);

-- CreateIndex
CREATE INDEX "PersonLink_bId_idx" ON "PersonLink"("bId");

-- CreateIndex
CREATE UNIQUE INDEX "PersonLink_aId_bId_key" ON "PersonLink"("aId", "bId");

-- CreateIndex
CREATE INDEX "StandIn_standInId_idx" ON "StandIn"("standInId");

-- CreateIndex
CREATE INDEX "StandIn_awayId_idx" ON "StandIn"("awayId");

-- CreateIndex
CREATE UNIQUE INDEX "Request_number_key" ON "Request"("number");

-- CreateIndex
CREATE INDEX "Request_requesterId_createdAt_idx" ON "Request"("requesterId", "createdAt" DESC);

-- CreateIndex
CREATE INDEX "Request_sentAt_idx" ON "Request"("sentAt");

-- CreateIndex
CREATE INDEX "Change_status_nextTryAt_idx" ON "Change"("status", "nextTryAt");

-- CreateIndex
CREATE INDEX "Change_status_endsAt_idx" ON "Change"("status", "endsAt");

-- CreateIndex
CREATE INDEX "Change_keyArn_idx" ON "Change"("keyArn");

-- CreateIndex
CREATE INDEX "Change_accountId_idx" ON "Change"("accountId");

-- CreateIndex
CREATE UNIQUE INDEX "Change_requestId_position_key" ON "Change"("requestId", "position");

-- CreateIndex
CREATE UNIQUE INDEX "Approval_changeId_personId_key" ON "Approval"("changeId", "personId");

-- CreateIndex
CREATE INDEX "RequestComment_requestId_at_idx" ON "RequestComment"("requestId", "at");

-- CreateIndex
CREATE INDEX "Notification_personId_createdAt_idx" ON "Notification"("personId", "createdAt" DESC);

-- CreateIndex
CREATE INDEX "Delivery_status_nextTryAt_idx" ON "Delivery"("status", "nextTryAt");

-- AddForeignKey
ALTER TABLE "Request" ADD CONSTRAINT "Request_requesterId_fkey" FOREIGN KEY ("requesterId") REFERENCES "Person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Change" ADD CONSTRAINT "Change_requestId_fkey" FOREIGN KEY ("requestId") REFERENCES "Request"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Approval" ADD CONSTRAINT "Approval_changeId_fkey" FOREIGN KEY ("changeId") REFERENCES "Change"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RequestComment" ADD CONSTRAINT "RequestComment_requestId_fkey" FOREIGN KEY ("requestId") REFERENCES "Request"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Notification" ADD CONSTRAINT "Notification_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Every identity of the person that is known: a verified e-mail, the claim of OIDC_PERSON_CLAIM or a link made by an administrator,
-- followed to the end. Used only to refuse.
CREATE FUNCTION same_people(person uuid) RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
  WITH RECURSIVE same(id) AS (
    SELECT person
    UNION
    SELECT other."id" FROM same s JOIN "Person" me ON me."id" = s.id JOIN "Person" other ON other."id" <> me."id" AND (
      (me."emailVerified" AND other."emailVerified" AND lower(me."email") = lower(other."email"))
      OR me."personClaim" = other."personClaim"
      OR EXISTS (SELECT 1 FROM "PersonLink" l WHERE (l."aId" = me."id" AND l."bId" = other."id") OR (l."bId" = me."id" AND l."aId" = other."id")))
  )
  SELECT id FROM same
$$;

-- Whatever road an approval takes in: it is never the requester's, never late, never about something else than what was shown.
CREATE FUNCTION approval_check() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  asked record;
BEGIN
  SELECT c."status", c."requestHash", c."baselineHash", c."endsAt", r."requesterId", r."answerBy" INTO asked
    FROM "Change" c JOIN "Request" r ON r."id" = c."requestId" WHERE c."id" = NEW."changeId" FOR UPDATE OF c;
  IF asked."requesterId" IN (SELECT same_people(NEW."personId")) THEN
    RAISE EXCEPTION 'nobody decides on their own request' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF EXISTS (SELECT 1 FROM "Approval" a WHERE a."changeId" = NEW."changeId" AND a."personId" IN (SELECT same_people(NEW."personId"))) THEN
    RAISE EXCEPTION 'this person has decided already' USING ERRCODE = 'unique_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM "Person" p WHERE p."id" = NEW."personId" AND p."disabledAt" IS NOT NULL) THEN
    RAISE EXCEPTION 'who has left decides nothing' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF asked."status" <> 'open' THEN
    RAISE EXCEPTION 'the change is not open' USING ERRCODE = 'check_violation';
  END IF;
  IF coalesce(asked."answerBy" <= claviger_now(), true) OR coalesce(asked."endsAt" <= claviger_now(), false) THEN
    RAISE EXCEPTION 'the time to answer is over' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW."requestHash" IS DISTINCT FROM asked."requestHash" OR NEW."baselineHash" IS DISTINCT FROM asked."baselineHash" THEN
    RAISE EXCEPTION 'the decision is about something else than the change' USING ERRCODE = 'check_violation';
  END IF;
  NEW."at" := claviger_now();
  RETURN NEW;
END $$;
CREATE TRIGGER approval_check BEFORE INSERT ON "Approval" FOR EACH ROW EXECUTE FUNCTION approval_check();
CREATE FUNCTION approval_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a decision stays as it was made' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER approval_append_only BEFORE UPDATE OR DELETE ON "Approval" FOR EACH ROW EXECUTE FUNCTION approval_refuse();
CREATE TRIGGER approval_no_truncate BEFORE TRUNCATE ON "Approval" FOR EACH STATEMENT EXECUTE FUNCTION approval_refuse();
ALTER TABLE "Approval" ADD CONSTRAINT "Approval_decision" CHECK ("decision" IN ('approve', 'reject'));

-- The states a change goes through (recipes.md), whoever writes them; approved only with the approvals its rule asks for.
CREATE FUNCTION change_step() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  glass boolean;
  given int;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW."status" <> 'draft' THEN RAISE EXCEPTION 'a change begins as a draft' USING ERRCODE = 'check_violation'; END IF;
    RETURN NEW;
  END IF;
  IF NEW."status" = OLD."status" THEN RETURN NEW; END IF;
  IF NOT (OLD."status", NEW."status") IN (
    ('draft', 'open'), ('open', 'approved'), ('open', 'rejected'), ('open', 'cancelled'), ('open', 'expired'),
    ('approved', 'executing'), ('approved', 'cancelled'), ('approved', 'expired'), ('approved', 'drifted'),
    ('executing', 'applied'), ('executing', 'failed'), ('executing', 'drifted'),
    ('applied', 'reverting'), ('reverting', 'reverted'), ('reverting', 'revertFailed'), ('revertFailed', 'reverting')) THEN
    RAISE EXCEPTION 'a change does not go from % to %', OLD."status", NEW."status" USING ERRCODE = 'check_violation';
  END IF;
  IF NEW."status" = 'open' AND (NEW."requestHash" IS NULL OR NEW."rule" IS NULL) THEN
    RAISE EXCEPTION 'a change is sent with its hash and its rule' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW."status" = 'approved' THEN
    SELECT r."breakGlass" INTO glass FROM "Request" r WHERE r."id" = NEW."requestId";
    SELECT count(*) INTO given FROM "Approval" a WHERE a."changeId" = NEW."id" AND a."decision" = 'approve'
      AND a."requestHash" = NEW."requestHash" AND a."baselineHash" = NEW."baselineHash";
    IF NOT glass AND given < greatest(1, (NEW."rule"->>'approvals')::int) THEN
      RAISE EXCEPTION 'the change has % of the approvals it needs', given USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER change_step BEFORE INSERT OR UPDATE ON "Change" FOR EACH ROW EXECUTE FUNCTION change_step();
ALTER TABLE "Change" ADD CONSTRAINT "Change_ends_after_it_starts" CHECK ("endsAt" IS NULL OR "startsAt" IS NULL OR "endsAt" > "startsAt");
