-- The table of grants begins with the youngest.
CREATE INDEX grant_row_age ON derived.grant_row (created_at DESC NULLS LAST, key_arn, grant_id) WHERE NOT gone;
