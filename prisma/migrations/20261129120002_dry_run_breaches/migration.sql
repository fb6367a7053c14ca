-- Endpoints that carried out what a DryRun only asked about: they get no dry run again.
CREATE TABLE "DryRunBreach" (
    "endpoint" TEXT NOT NULL,
    "api" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "DryRunBreach_pkey" PRIMARY KEY ("endpoint")
);
