-- Of the rows that a statement touched nothing is known beforehand: joined one by one, a statement over
-- all keys of a large account compared each with every other.
CREATE OR REPLACE FUNCTION derived.note_key_names()
 RETURNS trigger
 LANGUAGE plpgsql
 SET enable_nestloop TO 'off'
AS $function$
BEGIN
  -- A sweep writes when a key was read again; its names and its owner mostly stay.
  IF EXISTS (
    SELECT FROM renamed n JOIN named o ON o.arn = n.arn
    WHERE (o.aliases, o.tags, o."tagsAt" IS NULL)
      IS DISTINCT FROM (n.aliases, n.tags, n."tagsAt" IS NULL)) THEN
    PERFORM derived.raise_version('Key names');
  END IF;
  RETURN NULL;
END $function$;
