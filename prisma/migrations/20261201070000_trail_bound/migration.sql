-- Which resources a key was used for: a recount of the rollups of each month, so that "what is under
-- this key" and "which key is this under" do not read them all. Guarantees: lib/trail/README.md.
CREATE TABLE trail.bound (
  key_arn       text COLLATE "C" NOT NULL,
  month         date NOT NULL,
  -- The account that the records were delivered to.
  account_id    text COLLATE "C" NOT NULL,
  resource_kind text COLLATE "C" NOT NULL,
  resource      text COLLATE "C" NOT NULL,
  operation     text COLLATE "C" NOT NULL,
  first_at      timestamptz(3) NOT NULL,
  last_at       timestamptz(3) NOT NULL,
  PRIMARY KEY (key_arn, month, account_id, resource_kind, resource, operation)
);
CREATE INDEX bound_text ON trail.bound USING gin (lower(resource_kind || ' ' || resource) gin_trgm_ops);
CREATE INDEX bound_month ON trail.bound (month);

-- "The resources of this key and month need a recount." Only ever inserted, by the recount of an
-- hour in its transaction.
CREATE TABLE trail.dirty_bound (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_id text COLLATE "C" NOT NULL,
  key_arn    text COLLATE "C" NOT NULL,
  month      date NOT NULL,
  marked_at  timestamptz(3) NOT NULL DEFAULT now()
);
-- The newest are counted first.
CREATE INDEX dirty_bound_newest ON trail.dirty_bound (month DESC, account_id, key_arn);
CREATE INDEX dirty_bound_marked ON trail.dirty_bound (marked_at);

-- What was counted before.
INSERT INTO trail.dirty_bound (account_id, key_arn, month)
SELECT DISTINCT account_id, key_arn, date_trunc('month', hour, 'UTC')::date
FROM trail.use WHERE resource IS NOT NULL AND key_arn IS NOT NULL;

-- A grant is found by the resource that its constraints name, too: most volumes are known by nothing
-- else.
-- What the constraints of a grant name: the values of its encryption context, and its source.
CREATE OR REPLACE FUNCTION derived.constraint_texts(constraints jsonb)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  SELECT string_agg(CASE jsonb_typeof(c.value)
      WHEN 'object' THEN (SELECT string_agg(v.value, ' ') FROM jsonb_each_text(c.value) v)
      WHEN 'string' THEN c.value #>> '{}' END, ' ')
  FROM jsonb_each(CASE jsonb_typeof(constraints) WHEN 'object' THEN constraints END) c
$function$;

CREATE OR REPLACE FUNCTION derived.keep_found_grant()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF TG_OP = 'DELETE' OR NEW."goneAt" IS NOT NULL THEN
    DELETE FROM derived.found WHERE kind = 'grant' AND id = OLD."keyArn" || '#' || OLD."grantId";
    RETURN NULL;
  END IF;
  INSERT INTO derived.found VALUES ('grant', NEW."keyArn" || '#' || NEW."grantId", NEW."accountId",
    coalesce(nullif(NEW.name, ''), NEW."grantId"), coalesce(NEW."granteePrincipal",
      NEW."granteeServicePrincipal", ''),
    lower(concat_ws(' ', NEW."grantId", NEW.name, NEW."granteePrincipal",
      NEW."granteeServicePrincipal", NEW."retiringPrincipal", NEW."retiringServicePrincipal",
      derived.constraint_texts(NEW.constraints))))
  ON CONFLICT (kind, id) DO UPDATE SET account = excluded.account, label = excluded.label,
    detail = excluded.detail, search_text = excluded.search_text
  WHERE found.search_text <> excluded.search_text;
  RETURN NULL;
END $function$;

UPDATE derived.found f SET search_text = f.search_text || ' ' || lower(derived.constraint_texts(g.constraints))
FROM "Grant" g
WHERE f.kind = 'grant' AND f.id = g."keyArn" || '#' || g."grantId"
  AND derived.constraint_texts(g.constraints) IS NOT NULL;
