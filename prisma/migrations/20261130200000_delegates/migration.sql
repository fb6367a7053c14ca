-- Who decides for somebody who is away is called a delegate, on the screens and in the code.
-- The triggers on the table stay with it; they raise the version under the table's name.

ALTER TABLE "StandIn" RENAME TO "Delegate";
ALTER TABLE "Delegate" RENAME COLUMN "standInId" TO "delegateId";
ALTER TABLE "Delegate" RENAME CONSTRAINT "StandIn_pkey" TO "Delegate_pkey";
ALTER INDEX "StandIn_standInId_idx" RENAME TO "Delegate_delegateId_idx";
ALTER INDEX "StandIn_awayId_idx" RENAME TO "Delegate_awayId_idx";

-- A version never falls: what was counted under the old name counts on under the new one.
UPDATE derived.table_version SET name = 'Delegate' WHERE name = 'StandIn';
