-- How many keys of an account have been evaluated: every page of external access shows the sum, and counted all keys for it.
CREATE TABLE derived.access_total (
  account text COLLATE "C" PRIMARY KEY,
  keys    integer NOT NULL
);

CREATE FUNCTION derived.keep_access_totals() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO derived.access_total AS t (account, keys)
  SELECT m.account, CASE TG_OP WHEN 'INSERT' THEN count(*) ELSE -count(*) END FROM moved m GROUP BY m.account ORDER BY m.account
  ON CONFLICT (account) DO UPDATE SET keys = t.keys + excluded.keys;
  RETURN NULL;
END $$;

CREATE FUNCTION derived.drop_access_totals() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM derived.access_total;
  RETURN NULL;
END $$;

CREATE TRIGGER keep_access_totals_added AFTER INSERT ON derived.access_key REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION derived.keep_access_totals();
CREATE TRIGGER keep_access_totals_removed AFTER DELETE ON derived.access_key REFERENCING OLD TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION derived.keep_access_totals();
CREATE TRIGGER drop_access_totals_truncated AFTER TRUNCATE ON derived.access_key FOR EACH STATEMENT EXECUTE FUNCTION derived.drop_access_totals();

INSERT INTO derived.access_total SELECT account, count(*) FROM derived.access_key GROUP BY account;
