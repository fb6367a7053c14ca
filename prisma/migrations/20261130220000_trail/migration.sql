-- What CloudTrail saw. Events and rollups are partitioned by month, so that what is over is dropped
-- and not deleted row by row; Prisma has no word for partitions, so they stand in a schema that it
-- does not look at. Guarantees: lib/trail/README.md.
CREATE SCHEMA trail;

-- Uses are kept for a window, changes and denials for long: each has partitions of its own.
CREATE TABLE trail.event (
  is_use            boolean NOT NULL,
  occurred_at       timestamptz(3) NOT NULL,
  event_id          text COLLATE "C" NOT NULL,
  -- The account that the record was delivered to.
  account_id        text COLLATE "C" NOT NULL,
  region            text COLLATE "C" NOT NULL,
  shared_id         text COLLATE "C",
  event_source      text COLLATE "C" NOT NULL,
  operation         text COLLATE "C" NOT NULL,
  event_type        text COLLATE "C",
  read_only         boolean NOT NULL,
  -- success, denied, failed
  outcome           text COLLATE "C" NOT NULL,
  error_code        text COLLATE "C",
  error_message     text,
  key_arn           text COLLATE "C",
  more_keys         text[],
  principal_kind    text COLLATE "C" NOT NULL,
  principal         text COLLATE "C" NOT NULL,
  principal_id      text COLLATE "C",
  principal_account text COLLATE "C",
  session           text COLLATE "C",
  source_identity   text COLLATE "C",
  via               text COLLATE "C",
  resource_kind     text COLLATE "C",
  resource          text COLLATE "C",
  context           jsonb,
  grant_facts       jsonb,
  source_ip         text COLLATE "C",
  user_agent        text,
  vpc_endpoint      text COLLATE "C",
  tls_version       text COLLATE "C",
  tls_cipher        text COLLATE "C",
  tls_key_exchange  text COLLATE "C",
  request_id        text COLLATE "C",
  -- CloudTrail delivered it again with more in it.
  is_correction     boolean NOT NULL DEFAULT false,
  -- The imports that brought it; null: a source that stays brought it.
  imports           int[],
  stored_at         timestamptz(3) NOT NULL DEFAULT now(),
  -- As CloudTrail wrote it.
  record            text NOT NULL,
  PRIMARY KEY (event_id, account_id, occurred_at, is_use)
) PARTITION BY LIST (is_use);
-- In the order that tables ask for: newest first, ties by what names a row.
CREATE INDEX event_newest ON trail.event (occurred_at DESC NULLS LAST, event_id, account_id, is_use);
CREATE INDEX event_key ON trail.event (lower(key_arn), occurred_at DESC NULLS LAST);
CREATE INDEX event_more_keys ON trail.event USING gin (more_keys) WHERE more_keys IS NOT NULL;
CREATE INDEX event_place ON trail.event (account_id, region, occurred_at DESC NULLS LAST);
CREATE INDEX event_principal ON trail.event (lower(principal), occurred_at DESC NULLS LAST);
CREATE INDEX event_shared ON trail.event (shared_id) WHERE shared_id IS NOT NULL;
CREATE INDEX event_request ON trail.event (request_id) WHERE request_id IS NOT NULL;

CREATE TABLE trail.event_use PARTITION OF trail.event FOR VALUES IN (true) PARTITION BY RANGE (occurred_at);
CREATE TABLE trail.event_change PARTITION OF trail.event FOR VALUES IN (false) PARTITION BY RANGE (occurred_at);

-- How often in an hour who did what with which key: a recount of the events of that hour, and what is
-- left of uses whose events are over.
CREATE TABLE trail.use (
  hour              timestamptz(0) NOT NULL,
  account_id        text COLLATE "C" NOT NULL,
  region            text COLLATE "C" NOT NULL,
  -- One row for each key of an event; null: it is about no key.
  key_arn           text COLLATE "C",
  -- Of the key that the event is about first: these rows together are the events.
  is_first_key      boolean NOT NULL,
  principal_kind    text COLLATE "C" NOT NULL,
  principal         text COLLATE "C" NOT NULL,
  principal_account text COLLATE "C",
  operation         text COLLATE "C" NOT NULL,
  read_only         boolean NOT NULL,
  is_use            boolean NOT NULL,
  via               text COLLATE "C",
  resource_kind     text COLLATE "C",
  resource          text COLLATE "C",
  outcome           text COLLATE "C" NOT NULL,
  error_code        text COLLATE "C",
  events            int NOT NULL,
  first_at          timestamptz(3) NOT NULL,
  last_at           timestamptz(3) NOT NULL,
  -- Some of the sessions' names: the first in order.
  sessions          text[] NOT NULL
) PARTITION BY RANGE (hour);
CREATE INDEX use_place ON trail.use (account_id, region, hour);
CREATE INDEX use_key ON trail.use (lower(key_arn), hour);
CREATE INDEX use_hour ON trail.use (hour);

