-- The first keys of a place, by alias, of which something could not be read: few beside all that are there.
CREATE INDEX "Key_problems_by_alias" ON "Key" ("accountId", region, (aliases[1]), arn)
  WHERE "goneAt" IS NULL AND problems <> '{}';
