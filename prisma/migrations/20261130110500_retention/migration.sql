-- What is over is found oldest first, however much is kept.
CREATE INDEX "Sweep_ended" ON "Sweep" ("endedAt") WHERE "endedAt" IS NOT NULL;
CREATE INDEX "Delivery_sent" ON "Delivery" ("sentAt") WHERE status = 'sent';
CREATE INDEX "Delivery_failed" ON "Delivery" ("createdAt") WHERE status = 'failed';
CREATE INDEX "Notification_read" ON "Notification" ("readAt") WHERE "readAt" IS NOT NULL;
CREATE INDEX "Notification_createdAt_idx" ON "Notification" ("createdAt");
-- Whether a policy text is still that of some version.
CREATE INDEX "PolicyVersion_hash_idx" ON "PolicyVersion" ("hash");
