-- When people were told that a change is past its end and still in force: once for each change.
ALTER TABLE "Change" ADD COLUMN "overdueNotedAt" TIMESTAMPTZ(3);
