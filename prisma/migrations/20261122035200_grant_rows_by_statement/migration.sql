-- A sweep brings grants by the thousand: their rows are worked out by one statement instead of one each.
CREATE FUNCTION derived.add_grant_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO derived.grant_row SELECT f.* FROM added g CROSS JOIN LATERAL derived.grant_facts(g) f;
  RETURN NULL;
END $$;
DROP TRIGGER keep_grant_row ON "Grant";
CREATE TRIGGER add_grant_rows AFTER INSERT ON "Grant" REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION derived.add_grant_rows();
CREATE TRIGGER drop_grant_row AFTER DELETE ON "Grant" FOR EACH ROW EXECUTE FUNCTION derived.keep_grant_row();
