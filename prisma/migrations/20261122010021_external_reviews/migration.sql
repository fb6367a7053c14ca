-- CreateTable
CREATE TABLE "ExternalReview" (
    "id" UUID NOT NULL,
    "keyArn" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "principal" TEXT NOT NULL,
    "decision" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "until" TIMESTAMPTZ(3),
    "basis" TEXT NOT NULL,
    "reviewedById" UUID NOT NULL,
    "reviewedBy" TEXT NOT NULL,
    "reviewedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ExternalReview_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "ExternalReview_keyArn_principal_reviewedAt_idx" ON "ExternalReview"("keyArn", "principal", "reviewedAt" DESC);
