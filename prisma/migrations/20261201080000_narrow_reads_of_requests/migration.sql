-- What lists of requests look through is read from indexes: the rows are wide, and most of a list is
-- passed over.

CREATE INDEX "Request_seen" ON "Request" (id, "requesterId", "sentAt", "answerBy");

CREATE INDEX "Approval_of_change" ON "Approval" ("changeId", "personId", "forPersonId");

CREATE INDEX "Change_under_way_with_problem" ON "Change" (status, "accountId")
  WHERE problem IS NOT NULL AND status IN ('executing', 'reverting');
