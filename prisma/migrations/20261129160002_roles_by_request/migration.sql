-- Who would get a role by a change: the person it names under every identity, or the members of the group it names as of their last
-- sign-in. Who administers everything already gains nothing by a lesser role of a group.
CREATE FUNCTION change_gainers(change uuid) RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
  SELECT s FROM "Change" c
    JOIN "Person" p ON p."id"::text = lower(c."input"->'to'->>'personId') OR c."input"->'to'->>'group' = ANY(p."groups"),
    LATERAL same_people(p."id") s
  WHERE c."id" = change AND c."kind" = 'role-give' AND NOT (
    c."input"->'to' ? 'group' AND c."input"->>'role' <> 'admin'
    AND EXISTS (SELECT 1 FROM "Assignment" a WHERE a."personId" = p."id" AND a."role" = 'admin' AND a."accountId" IS NULL));
$$;

CREATE FUNCTION approval_gainer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM change_gainers(NEW."changeId") g WHERE g IN (NEW."personId", coalesce(NEW."forPersonId", NEW."personId"))) THEN
    RAISE EXCEPTION 'nobody decides about a role of their own'
      USING ERRCODE = 'insufficient_privilege', TABLE = 'Approval', CONSTRAINT = 'approval_not_of_own_role';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER approval_gainer BEFORE INSERT ON "Approval" FOR EACH ROW EXECUTE FUNCTION approval_gainer();
