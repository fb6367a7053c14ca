-- What IAM and the organization say is compared without what no evaluation reads, and never with what another transaction is
-- about to change.

-- When a role was last used and how often a policy is attached differ from sweep to sweep, and of a policy only the text counts.
-- The row of a policy that AWS manages is shared: every account's sweep writes its own number of attachments into it.
CREATE OR REPLACE FUNCTION derived.note_iam() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  unread CONSTANT text[] := '{lastUsedAt,attachmentCount,versionId}';
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM derived.raise_access_inputs(array_agg(DISTINCT 'iam:' || "accountId"))
    FROM new_rows HAVING count(*) > 0;
  ELSIF TG_OP = 'DELETE' THEN
    PERFORM derived.raise_access_inputs(array_agg(DISTINCT 'iam:' || "accountId"))
    FROM old_rows HAVING count(*) > 0;
  ELSE
    PERFORM derived.raise_access_inputs(array_agg(DISTINCT 'iam:' || n."accountId"))
    FROM new_rows n JOIN old_rows o ON o.arn = n.arn
    WHERE (o."accountId", o.kind, o.name, o.details - unread, o."goneAt" IS NULL)
      IS DISTINCT FROM (n."accountId", n.kind, n.name, n.details - unread, n."goneAt" IS NULL)
    HAVING count(*) > 0;
  END IF;
  RETURN NULL;
END $$;

-- The row is locked before its digest is worked out: whoever waits for another transaction then reads what that one wrote.
CREATE OR REPLACE FUNCTION derived.note_organization() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  now_said text;
BEGIN
  IF current_setting('claviger.organization_noted', true) = pg_current_xact_id()::text THEN
    RETURN NULL;
  END IF;
  PERFORM set_config('claviger.organization_noted', pg_current_xact_id()::text, true);
  PERFORM 1 FROM derived.access_input WHERE name = 'organization' FOR UPDATE;
  now_said := derived.organization_digest();
  UPDATE derived.access_input SET digest = now_said, version = version + 1, changed_at = clock_timestamp()
  WHERE name = 'organization' AND digest IS DISTINCT FROM now_said;
  RETURN NULL;
END $$;

-- A digest that missed a transaction is set right, and its keys are evaluated again.
UPDATE derived.access_input SET digest = derived.organization_digest(), version = version + 1,
  changed_at = clock_timestamp()
WHERE name = 'organization' AND digest IS DISTINCT FROM derived.organization_digest();
