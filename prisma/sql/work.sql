-- Calls of what runs by itself (lib/worker/jobs.ts) by its name, at the commit of what it has to do.
-- As the migrations leave it: a test compares these definitions with a migrated database.

CREATE OR REPLACE FUNCTION public.call_worker()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  PERFORM pg_notify('claviger_work', TG_ARGV[0]);
  RETURN NULL;
END $function$;

-- What is approved, asked to end, put aside, or ended: the next of its request and of its key
-- can begin.
CREATE TRIGGER call_worker_changes
  AFTER INSERT OR UPDATE OF status, "startsAt", "endsAt", "endAskedAt", "nextTryAt" ON public."Change"
  FOR EACH ROW
  WHEN ((new.status <> ALL (ARRAY['draft'::"ChangeStatus", 'open'::"ChangeStatus"])))
  EXECUTE FUNCTION call_worker('changes');

CREATE TRIGGER call_worker_expiry
  AFTER INSERT OR UPDATE OF status, "endsAt" ON public."Change"
  FOR EACH ROW
  WHEN ((new.status = ANY (ARRAY['open'::"ChangeStatus", 'approved'::"ChangeStatus"])))
  EXECUTE FUNCTION call_worker('expiry');

CREATE TRIGGER call_worker_sweeps
  AFTER INSERT ON public."Sweep"
  FOR EACH STATEMENT
  EXECUTE FUNCTION call_worker('sweeps');

CREATE TRIGGER call_worker_sweeps_again
  AFTER UPDATE OF status, priority ON public."Sweep"
  FOR EACH ROW
  WHEN ((new.status = 'queued'::text))
  EXECUTE FUNCTION call_worker('sweeps');

CREATE TRIGGER call_worker_deliver
  AFTER INSERT ON public."Delivery"
  FOR EACH STATEMENT
  EXECUTE FUNCTION call_worker('deliver');

CREATE TRIGGER call_worker_deliver_again
  AFTER UPDATE OF status, "nextTryAt" ON public."Delivery"
  FOR EACH ROW
  WHEN ((new.status = 'queued'::text))
  EXECUTE FUNCTION call_worker('deliver');

-- Which places are swept.
CREATE TRIGGER call_worker_schedule
  AFTER INSERT OR UPDATE OF state, "pausedAt", "removedAt", "onlyRegions" ON public."Account"
  FOR EACH STATEMENT
  EXECUTE FUNCTION call_worker('schedule');

CREATE TRIGGER call_worker_schedule
  AFTER INSERT OR UPDATE OF "optStatus" ON public."AccountRegion"
  FOR EACH STATEMENT
  EXECUTE FUNCTION call_worker('schedule');

CREATE TRIGGER call_worker_schedule
  AFTER INSERT OR UPDATE OF "managementAccountId" ON public."Organization"
  FOR EACH STATEMENT
  EXECUTE FUNCTION call_worker('schedule');

CREATE TRIGGER call_worker_access
  AFTER INSERT ON derived.access_mark
  FOR EACH STATEMENT
  EXECUTE FUNCTION call_worker('access');

CREATE TRIGGER call_worker_access
  AFTER INSERT OR UPDATE OF version ON derived.access_input
  FOR EACH ROW
  WHEN ((new.version > new.spread))
  EXECUTE FUNCTION call_worker('access');

CREATE TRIGGER call_worker_checkpoint
  AFTER UPDATE ON public."AuditHead"
  FOR EACH STATEMENT
  EXECUTE FUNCTION call_worker('checkpoint');

-- Who can no longer ask for what they asked for.
CREATE TRIGGER call_worker_people
  AFTER UPDATE OF "disabledAt" ON public."Person"
  FOR EACH STATEMENT
  EXECUTE FUNCTION call_worker('deactivatedPeople');

CREATE TRIGGER call_worker_people
  AFTER INSERT OR DELETE OR UPDATE ON public."Assignment"
  FOR EACH STATEMENT
  EXECUTE FUNCTION call_worker('deactivatedPeople');

-- Where log files are read, from when on.
CREATE TRIGGER call_worker_log_files
  AFTER INSERT OR UPDATE OF "nextAt" ON public."TrailLogSource"
  FOR EACH ROW
  WHEN ((new."nextAt" <= now()))
  EXECUTE FUNCTION call_worker('logFiles');
