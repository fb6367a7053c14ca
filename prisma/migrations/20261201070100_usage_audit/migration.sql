-- CreateTable
CREATE TABLE "UsageAudit" (
    "id" UUID NOT NULL,
    "number" SERIAL NOT NULL,
    "title" TEXT NOT NULL,
    "parameters" JSONB NOT NULL,
    "accountIds" TEXT[],
    "content" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "madeAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "madeById" UUID NOT NULL,
    "madeBy" TEXT NOT NULL,
    "checkedAt" TIMESTAMPTZ(3),
    "checkedBy" TEXT,
    "checkedHash" TEXT,

    CONSTRAINT "UsageAudit_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "UsageAudit_number_key" ON "UsageAudit"("number");

-- CreateIndex
CREATE INDEX "UsageAudit_madeAt_idx" ON "UsageAudit"("madeAt" DESC);
