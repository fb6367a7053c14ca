-- CreateTable
CREATE TABLE "PolicyDraft" (
    "id" UUID NOT NULL,
    "keyArn" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "authorId" UUID NOT NULL,
    "text" TEXT NOT NULL,
    "baseHash" TEXT,
    "note" TEXT NOT NULL DEFAULT '',
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "auditedAt" TIMESTAMPTZ(3),

    CONSTRAINT "PolicyDraft_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "PolicyDraft_keyArn_updatedAt_idx" ON "PolicyDraft"("keyArn", "updatedAt" DESC);

-- CreateIndex
CREATE INDEX "PolicyDraft_authorId_idx" ON "PolicyDraft"("authorId");

-- AddForeignKey
ALTER TABLE "PolicyDraft" ADD CONSTRAINT "PolicyDraft_authorId_fkey" FOREIGN KEY ("authorId") REFERENCES "Person"("id") ON DELETE CASCADE ON UPDATE CASCADE;
