-- Whose each mutation is that the trail saw: of which change, AWS's own, or out of band
-- (lib/changes/README.md, "Matching").

-- "Judge this again": an event that was stored, corrected or taken out, or the events of a change of
-- which more is known now. Only ever inserted, in the transaction of what it tells of, so that
-- writers never wait for each other.
CREATE TABLE trail.unmatched (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_id  text COLLATE "C",
  event_id    text COLLATE "C",
  occurred_at timestamptz(3),
  change_id   uuid
);

CREATE TABLE trail.mutation (
  account_id     text COLLATE "C" NOT NULL,
  event_id       text COLLATE "C" NOT NULL,
  occurred_at    timestamptz(3) NOT NULL,
  region         text COLLATE "C" NOT NULL,
  operation      text COLLATE "C" NOT NULL,
  key_arn        text COLLATE "C",
  principal_kind text COLLATE "C" NOT NULL,
  principal      text COLLATE "C" NOT NULL,
  session        text COLLATE "C",
  -- change, aws, elsewhere, before, outOfBand
  origin         text COLLATE "C" NOT NULL,
  -- By which rule (lib/changes/match/origin.ts).
  why            text COLLATE "C" NOT NULL,
  -- Of origin change: the change that made it. Else the change that it claims to be of.
  change_id      uuid,
  -- When people were told that it is out of band.
  told_at        timestamptz(3),
  PRIMARY KEY (account_id, event_id, occurred_at)
);
CREATE INDEX mutation_change ON trail.mutation (change_id) WHERE change_id IS NOT NULL;
-- What a person is shown, newest first.
CREATE INDEX mutation_newest ON trail.mutation (occurred_at DESC NULLS LAST, event_id, account_id)
  WHERE origin IN ('outOfBand', 'before');
CREATE INDEX mutation_key ON trail.mutation (lower(key_arn), occurred_at DESC)
  WHERE origin IN ('outOfBand', 'before');
CREATE INDEX mutation_untold ON trail.mutation (occurred_at)
  WHERE origin = 'outOfBand' AND told_at IS NULL;
-- What a setting decides about.
CREATE INDEX mutation_service_grant ON trail.mutation (origin) WHERE why = 'serviceGrant';
-- What is older than changes are kept.
CREATE INDEX mutation_old ON trail.mutation (occurred_at);

CREATE OR REPLACE FUNCTION trail.mark_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  INSERT INTO trail.unmatched (change_id) VALUES (new.id);
  RETURN NULL;
END $function$;

-- How many calls left, and what AWS answered: the events of the change are judged by it.
CREATE TRIGGER mark_sent
  AFTER UPDATE OF sends, "undoSends", outcome, "undoOutcome" ON public."Change"
  FOR EACH ROW
  WHEN (((new.sends > 0) OR (new."undoSends" > 0)))
  EXECUTE FUNCTION trail.mark_change();

CREATE TRIGGER call_worker_matching
  AFTER INSERT ON trail.unmatched
  FOR EACH STATEMENT
  EXECUTE FUNCTION call_worker('matching');

-- What the trail holds already.
INSERT INTO trail.unmatched (account_id, event_id, occurred_at)
SELECT account_id, event_id, occurred_at FROM trail.event
WHERE NOT is_use AND NOT read_only AND outcome = 'success';

-- AlterTable: its events stand in trail.mutation.
ALTER TABLE "Change" DROP COLUMN "trailEventId", DROP COLUMN "trailSeenAt";

-- CreateTable
CREATE TABLE "OutOfBandReview" (
    "accountId" TEXT NOT NULL,
    "eventId" TEXT NOT NULL,
    "decision" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "reviewedById" UUID NOT NULL,
    "reviewedBy" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "OutOfBandReview_pkey" PRIMARY KEY ("accountId","eventId")
);
