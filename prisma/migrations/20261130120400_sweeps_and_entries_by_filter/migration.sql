-- The counts beside the table of sweeps, from the index alone; and the order that the table opens with.
CREATE INDEX "Sweep_kind_status_accountId_region_idx" ON "Sweep" (kind, status, "accountId", region);
CREATE INDEX "Sweep_newest" ON "Sweep" ("startedAt" DESC NULLS LAST, id);
-- What was done in one account.
CREATE INDEX "AuditEntry_accountId_idx" ON "AuditEntry" ("accountId");
