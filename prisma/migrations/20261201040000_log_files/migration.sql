-- CloudTrail's log files where they are delivered: sources, folders and files (lib/trail/README.md,
-- "Log files").

-- CreateTable
CREATE TABLE "TrailLogSource" (
    "id" SERIAL NOT NULL,
    "trailArn" TEXT NOT NULL,
    "bucket" TEXT NOT NULL,
    "prefix" TEXT NOT NULL DEFAULT '',
    "bucketRegion" TEXT NOT NULL,
    "roleArn" TEXT NOT NULL,
    "isOrganization" BOOLEAN NOT NULL,
    "validates" BOOLEAN NOT NULL,
    "readFrom" TIMESTAMPTZ(0) NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "leaseUntil" TIMESTAMPTZ(3),
    "nextAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "placesAt" TIMESTAMPTZ(3),
    "lookedAt" TIMESTAMPTZ(3),
    "problem" TEXT,
    "problemAt" TIMESTAMPTZ(3),

    CONSTRAINT "TrailLogSource_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "TrailLogPlace" (
    "id" SERIAL NOT NULL,
    "sourceId" INTEGER NOT NULL,
    "accountId" TEXT NOT NULL,
    "region" TEXT NOT NULL,
    "organization" TEXT,
    "after" TEXT NOT NULL,
    "nextAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "listedAt" TIMESTAMPTZ(3),
    "newestAt" TIMESTAMPTZ(0),
    "coveredUntil" TIMESTAMPTZ(0),
    "filesRead" INTEGER NOT NULL DEFAULT 0,
    "digestsAfter" TEXT NOT NULL DEFAULT '',
    "digestsFrom" TIMESTAMPTZ(0),
    "digestsUntil" TIMESTAMPTZ(0),
    "lastDigest" JSONB,
    "problem" TEXT,
    "problemAt" TIMESTAMPTZ(3),

    CONSTRAINT "TrailLogPlace_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "TrailLogFile" (
    "placeId" INTEGER NOT NULL,
    "object" TEXT NOT NULL,
    "deliveredAt" TIMESTAMPTZ(0) NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'waiting',
    "since" TIMESTAMPTZ(0),
    "hash" BYTEA,
    "expected" BYTEA,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "nextTryAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "problem" TEXT,
    "foundAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "TrailLogFile_pkey" PRIMARY KEY ("placeId","object")
);

-- CreateIndex
CREATE UNIQUE INDEX "TrailLogSource_trailArn_key" ON "TrailLogSource"("trailArn");

-- CreateIndex
CREATE UNIQUE INDEX "TrailLogPlace_sourceId_accountId_region_key" ON "TrailLogPlace"("sourceId", "accountId", "region");

-- CreateIndex
CREATE INDEX "TrailLogFile_placeId_state_deliveredAt_idx" ON "TrailLogFile"("placeId", "state", "deliveredAt");

-- CreateIndex
CREATE INDEX "TrailLogFile_state_deliveredAt_idx" ON "TrailLogFile"("state", "deliveredAt");

-- AddForeignKey
ALTER TABLE "TrailLogPlace" ADD CONSTRAINT "TrailLogPlace_sourceId_fkey" FOREIGN KEY ("sourceId") REFERENCES "TrailLogSource"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "TrailLogFile" ADD CONSTRAINT "TrailLogFile_placeId_fkey" FOREIGN KEY ("placeId") REFERENCES "TrailLogPlace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Who imported: imports are made on a page too.
ALTER TABLE "TrailImport" ADD COLUMN "byName" TEXT NOT NULL DEFAULT 'command line';

-- Where log files are read, from when on (prisma/sql/work.sql).
CREATE TRIGGER call_worker_log_files
  AFTER INSERT OR UPDATE OF "nextAt" ON "TrailLogSource"
  FOR EACH ROW
  WHEN ((new."nextAt" <= now()))
  EXECUTE FUNCTION call_worker('logFiles');
