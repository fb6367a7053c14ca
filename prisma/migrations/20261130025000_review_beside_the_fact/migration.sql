-- The newest decision about a principal and key stands in the fact's row: looked up for each row of a page's counts it was most of
-- their cost.
ALTER TABLE derived.external_reach
  ADD COLUMN review_id       uuid,
  ADD COLUMN review_decision text COLLATE "C",
  ADD COLUMN review_until    timestamptz(3),
  ADD COLUMN review_basis    text COLLATE "C";

CREATE FUNCTION derived.take_newest_review() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT e."id", e."decision", e."until", e."basis"
  INTO NEW.review_id, NEW.review_decision, NEW.review_until, NEW.review_basis
  FROM "ExternalReview" e
  WHERE e."keyArn" = NEW.key_arn COLLATE "default" AND e."principal" = NEW.principal COLLATE "default"
  ORDER BY e."reviewedAt" DESC, e."id" LIMIT 1;
  RETURN NEW;
END $$;
CREATE TRIGGER take_newest_review BEFORE INSERT OR UPDATE ON derived.external_reach
  FOR EACH ROW EXECUTE FUNCTION derived.take_newest_review();

-- Without a row the fact is not kept yet, or an evaluation that cannot see this decision is writing it now: the mark makes the next
-- evaluation write it again.
CREATE FUNCTION derived.note_review() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  review "ExternalReview" := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
BEGIN
  UPDATE derived.external_reach SET review_id = NULL
  WHERE key_arn = review."keyArn" COLLATE "C" AND principal = review."principal" COLLATE "C";
  IF NOT FOUND THEN
    INSERT INTO derived.access_mark (key_arn, account) VALUES (review."keyArn", review."accountId");
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER note_review AFTER INSERT OR UPDATE OR DELETE ON "ExternalReview"
  FOR EACH ROW EXECUTE FUNCTION derived.note_review();

UPDATE derived.external_reach SET review_id = NULL;
