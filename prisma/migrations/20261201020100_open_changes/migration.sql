-- What is filled below is what is there: nobody writes between the filling and the triggers.
LOCK TABLE "Change" IN SHARE ROW EXCLUSIVE MODE;

-- What waits for a decision is asked by every page, for the number in its frame, and a change has 2 kB: of an open one, what says
-- who decides stands apart. A change begins as a draft, so an update is what opens it.
CREATE TABLE derived.open_change (
  id         uuid PRIMARY KEY,
  request_id uuid NOT NULL,
  account    text COLLATE "C",
  -- Of its rule: who decides; JSON's null: whoever decides of the account.
  roles      jsonb,
  -- It names somebody to give something to.
  gives      boolean NOT NULL
);
INSERT INTO derived.open_change (id, request_id, account, roles, gives)
SELECT id, "requestId", "accountId", rule->'roles', input ? 'to' FROM "Change" WHERE status = 'open';
ANALYZE derived.open_change;

CREATE OR REPLACE FUNCTION derived.keep_open_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF TG_OP = 'DELETE' OR NEW.status <> 'open' THEN
    DELETE FROM derived.open_change o WHERE o.id = OLD.id;
    RETURN NULL;
  END IF;
  INSERT INTO derived.open_change (id, request_id, account, roles, gives)
  VALUES (NEW.id, NEW."requestId", NEW."accountId", NEW.rule->'roles', NEW.input ? 'to')
  ON CONFLICT (id) DO UPDATE SET account = excluded.account, roles = excluded.roles,
    gives = excluded.gives;
  RETURN NULL;
END $function$;

CREATE TRIGGER keep_open_change
  AFTER UPDATE ON public."Change"
  FOR EACH ROW
  WHEN (((old.status = 'open'::"ChangeStatus") OR (new.status = 'open'::"ChangeStatus")))
  EXECUTE FUNCTION derived.keep_open_change();

CREATE TRIGGER drop_open_change
  AFTER DELETE ON public."Change"
  FOR EACH ROW
  WHEN ((old.status = 'open'::"ChangeStatus"))
  EXECUTE FUNCTION derived.keep_open_change();

-- A page of requests walks this index up to where it begins: what says whether a request is in the list stands in it, so that the
-- rows of the pages before are not visited.
DROP INDEX "Request_newest";
CREATE INDEX "Request_newest" ON "Request" ((coalesce("sentAt", "createdAt")) DESC, number DESC)
  INCLUDE (id, "sentAt", "createdAt", "requesterId");
