/*
  Warnings:

  - The primary key for the `BudgetLease` table will be changed. If it partially fails, the table could be left without primary key constraint.
  - You are about to drop the column `hungry` on the `BudgetLease` table. All the data in the column will be lost.
  - You are about to drop the column `id` on the `BudgetLease` table. All the data in the column will be lost.
  - Added the required column `want` to the `BudgetLease` table without a default value. This is not possible if the table is not empty.

*/
-- DropIndex
DROP INDEX "BudgetLease_accountId_region_quota_holder_key";

-- DropIndex
DROP INDEX "Sweep_accountId_region_kind_startedAt_idx";

-- AlterTable
ALTER TABLE "BudgetLease" DROP CONSTRAINT "BudgetLease_pkey",
DROP COLUMN "hungry",
DROP COLUMN "id",
ADD COLUMN     "want" INTEGER NOT NULL,
ADD CONSTRAINT "BudgetLease_pkey" PRIMARY KEY ("accountId", "region", "quota", "holder");

-- AlterTable
ALTER TABLE "Key" ADD COLUMN     "coreIn" BIGINT,
ADD COLUMN     "grantsIn" BIGINT,
ADD COLUMN     "lastUseIn" BIGINT,
ADD COLUMN     "rotationsIn" BIGINT;

-- AlterTable
ALTER TABLE "Sweep" ADD COLUMN     "priority" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "queuedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
ALTER COLUMN "status" SET DEFAULT 'queued',
ALTER COLUMN "attempt" SET DEFAULT 0,
ALTER COLUMN "startedAt" DROP NOT NULL,
ALTER COLUMN "startedAt" DROP DEFAULT;

-- CreateTable
CREATE TABLE "WorkerHeartbeat" (
    "id" UUID NOT NULL,
    "host" TEXT NOT NULL,
    "pid" INTEGER NOT NULL,
    "version" TEXT NOT NULL,
    "startedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "seenAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "loops" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "WorkerHeartbeat_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "Sweep_accountId_region_kind_id_idx" ON "Sweep"("accountId", "region", "kind", "id" DESC);

-- One open sweep of a kind at a time over the same thing; a second request finds it waiting and joins it.
ALTER TABLE "Sweep" ADD CONSTRAINT "Sweep_one_open" EXCLUDE USING btree
  ("accountId" WITH =, "region" WITH =, "kind" WITH =, (coalesce("keyArn", '')) WITH =)
  WHERE ("status" IN ('queued', 'running'));
ALTER TABLE "Sweep" ADD CONSTRAINT "Sweep_status_known" CHECK ("status" IN ('queued', 'running', 'complete', 'partial', 'failed'));

-- The text that quick search looks in is right whoever writes the key.
CREATE FUNCTION claviger_key_search_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW."searchText" := lower(concat_ws(' ', NEW."keyId", array_to_string(NEW."aliases", ' '), NEW."description",
    (SELECT string_agg(key || ' ' || value, ' ' ORDER BY key) FROM jsonb_each_text(coalesce(NEW."tags", '{}'::jsonb))),
    NEW."accountId", (SELECT "name" FROM "Account" WHERE "id" = NEW."accountId")));
  RETURN NEW;
END $$;
CREATE TRIGGER "Key_search_text" BEFORE INSERT OR UPDATE OF "aliases", "description", "tags", "accountId" ON "Key"
  FOR EACH ROW EXECUTE FUNCTION claviger_key_search_text();

CREATE FUNCTION claviger_account_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "Key" SET "accountId" = "accountId" WHERE "accountId" = NEW."id";
  RETURN NULL;
END $$;
CREATE TRIGGER "Account_renamed" AFTER INSERT OR UPDATE OF "name" ON "Account"
  FOR EACH ROW EXECUTE FUNCTION claviger_account_renamed();
