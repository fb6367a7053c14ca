-- LookupEvents as a source: how far it was read at each account and Region, and which trails there are.

-- In the schema that Prisma does not look at: it has no word for ranges of time.
CREATE TABLE trail.lookup (
  account_id   text COLLATE "C" NOT NULL,
  region       text COLLATE "C" NOT NULL,
  -- The time of which every change is here, and that of which every event is.
  changes_read tstzmultirange NOT NULL DEFAULT '{}',
  events_read  tstzmultirange NOT NULL DEFAULT '{}',
  -- The same of all other sources together, when the last sweep began.
  others_changes tstzmultirange NOT NULL DEFAULT '{}',
  others_events  tstzmultirange NOT NULL DEFAULT '{}',
  -- Where a reading of changes by the names of operations is: { from, to, done, name, upTo }.
  step         jsonb,
  -- What the poll asks for: source, changes, names.
  poll_by      text COLLATE "C" NOT NULL DEFAULT 'source',
  poll_at      timestamptz(3) NOT NULL DEFAULT now(),
  polled_at    timestamptz(3),
  -- Seconds of the trail that a second of reading brings, and events a minute, when last measured.
  speed        real,
  rate         real,
  -- What failed last: { kind, code, message, api, at }; null: nothing.
  problem      jsonb,
  PRIMARY KEY (account_id, region)
) WITH (fillfactor = 50);

-- An hour of which every change is here, and perhaps not every use.
ALTER TABLE "TrailCoverage" ADD COLUMN "changesAreWhole" BOOLEAN NOT NULL DEFAULT false;

CREATE TABLE "AwsTrail" (
    "arn" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "region" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "bucket" TEXT,
    "prefix" TEXT,
    "isMultiRegion" BOOLEAN NOT NULL,
    "isOrganization" BOOLEAN NOT NULL,
    "isLogging" BOOLEAN,
    "deliveredAt" TIMESTAMPTZ(3),
    "deliveryError" TEXT,
    "kms" TEXT,
    "kmsWords" TEXT,
    "problem" TEXT,
    "observedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "AwsTrail_pkey" PRIMARY KEY ("arn")
);

CREATE INDEX "AwsTrail_accountId_region_idx" ON "AwsTrail"("accountId", "region");

-- What a sweep of all keys found to be another than at the look before, of what only a call changes.
CREATE TABLE "FoundChange" (
    "keyArn" TEXT NOT NULL,
    "part" TEXT NOT NULL,
    "foundAt" TIMESTAMPTZ(3) NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "accountId" TEXT NOT NULL,
    "region" TEXT NOT NULL,

    CONSTRAINT "FoundChange_pkey" PRIMARY KEY ("keyArn", "part", "foundAt")
);

CREATE INDEX "FoundChange_accountId_region_idx" ON "FoundChange"("accountId", "region");
CREATE INDEX "FoundChange_foundAt_idx" ON "FoundChange"("foundAt");
