-- What the overview lists first: keys by the day they are deleted, and by the day their material expires. The account stands in
-- the index too, so that who sees few of them passes by the others without reading their rows.
CREATE INDEX "Key_pending_deletion" ON "Key" ("deletionAt", "accountId", arn)
  WHERE "goneAt" IS NULL AND "keyState" IN ('PendingDeletion', 'PendingReplicaDeletion');
CREATE INDEX "Key_expiry" ON "Key" ("validTo", "accountId", arn) WHERE "goneAt" IS NULL AND "validTo" IS NOT NULL;
