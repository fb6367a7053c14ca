-- Rows from an accounts file were written without "path", and every page that shows an account counts on one.
UPDATE "Account" SET "path" = '{}' WHERE "path" IS NULL;
UPDATE "Account" SET "onlyRegions" = '{}' WHERE "onlyRegions" IS NULL;
ALTER TABLE "Account"
  ALTER COLUMN "path" SET DEFAULT ARRAY[]::TEXT[],
  ALTER COLUMN "path" SET NOT NULL,
  ALTER COLUMN "onlyRegions" SET DEFAULT ARRAY[]::TEXT[],
  ALTER COLUMN "onlyRegions" SET NOT NULL;

-- Whether SCPs and RCPs can apply to an account: the organization it is in, or who says that it is in none.
ALTER TABLE "Account"
  ADD COLUMN "organizationId" TEXT,
  ADD COLUMN "noOrganizationAt" TIMESTAMPTZ(3),
  ADD COLUMN "noOrganizationStatedAt" TIMESTAMPTZ(3),
  ADD COLUMN "noOrganizationStatedBy" TEXT;

-- What was read of an organization before this column was there.
UPDATE "Account" a SET "organizationId" = o."id" FROM "Organization" o
 WHERE a."id" = o."managementAccountId"
    OR EXISTS (SELECT 1 FROM "OrganizationNode" n WHERE n."id" = a."id" AND n."parentId" IS NOT NULL);
-- An account that was asked for and is not in this organization was kept as one of it.
DELETE FROM "OrganizationNode" WHERE "kind" = 'account' AND "parentId" IS NULL;

-- Whoever writes it: an account is never in an organization and in none.
ALTER TABLE "Account" ADD CONSTRAINT "Account_one_organization"
  CHECK ("organizationId" IS NULL OR ("noOrganizationAt" IS NULL AND "noOrganizationStatedAt" IS NULL));
