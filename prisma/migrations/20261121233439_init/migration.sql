-- CreateEnum
CREATE TYPE "Role" AS ENUM ('viewer', 'auditor', 'requester', 'approver', 'keyAdministrator', 'admin');

-- CreateEnum
CREATE TYPE "AccountSource" AS ENUM ('organization', 'file', 'page', 'self');

-- CreateTable
CREATE TABLE "Person" (
    "id" UUID NOT NULL,
    "issuer" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "emailVerified" BOOLEAN NOT NULL DEFAULT false,
    "personClaim" TEXT,
    "name" TEXT NOT NULL,
    "groups" TEXT[],
    "sessionVersion" INTEGER NOT NULL DEFAULT 1,
    "disabledAt" TIMESTAMPTZ(3),
    "lastSignInAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Person_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Assignment" (
    "id" UUID NOT NULL,
    "personId" UUID NOT NULL,
    "role" "Role" NOT NULL,
    "accountId" TEXT,
    "group" TEXT,
    "createdById" UUID,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Assignment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "GroupMapping" (
    "id" UUID NOT NULL,
    "group" TEXT NOT NULL,
    "role" "Role" NOT NULL,
    "accountId" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "GroupMapping_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Setting" (
    "name" TEXT NOT NULL,
    "value" JSONB NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedById" UUID,

    CONSTRAINT "Setting_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "SavedView" (
    "id" UUID NOT NULL,
    "ownerId" UUID NOT NULL,
    "table" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "query" TEXT NOT NULL,
    "shared" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "SavedView_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Account" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT,
    "partition" TEXT NOT NULL DEFAULT 'aws',
    "source" "AccountSource" NOT NULL,
    "state" TEXT,
    "path" TEXT[],
    "readRoleArn" TEXT,
    "writeRoleArn" TEXT,
    "onlyRegions" TEXT[],
    "pausedAt" TIMESTAMPTZ(3),
    "removedAt" TIMESTAMPTZ(3),
    "lastTest" JSONB,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "AccountRegion" (
    "accountId" TEXT NOT NULL,
    "region" TEXT NOT NULL,
    "optStatus" TEXT,
    "observedAt" TIMESTAMPTZ(3),

    CONSTRAINT "AccountRegion_pkey" PRIMARY KEY ("accountId","region")
);

-- CreateTable
CREATE TABLE "Coverage" (
    "accountId" TEXT NOT NULL,
    "region" TEXT NOT NULL,
    "api" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "detail" TEXT,
    "calls" INTEGER NOT NULL DEFAULT 0,
    "denied" INTEGER NOT NULL DEFAULT 0,
    "throttled" INTEGER NOT NULL DEFAULT 0,
    "observedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Coverage_pkey" PRIMARY KEY ("accountId","region","api")
);

-- CreateTable
CREATE TABLE "Sweep" (
    "id" BIGSERIAL NOT NULL,
    "accountId" TEXT NOT NULL,
    "region" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'running',
    "attempt" INTEGER NOT NULL DEFAULT 1,
    "leaseOwner" TEXT,
    "leaseUntil" TIMESTAMPTZ(3),
    "startedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "endedAt" TIMESTAMPTZ(3),
    "calls" INTEGER NOT NULL DEFAULT 0,
    "throttled" INTEGER NOT NULL DEFAULT 0,
    "failed" INTEGER NOT NULL DEFAULT 0,
    "itemsDone" INTEGER NOT NULL DEFAULT 0,
    "itemsTotal" INTEGER,
    "problem" TEXT,
    "askedById" UUID,
    "keyArn" TEXT,

    CONSTRAINT "Sweep_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Budget" (
    "accountId" TEXT NOT NULL,
    "region" TEXT NOT NULL,
    "quota" TEXT NOT NULL,
    "perSecond" DOUBLE PRECISION NOT NULL,
    "factor" DOUBLE PRECISION NOT NULL DEFAULT 1,
    "throttledAt" TIMESTAMPTZ(3),
    "recoveredAt" TIMESTAMPTZ(3),

    CONSTRAINT "Budget_pkey" PRIMARY KEY ("accountId","region","quota")
);

-- CreateTable
CREATE TABLE "BudgetLease" (
    "id" UUID NOT NULL,
    "accountId" TEXT NOT NULL,
    "region" TEXT NOT NULL,
    "quota" TEXT NOT NULL,
    "holder" TEXT NOT NULL,
    "tokens" INTEGER NOT NULL,
    "hungry" BOOLEAN NOT NULL DEFAULT false,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "BudgetLease_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Key" (
    "arn" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "region" TEXT NOT NULL,
    "keyId" TEXT NOT NULL,
    "partition" TEXT NOT NULL DEFAULT 'aws',
    "firstSeenAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "listedAt" TIMESTAMPTZ(3) NOT NULL,
    "listedIn" BIGINT NOT NULL,
    "missedListings" INTEGER NOT NULL DEFAULT 0,
    "goneAt" TIMESTAMPTZ(3),
    "describedAt" TIMESTAMPTZ(3),
    "description" TEXT,
    "keyState" TEXT,
    "keySpec" TEXT,
    "keyUsage" TEXT,
    "origin" TEXT,
    "keyManager" TEXT,
    "scope" TEXT,
    "primaryKeyArn" TEXT,
    "createdAt" TIMESTAMPTZ(3),
    "deletionAt" TIMESTAMPTZ(3),
    "pendingWindowDays" INTEGER,
    "validTo" TIMESTAMPTZ(3),
    "expirationModel" TEXT,
    "customKeyStoreId" TEXT,
    "xksKeyId" TEXT,
    "currentKeyMaterialId" TEXT,
    "metadata" JSONB,
    "aliases" TEXT[],
    "aliasesAt" TIMESTAMPTZ(3),
    "tags" JSONB,
    "tagsAt" TIMESTAMPTZ(3),
    "policyHash" TEXT,
    "policyAt" TIMESTAMPTZ(3),
    "rotation" TEXT NOT NULL DEFAULT 'unknown',
    "rotationPeriodDays" INTEGER,
    "nextRotationAt" TIMESTAMPTZ(3),
    "onDemandStartedAt" TIMESTAMPTZ(3),
    "rotationAt" TIMESTAMPTZ(3),
    "lastRotatedAt" TIMESTAMPTZ(3),
    "rotationCount" INTEGER,
    "onDemandUsed" INTEGER,
    "rotationsAt" TIMESTAMPTZ(3),
    "grantCount" INTEGER,
    "grantsByPeople" INTEGER,
    "grantsCrossAccount" INTEGER,
    "grantsAt" TIMESTAMPTZ(3),
    "lastUsedAt" TIMESTAMPTZ(3),
    "lastUsedOperation" TEXT,
    "usageTrackedSince" TIMESTAMPTZ(3),
    "lastUseAt" TIMESTAMPTZ(3),
    "monthlyCostUsd" DOUBLE PRECISION,
    "owner" TEXT,
    "problems" JSONB NOT NULL DEFAULT '{}',
    "searchText" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "Key_pkey" PRIMARY KEY ("arn")
);

-- CreateTable
CREATE TABLE "Alias" (
    "accountId" TEXT NOT NULL,
    "region" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "arn" TEXT NOT NULL,
    "targetKeyId" TEXT,
    "createdAt" TIMESTAMPTZ(3),
    "updatedAt" TIMESTAMPTZ(3),
    "observedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Alias_pkey" PRIMARY KEY ("accountId","region","name")
);

-- CreateTable
CREATE TABLE "PolicyDocument" (
    "hash" TEXT NOT NULL,
    "text" TEXT NOT NULL,

    CONSTRAINT "PolicyDocument_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "PolicyVersion" (
    "id" BIGSERIAL NOT NULL,
    "keyArn" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "firstSeenAt" TIMESTAMPTZ(3) NOT NULL,
    "lastSeenAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "PolicyVersion_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Grant" (
    "keyArn" TEXT NOT NULL,
    "grantId" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "region" TEXT NOT NULL,
    "name" TEXT,
    "createdAt" TIMESTAMPTZ(3),
    "granteePrincipal" TEXT,
    "granteeServicePrincipal" TEXT,
    "retiringPrincipal" TEXT,
    "retiringServicePrincipal" TEXT,
    "issuingAccount" TEXT,
    "operations" TEXT[],
    "constraints" JSONB,
    "issuerClass" TEXT NOT NULL DEFAULT 'human',
    "granteeAccountId" TEXT,
    "firstSeenAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "observedAt" TIMESTAMPTZ(3) NOT NULL,
    "goneAt" TIMESTAMPTZ(3),

    CONSTRAINT "Grant_pkey" PRIMARY KEY ("keyArn","grantId")
);

-- CreateTable
CREATE TABLE "KeyMaterial" (
    "id" BIGSERIAL NOT NULL,
    "keyArn" TEXT NOT NULL,
    "keyMaterialId" TEXT,
    "description" TEXT,
    "importState" TEXT,
    "keyMaterialState" TEXT,
    "expirationModel" TEXT,
    "validTo" TIMESTAMPTZ(3),
    "rotationDate" TIMESTAMPTZ(3),
    "rotationType" TEXT,
    "observedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "KeyMaterial_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "KeyStore" (
    "accountId" TEXT NOT NULL,
    "region" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "connectionState" TEXT,
    "connectionErrorCode" TEXT,
    "createdAt" TIMESTAMPTZ(3),
    "details" JSONB NOT NULL,
    "observedAt" TIMESTAMPTZ(3) NOT NULL,
    "goneAt" TIMESTAMPTZ(3),

    CONSTRAINT "KeyStore_pkey" PRIMARY KEY ("accountId","region","id")
);

-- CreateTable
CREATE TABLE "IamEntity" (
    "arn" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "uniqueId" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3),
    "details" JSONB NOT NULL,
    "observedAt" TIMESTAMPTZ(3) NOT NULL,
    "goneAt" TIMESTAMPTZ(3),

    CONSTRAINT "IamEntity_pkey" PRIMARY KEY ("arn")
);

-- CreateTable
CREATE TABLE "OrganizationNode" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "parentId" TEXT,
    "scpIds" TEXT[],
    "rcpIds" TEXT[],
    "problems" JSONB NOT NULL DEFAULT '{}',
    "observedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "OrganizationNode_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "OrganizationPolicy" (
    "id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "awsManaged" BOOLEAN NOT NULL,
    "content" TEXT,
    "problem" TEXT,
    "observedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "OrganizationPolicy_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Organization" (
    "id" TEXT NOT NULL,
    "managementAccountId" TEXT NOT NULL,
    "observedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Organization_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "QuotaValue" (
    "accountId" TEXT NOT NULL,
    "region" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "value" DOUBLE PRECISION NOT NULL,
    "adjustable" BOOLEAN NOT NULL,
    "usage" JSONB,
    "observedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "QuotaValue_pkey" PRIMARY KEY ("accountId","region","code")
);

-- CreateIndex
CREATE INDEX "Person_email_idx" ON "Person"("email");

-- CreateIndex
CREATE UNIQUE INDEX "Person_issuer_subject_key" ON "Person"("issuer", "subject");

-- CreateIndex
CREATE INDEX "Assignment_personId_idx" ON "Assignment"("personId");

-- CreateIndex
CREATE INDEX "GroupMapping_group_idx" ON "GroupMapping"("group");

-- CreateIndex
CREATE UNIQUE INDEX "SavedView_ownerId_table_name_key" ON "SavedView"("ownerId", "table", "name");

-- CreateIndex
CREATE INDEX "Sweep_accountId_region_kind_startedAt_idx" ON "Sweep"("accountId", "region", "kind", "startedAt" DESC);

-- CreateIndex
CREATE INDEX "Sweep_status_leaseUntil_idx" ON "Sweep"("status", "leaseUntil");

-- CreateIndex
CREATE UNIQUE INDEX "BudgetLease_accountId_region_quota_holder_key" ON "BudgetLease"("accountId", "region", "quota", "holder");

-- CreateIndex
CREATE INDEX "Key_accountId_region_idx" ON "Key"("accountId", "region");

-- CreateIndex
CREATE INDEX "Key_keyId_idx" ON "Key"("keyId");

-- CreateIndex
CREATE INDEX "Key_primaryKeyArn_idx" ON "Key"("primaryKeyArn");

-- CreateIndex
CREATE INDEX "Alias_accountId_region_targetKeyId_idx" ON "Alias"("accountId", "region", "targetKeyId");

-- CreateIndex
CREATE INDEX "PolicyVersion_keyArn_firstSeenAt_idx" ON "PolicyVersion"("keyArn", "firstSeenAt" DESC);

-- CreateIndex
CREATE INDEX "Grant_accountId_region_idx" ON "Grant"("accountId", "region");

-- CreateIndex
CREATE INDEX "Grant_granteePrincipal_idx" ON "Grant"("granteePrincipal");

-- CreateIndex
CREATE INDEX "KeyMaterial_keyArn_idx" ON "KeyMaterial"("keyArn");

-- CreateIndex
CREATE INDEX "IamEntity_accountId_kind_idx" ON "IamEntity"("accountId", "kind");

-- CreateIndex
CREATE INDEX "IamEntity_uniqueId_idx" ON "IamEntity"("uniqueId");

-- AddForeignKey
ALTER TABLE "Assignment" ADD CONSTRAINT "Assignment_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SavedView" ADD CONSTRAINT "SavedView_ownerId_fkey" FOREIGN KEY ("ownerId") REFERENCES "Person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AccountRegion" ADD CONSTRAINT "AccountRegion_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "Account"("id") ON DELETE CASCADE ON UPDATE CASCADE;