-- "The rollups of this hour need a recount." Only ever inserted, in the transaction that writes its
-- events: two writers never wait for each other here, and a recount deletes the marks that it saw.
CREATE TABLE trail.dirty_hour (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_id text COLLATE "C" NOT NULL,
  region     text COLLATE "C" NOT NULL,
  hour       timestamptz(0) NOT NULL
);
-- The newest are counted first.
CREATE INDEX dirty_hour_newest ON trail.dirty_hour (hour DESC, account_id, region);

-- One row. Uses before this moment were dropped, and their hours are recounted no more; so were
-- changes and refusals.
CREATE TABLE trail.horizon (
  only_row     boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  uses_from    timestamptz(3) NOT NULL DEFAULT '2013-11-01 00:00:00+00',
  changes_from timestamptz(3) NOT NULL DEFAULT '2013-11-01 00:00:00+00'
);
INSERT INTO trail.horizon DEFAULT VALUES;

-- Makes the partitions of a month, of events or of rollups, where they are missing. A partition is
-- made beside its table and then attached, which locks out neither readers nor writers; creating it
-- as a partition would.
CREATE OR REPLACE FUNCTION trail.make_partition(parent text, month date)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
DECLARE
  first_day CONSTANT date := date_trunc('month', month)::date;
  part CONSTANT text := parent || to_char(first_day, '_YYYY_MM');
BEGIN
  IF to_regclass('trail.' || part) IS NOT NULL THEN
    RETURN;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('trail.' || part, 0));
  -- By a query, which sees what was committed while the lock was waited for: a name that was looked
  -- up in vain before is remembered.
  IF EXISTS (SELECT FROM pg_class c WHERE c.relname = part AND c.relnamespace = 'trail'::regnamespace) THEN
    RETURN;
  END IF;
  EXECUTE format('CREATE TABLE trail.%I (LIKE trail.%I INCLUDING ALL) WITH (toast_tuple_target = 256)', part, parent);
  EXECUTE format('ALTER TABLE trail.%I ATTACH PARTITION trail.%I FOR VALUES FROM (%L) TO (%L)', parent, part,
    first_day::text || ' 00:00:00+00', (first_day + interval '1 month')::date::text || ' 00:00:00+00');
END $function$;

CREATE TRIGGER call_worker_trail
  AFTER INSERT ON trail.dirty_hour
  FOR EACH STATEMENT
  EXECUTE FUNCTION call_worker('trail');

-- CreateTable
CREATE TABLE "TrailImport" (
    "id" SERIAL NOT NULL,
    "what" TEXT NOT NULL,
    "startedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "endedAt" TIMESTAMPTZ(3),
    "undoneAt" TIMESTAMPTZ(3),
    "files" INTEGER NOT NULL DEFAULT 0,
    "records" INTEGER NOT NULL DEFAULT 0,
    "stored" INTEGER NOT NULL DEFAULT 0,
    "setAside" INTEGER NOT NULL DEFAULT 0,
    "tooOld" INTEGER NOT NULL DEFAULT 0,
    "earliest" TIMESTAMPTZ(3),
    "latest" TIMESTAMPTZ(3),
    "problems" JSONB NOT NULL DEFAULT '[]',

    CONSTRAINT "TrailImport_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "TrailSetAside" (
    "digest" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "importId" INTEGER,
    "reason" TEXT NOT NULL,
    "detail" TEXT NOT NULL,
    "origin" TEXT NOT NULL,
    "record" TEXT NOT NULL,
    "setAsideAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "TrailSetAside_pkey" PRIMARY KEY ("digest","source")
);

-- CreateTable
CREATE TABLE "TrailCoverage" (
    "source" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "region" TEXT NOT NULL,
    "hour" TIMESTAMPTZ(0) NOT NULL,
    "isWhole" BOOLEAN NOT NULL,
    "observedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "TrailCoverage_pkey" PRIMARY KEY ("source","accountId","region","hour")
);

-- CreateIndex
CREATE INDEX "TrailSetAside_importId_idx" ON "TrailSetAside"("importId");

-- CreateIndex
CREATE INDEX "TrailCoverage_accountId_region_hour_idx" ON "TrailCoverage"("accountId", "region", "hour");

-- CreateIndex
CREATE INDEX "TrailSetAside_setAsideAt_idx" ON "TrailSetAside"("setAsideAt");

-- CreateIndex
CREATE INDEX "TrailCoverage_hour_idx" ON "TrailCoverage"("hour");
