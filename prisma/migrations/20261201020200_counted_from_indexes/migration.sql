-- The overview sums what keys cost and what of them was not read: from this index, a tenth as wide as the rows.
CREATE INDEX key_row_overview ON derived.key_row (facets)
  INCLUDE (monthly_cost_usd, grant_count, use_known, valid_to) WHERE NOT gone;

-- Who goes on from a request is asked for all that failed at once.
CREATE INDEX "Request_continued" ON "Request" ("continuesId")
  WHERE "continuesId" IS NOT NULL AND "sentAt" IS NOT NULL;

-- How far external access can be relied on is counted from these alone.
DROP INDEX derived.access_key_unread;
CREATE INDEX access_key_unread ON derived.access_key (account) INCLUDE (policy_read, grants_read)
  WHERE NOT policy_read OR NOT grants_read;
CREATE INDEX access_key_failed ON derived.access_key (account) WHERE problem IS NOT NULL;
