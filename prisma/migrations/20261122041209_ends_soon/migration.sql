-- AlterTable
ALTER TABLE "Change" ADD COLUMN     "endNotedAt" TIMESTAMPTZ(3);
