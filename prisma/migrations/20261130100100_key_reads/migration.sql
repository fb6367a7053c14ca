ALTER TABLE "Sweep" ADD COLUMN "parts" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN "againParts" TEXT[],
ADD COLUMN "reason" TEXT;

-- The end of every sweep counts the keys of its place that something could not be read of.
CREATE INDEX "Key_with_problems" ON "Key" ("accountId", region)
  WHERE "goneAt" IS NULL AND problems <> '{}';
