-- A sweep that finds nothing new writes a line for each two hundred keys, not for each key.
CREATE TABLE "LastRead" (
    "accountId" TEXT NOT NULL,
    "region" TEXT NOT NULL,
    "slice" INTEGER NOT NULL,
    "listedAt" TIMESTAMPTZ(3),
    "coreAt" TIMESTAMPTZ(3),
    "coreIn" BIGINT,
    "aliasesAt" TIMESTAMPTZ(3),
    "grantsAt" TIMESTAMPTZ(3),
    "grantsIn" BIGINT,
    "rotationsAt" TIMESTAMPTZ(3),
    "rotationsIn" BIGINT,
    "lastUseAt" TIMESTAMPTZ(3),
    "lastUseIn" BIGINT,
    "iamAt" TIMESTAMPTZ(3),

    CONSTRAINT "LastRead_pkey" PRIMARY KEY ("accountId", "region", "slice")
) WITH (fillfactor = 50);

ALTER TABLE "Key" ADD COLUMN "slice" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN "readApart" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
DROP COLUMN "coreIn",
DROP COLUMN "grantsIn",
DROP COLUMN "rotationsIn",
DROP COLUMN "lastUseIn";

-- No table that is kept beside the keys shows the slice.
ALTER TABLE "Key" DISABLE TRIGGER keep_key_rows_updated;
UPDATE "Key" k SET "slice" = n.slice
FROM (SELECT arn, (row_number() OVER (PARTITION BY "accountId", region ORDER BY arn) - 1) / 200
  AS slice FROM "Key") n
WHERE n.arn = k.arn AND n.slice > 0;
-- What no sweep reads with the others has only its own times.
UPDATE "Key" SET "readApart" =
  '{listed,describe,tags,policy,rotation,aliases,rotations,grants,lastUse}'
WHERE "goneAt" IS NOT NULL OR "missedListings" > 0;
ALTER TABLE "Key" ENABLE TRIGGER keep_key_rows_updated;

DROP INDEX "Key_accountId_region_idx";
CREATE INDEX "Key_accountId_region_slice_idx" ON "Key"("accountId", "region", "slice");

CREATE FUNCTION derived.read_at(own timestamptz, swept timestamptz, apart boolean)
 RETURNS timestamptz
 LANGUAGE sql
 IMMUTABLE
AS $function$
  SELECT CASE WHEN apart OR own IS NULL THEN own ELSE greatest(own, swept) END
$function$;

CREATE FUNCTION derived.merge_problems(stored jsonb, fresh jsonb)
 RETURNS jsonb
 LANGUAGE sql
 IMMUTABLE
AS $function$
  SELECT jsonb_strip_nulls(stored || coalesce((
    SELECT jsonb_object_agg(f.key, CASE WHEN jsonb_typeof(f.value) = 'object'
      AND stored->f.key @> (f.value - 'at') THEN stored->f.key ELSE f.value END)
    FROM jsonb_each(fresh) f), '{}'))
$function$;
