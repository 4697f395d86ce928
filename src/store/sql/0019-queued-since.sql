-- A user is queued from when it may run: not while its batch is not started (Validating), nor before a StartAfter of its
-- own or of its batch.
CREATE OR REPLACE FUNCTION migration_user_durations() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  ended timestamptz := clock_timestamp();
  since timestamptz := OLD.status_since;
  ms bigint;
BEGIN
  IF NEW.status = OLD.status THEN RETURN NEW; END IF;
  IF OLD.status IN ('Queued', 'Starting') THEN
    -- greatest() leaves out what is null.
    since := greatest(since, coalesce(OLD.start_after, (SELECT start_after FROM migration_batch WHERE id = OLD.batch_id)));
  END IF;
  ms := greatest(0, (extract(epoch FROM ended - since) * 1000)::bigint);
  IF OLD.status IN ('Queued', 'Starting') THEN
    IF OLD.error_code IS NULL THEN NEW.queued_ms := OLD.queued_ms + ms; ELSE NEW.stalled_ms := OLD.stalled_ms + ms; END IF;
  ELSIF OLD.status IN ('Provisioning', 'ProvisionUpdating', 'Syncing', 'IncrementalSyncing', 'Completing', 'Stopping') THEN
    NEW.in_progress_ms := OLD.in_progress_ms + ms;
  ELSIF OLD.status IN ('Synced', 'IncrementalSynced', 'CompletionSynced') THEN
    NEW.synced_ms := OLD.synced_ms + ms;
  END IF;
  NEW.status_since := ended;
  RETURN NEW;
END $$;
