-- Lists of requests start from what they show, however many requests there have been.

-- Which requests a person sees: those of their accounts, without reading a change.
DROP INDEX "Change_accountId_idx";
CREATE INDEX "Change_accountId_requestId_idx" ON "Change" ("accountId", "requestId");
-- The same of one status; and what failed lately.
CREATE INDEX "Change_status_accountId_requestId_idx" ON "Change" (status, "accountId", "requestId");
CREATE INDEX "Change_status_endedAt_idx" ON "Change" (status, "endedAt");
-- The changes of one kind, such as those of the approval rules.
CREATE INDEX "Change_kind_appliedAt_idx" ON "Change" (kind, "appliedAt");
-- What waits for a decision.
CREATE INDEX "Change_open" ON "Change" ("requestId", id) WHERE status = 'open';
CREATE INDEX "Request_answerBy_idx" ON "Request" ("answerBy");
-- Of all changes, so that ANALYZE learns how few have a finding.
CREATE INDEX "Change_reconcile_finding" ON "Change" ((reconciled->>'finding'));
CREATE INDEX "Request_continuesId_idx" ON "Request" ("continuesId");
CREATE INDEX "Request_unreviewed" ON "Request" ("sentAt")
  WHERE "breakGlass" AND "reviewedAt" IS NULL AND "sentAt" IS NOT NULL;
-- The order of the list.
CREATE INDEX "Request_newest" ON "Request" ((coalesce("sentAt", "createdAt")) DESC, number DESC);
-- Asked for by every tab now and then; most notices have been read.
CREATE INDEX "Notification_unread" ON "Notification" ("personId") WHERE "readAt" IS NULL;

ANALYZE "Change";
