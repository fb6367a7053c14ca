-- Coverage as a fact per API and key: for how many keys an API that answers was denied or failed.
ALTER TABLE "Coverage" ADD COLUMN "keysDenied" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN "keysFailed" INTEGER NOT NULL DEFAULT 0;

-- How far a core sweep has come: its list of keys ended well, and every key in it was read.
ALTER TABLE "Sweep" ADD COLUMN "listedAt" TIMESTAMPTZ(3),
ADD COLUMN "readAt" TIMESTAMPTZ(3);

-- What is stored already counts from the first minute, not from the next sweep on.
WITH missed AS (
  SELECT k."accountId", k."region", p.value->>'api' AS api,
    max((p.value->>'code') || ': ' || (p.value->>'message')) AS detail,
    count(DISTINCT k."arn") FILTER (WHERE p.value->>'kind' = 'denied') AS denied,
    count(DISTINCT k."arn") FILTER (WHERE p.value->>'kind' <> 'denied') AS failed
  FROM "Key" k, jsonb_each(k."problems") p
  WHERE k."goneAt" IS NULL AND k."problems" <> '{}'
    AND p.value->>'kind' IN ('denied', 'throttled', 'unavailable', 'validation', 'unexpected')
  GROUP BY 1, 2, 3)
UPDATE "Coverage" c SET "keysDenied" = m.denied, "keysFailed" = m.failed,
  "status" = CASE WHEN c."status" = 'ok' THEN 'partial' ELSE c."status" END,
  "detail" = coalesce(c."detail", m.detail)
FROM missed m WHERE c."accountId" = m."accountId" AND c."region" = m."region" AND c."api" = m.api;
