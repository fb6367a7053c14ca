-- What of the trail is worth a notice (lib/trail/signals).

-- CreateTable
CREATE TABLE "SignalSetting" (
    "name" TEXT NOT NULL,
    "threshold" INTEGER,
    "mutedUntil" TIMESTAMPTZ(3),
    "muteReason" TEXT,

    CONSTRAINT "SignalSetting_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "SignalEpisode" (
    "signal" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "episode" TEXT NOT NULL,
    "foundAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "toldAt" TIMESTAMPTZ(3),

    CONSTRAINT "SignalEpisode_pkey" PRIMARY KEY ("signal","accountId","episode")
);

-- CreateIndex
CREATE INDEX "SignalEpisode_signal_toldAt_idx" ON "SignalEpisode"("signal", "toldAt");

-- CreateIndex
CREATE INDEX "SignalEpisode_foundAt_idx" ON "SignalEpisode"("foundAt");

-- What signals look for among many rollups of which they are few.
CREATE INDEX use_invalid_state ON trail.use (hour) WHERE error_code LIKE 'KMSInvalidState%';
CREATE INDEX use_by_others ON trail.use (hour) WHERE principal_account <> account_id;
CREATE INDEX use_of_others ON trail.use (hour) WHERE split_part(key_arn, ':', 5) <> account_id;
