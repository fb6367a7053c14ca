-- How many keys there are of each combination of facets, kept as they change: the counts beside the
-- table, and a page in the order of a facet, follow what is shown instead of the number of keys.
-- Only ever added to, several rows a combination: two transactions that change keys of one
-- combination would otherwise wait for each other. derived.fold_key_counts makes them one again.
CREATE TABLE derived.key_count (
  facets integer NOT NULL,
  gone   boolean NOT NULL,
  n      integer NOT NULL
);

CREATE FUNCTION derived.count_key_rows()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO derived.key_count (facets, gone, n)
    SELECT facets, gone, count(*) FROM added GROUP BY facets, gone;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO derived.key_count (facets, gone, n)
    SELECT facets, gone, -count(*) FROM removed GROUP BY facets, gone;
  ELSE
    INSERT INTO derived.key_count (facets, gone, n)
    SELECT facets, gone, sum(n) FROM (
      SELECT facets, gone, 1 AS n FROM added UNION ALL SELECT facets, gone, -1 FROM removed) moved
    GROUP BY facets, gone HAVING sum(n) <> 0;
  END IF;
  RETURN NULL;
END $function$;

CREATE FUNCTION derived.fold_key_counts()
 RETURNS void
 LANGUAGE plpgsql
AS $function$
BEGIN
  WITH apart AS (SELECT facets, gone FROM derived.key_count GROUP BY facets, gone
    HAVING count(*) > 1 OR sum(n) = 0),
  taken AS (DELETE FROM derived.key_count c USING apart
    WHERE (c.facets, c.gone) = (apart.facets, apart.gone) RETURNING c.facets, c.gone, c.n)
  INSERT INTO derived.key_count (facets, gone, n)
  SELECT facets, gone, sum(n) FROM taken GROUP BY facets, gone HAVING sum(n) <> 0;
END $function$;

INSERT INTO derived.key_count (facets, gone, n)
SELECT facets, gone, count(*) FROM derived.key_row GROUP BY facets, gone;

CREATE TRIGGER count_key_rows_inserted
  AFTER INSERT ON derived.key_row
  REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.count_key_rows();

CREATE TRIGGER count_key_rows_updated
  AFTER UPDATE ON derived.key_row
  REFERENCING NEW TABLE AS added OLD TABLE AS removed
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.count_key_rows();

CREATE TRIGGER count_key_rows_deleted
  AFTER DELETE ON derived.key_row
  REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT
  EXECUTE FUNCTION derived.count_key_rows();

-- With gone and id in it, the keys of a combination are listed in order without a look at their rows.
DROP INDEX derived.key_row_facets;
CREATE INDEX key_row_facets ON derived.key_row (facets, gone, id);
