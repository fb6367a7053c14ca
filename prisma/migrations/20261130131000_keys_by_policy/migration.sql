-- Which keys one principal might reach is found by the policies that might let it in: 100,000 keys share some thousands of texts.
CREATE INDEX "Key_policy" ON "Key" ("policyHash", "accountId", arn) WHERE "goneAt" IS NULL;
CREATE INDEX "Key_grants_unread" ON "Key" (arn) WHERE "goneAt" IS NULL AND "grantsAt" IS NULL;
